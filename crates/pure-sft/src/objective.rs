//! The loss of fine-tuning.
//!
//! ```text
//! loss = - (1 / n) sum over the n target tokens of an update of log p(token | all before it)
//! ```

use burn::tensor::{Int, Tensor};
use pure_core::metrics::{LOSS, Metric, SFT_METRICS};
use pure_model::{Batch, CausalLm, Decoder, Sequence};
use pure_run::{Measures, Objective};

use crate::error::Error;

/// Says the next token of a demonstration.
pub(crate) struct NextToken;

impl Objective for NextToken {
    type Model = CausalLm;
    type Target = u32;
    /// One over the target tokens.
    type Scale = f64;
    type Error = Error;

    fn metrics(&self) -> Vec<Metric> {
        SFT_METRICS.to_vec()
    }

    fn scale(&self, examples: &[&Sequence<u32>]) -> f64 {
        let targets: usize = examples.iter().map(|example| example.targets.len()).sum();
        1.0 / targets as f64
    }

    fn decoder(lm: &CausalLm) -> &Decoder {
        &lm.model
    }

    fn loss(
        &self,
        lm: &CausalLm,
        hidden: Tensor<3>,
        batch: &Batch<u32>,
        scale: f64,
    ) -> (Tensor<1>, Measures) {
        let device = &hidden.device();
        let hidden = batch.hidden_at_targets(hidden).unsqueeze();
        let targets: Vec<i32> = batch.targets.iter().map(|&token| token as i32).collect();
        let targets = Tensor::<1, Int>::from_ints(targets.as_slice(), device).unsqueeze();
        let log_probs = lm.score_tokens(hidden, targets, 1.0).log_probs;
        let loss = log_probs.sum() * -scale;
        let number = f64::from(loss.clone().into_scalar::<f32>());
        (loss, Measures::default().with(LOSS.name, number))
    }

    fn evaluate(
        &self,
        lm: &CausalLm,
        batches: Vec<Batch<u32>>,
        scale: f64,
    ) -> Result<Measures, Error> {
        let mut sum = Measures::default();
        for batch in batches {
            sum.add(&self.loss(lm, batch.hidden(&lm.model), &batch, scale).1);
        }
        Ok(sum)
    }
}
