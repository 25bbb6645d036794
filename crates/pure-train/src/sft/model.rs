//! The language model as Burn's training loop sees it.
//!
//! ```text
//! loss = - sum log p(token | all before it) / number of tokens that are asked for
//! ```
//!
//! The number is that of the whole step, so the losses of a step's batches add up to its own.

use burn::module::Module;
use burn::tensor::{Int, Tensor};
use burn::train::{InferenceStep, TrainOutput, TrainStep};
use pure_core::metrics::LOSS;
use pure_model::CausalLm;

use crate::Measures;
use crate::layout::Batch;

/// A batch and what it weighs.
#[derive(Debug, Clone)]
pub(super) struct Share {
    pub batch: Batch<u32>,
    /// One over the tokens that are asked for in the step.
    pub share: f64,
}

/// A language model that learns to say what is demonstrated.
#[derive(Module, Debug)]
pub(super) struct SftModel {
    pub lm: CausalLm,
}

impl SftModel {
    fn loss(&self, Share { batch, share }: &Share) -> Tensor<1> {
        let device = &self.lm.model.device();
        let hidden = self
            .lm
            .model
            .forward(batch.tokens(device), batch.positions());
        let hidden = batch.at_places(hidden).unsqueeze();
        let targets: Vec<i32> = batch.asked.iter().map(|&token| token as i32).collect();
        let targets = Tensor::<1, Int>::from_ints(targets.as_slice(), device).unsqueeze();
        let log_probs = self.lm.score_tokens(hidden, targets, 1.0).log_probs;
        log_probs.sum() * -*share
    }
}

fn measured(loss: Tensor<1>) -> Measures {
    Measures::default().with(LOSS.name, f64::from(loss.into_scalar::<f32>()))
}

impl TrainStep for SftModel {
    type Input = Share;
    type Output = Measures;

    fn step(&self, input: Share) -> TrainOutput<Measures> {
        let loss = self.loss(&input);
        let measures = measured(loss.clone());
        TrainOutput::new(self, loss.backward(), measures)
    }
}

impl InferenceStep for SftModel {
    type Input = Share;
    type Output = Measures;

    fn step(&self, input: Share) -> Measures {
        measured(self.loss(&input))
    }
}
