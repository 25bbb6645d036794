//! The policy as Burn's training loop sees it.
//!
//! ```text
//! hidden -> log-probabilities l, entropies H -> loss and its gradient g (pure-core) -> sum g_l l + g_H H
//! ```
//!
//! The last sum has the gradient of the loss, so that is what is differentiated: the arithmetic of the
//! loss happens on numbers and leaves nothing on the tape.

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Int, Tensor};
use burn::train::{InferenceStep, TrainOutput, TrainStep};
use pure_core::{LossToken, PolicyLoss, PolicyStats, metrics};
use pure_model::{CausalLm, TokenScores};

use crate::Measures;
use crate::layout::Batch;

/// A token that was sampled, and what the loss knows of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sampled {
    pub token: u32,
    pub facts: LossToken,
}

/// Answers to learn from, and how.
#[derive(Debug, Clone)]
pub(super) struct Lesson {
    pub batch: Batch<Sampled>,
    pub loss: PolicyLoss,
    pub temperature: f64,
    /// Whether layers are computed again in the backward pass.
    pub recompute: bool,
}

/// A language model that learns from what its answers are worth.
#[derive(Module, Debug)]
pub(super) struct PolicyModel {
    pub lm: CausalLm,
}

impl PolicyModel {
    /// The gradients of a lesson, and what it saw.
    pub fn gradients(&self, lesson: &Lesson) -> (GradientsParams, PolicyStats) {
        let device = &self.lm.model.device();
        let (tokens, positions) = (lesson.batch.tokens(device), lesson.batch.positions());
        let mut stats = PolicyStats::default();
        let mut objective = |hidden| {
            let (loss, seen) = loss(&self.lm, hidden, lesson);
            stats = seen;
            loss
        };
        let decoder = &self.lm.model;
        let gradients = if lesson.recompute {
            let (gradients, _) = decoder.gradients_by_layer(self, tokens, positions, objective);
            gradients
        } else {
            let loss = objective(decoder.forward(tokens, positions));
            GradientsParams::from_grads(loss.backward(), self)
        };
        (gradients, stats)
    }
}

/// A number with the gradient of the loss, and what the loss saw.
fn loss(lm: &CausalLm, hidden: Tensor<3>, lesson: &Lesson) -> (Tensor<1>, PolicyStats) {
    let device = &hidden.device();
    let asked = &lesson.batch.asked;
    let hidden = lesson.batch.at_places(hidden).unsqueeze();
    let targets: Vec<i32> = asked.iter().map(|sampled| sampled.token as i32).collect();
    let targets = Tensor::<1, Int>::from_ints(targets.as_slice(), device).unsqueeze();
    let TokenScores {
        log_probs,
        entropies,
    } = lm.score_tokens(hidden, targets, lesson.temperature);

    let facts: Vec<LossToken> = asked.iter().map(|sampled| sampled.facts).collect();
    let (stats, gradient) = lesson
        .loss
        .of(&numbers(&log_probs), &numbers(&entropies), &facts);
    let by = |slope: &[f32]| Tensor::<1>::from_floats(slope, device).unsqueeze::<2>();
    let mut loss = (log_probs * by(&gradient.log_probs)).sum();
    if lesson.loss.entropy_coefficient > 0.0 {
        loss = loss + (entropies * by(&gradient.entropies)).sum();
    }
    (loss, stats)
}

fn numbers(tensor: &Tensor<2>) -> Vec<f32> {
    let data = tensor.clone().detach().into_data();
    data.try_into_vec().expect("scores are f32")
}

impl TrainStep for PolicyModel {
    type Input = Lesson;
    type Output = Measures;

    fn step(&self, lesson: Lesson) -> TrainOutput<Measures> {
        let (grads, stats) = self.gradients(&lesson);
        let item = Measures::default().with(metrics::LOSS.name, stats.loss);
        TrainOutput { grads, item }
    }
}

impl InferenceStep for PolicyModel {
    type Input = Lesson;
    type Output = Measures;

    fn step(&self, lesson: Lesson) -> Measures {
        let device = &self.lm.model.device();
        let (tokens, positions) = (lesson.batch.tokens(device), lesson.batch.positions());
        let hidden = self.lm.model.forward(tokens, positions);
        Measures::default().with(metrics::LOSS.name, loss(&self.lm, hidden, &lesson).1.loss)
    }
}
