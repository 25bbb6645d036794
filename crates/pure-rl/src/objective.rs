//! The gradient of the policy's loss on a batch.
//!
//! ```text
//! hidden -> log-probabilities l, entropies H -> loss and its gradient g (pure-core) -> sum g_l l + g_H H
//! ```
//!
//! The last sum has the gradient of the loss, so that is what is differentiated: the arithmetic of the
//! loss happens on numbers and leaves nothing on the tape.

use burn::tensor::{Int, Tensor};
use pure_core::{LossToken, PolicyLoss, PolicyStats};
use pure_model::{Batch, CausalLm, Gradients, Recording};

/// What the gradient depends on, beside model and batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PolicyObjective {
    pub loss: PolicyLoss,
    pub temperature: f64,
}

impl PolicyObjective {
    /// Adds the gradients of a batch to a sum, and gives what the loss saw.
    pub fn add_gradients(
        &self,
        lm: &CausalLm,
        batch: &Batch<LossToken>,
        recording: Recording,
        sum: &mut Gradients,
    ) -> PolicyStats {
        let decoder = &lm.model;
        let (tokens, positions) = (batch.tokens(&decoder.device()), batch.positions());
        let mut stats = PolicyStats::default();
        let loss = |hidden| {
            let (loss, seen) = self.loss(lm, hidden, batch);
            stats = seen;
            loss
        };
        decoder.add_gradients(sum, lm, tokens, positions, recording, loss);
        stats
    }

    /// A number with the gradient of the loss, and what the loss saw.
    fn loss(
        &self,
        lm: &CausalLm,
        hidden: Tensor<3>,
        batch: &Batch<LossToken>,
    ) -> (Tensor<1>, PolicyStats) {
        let device = &hidden.device();
        let hidden = batch.hidden_at_targets(hidden).unsqueeze();
        let tokens = batch.targets.iter().map(|target| target.token as i32);
        let tokens: Vec<i32> = tokens.collect();
        let tokens = Tensor::<1, Int>::from_ints(tokens.as_slice(), device).unsqueeze();
        let scores = lm.score_tokens(hidden, tokens, self.temperature);
        let (log_probs, entropies) = (numbers(&scores.log_probs), numbers(&scores.entropies));
        let (stats, gradient) = self.loss.of(&log_probs, &entropies, &batch.targets);
        let by = |slope: &[f32]| Tensor::<1>::from_floats(slope, device).unsqueeze::<2>();
        let mut loss = (scores.log_probs * by(&gradient.log_probs)).sum();
        if self.loss.entropy_coefficient > 0.0 {
            loss = loss + (scores.entropies * by(&gradient.entropies)).sum();
        }
        (loss, stats)
    }
}

fn numbers(tensor: &Tensor<2>) -> Vec<f32> {
    let data = tensor.clone().detach().into_data();
    data.try_into_vec().expect("scores are f32")
}
