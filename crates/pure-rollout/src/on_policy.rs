//! Did the sampler sample from the policy that is trained?
//!
//! ```text
//! gap = | log p_engine(token) - log p_trainer(token) |
//! ```
//!
//! The engine computes in other batches, in another order, through a cache. What that does to the
//! log-probabilities should be rounding; where it is more, the ratios of the policy update are
//! wrong, and nothing else would say so.

use pure_core::Rollout;
use pure_model::{CausalLm, Error, Exchange};

use crate::Request;

/// How far two ways of computing log-probabilities are apart.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PolicyGap {
    /// Over all tokens; 0 if there were none.
    pub mean: f64,
    /// The largest.
    pub max: f64,
    /// Tokens that were compared.
    pub tokens: usize,
}

/// Scores rollouts with the forward pass of training and compares it with what the sampler said.
///
/// `tokens` bounds a batch, padding included.
///
/// # Errors
///
/// If a rollout cannot be scored by the model: another one sampled it.
pub fn policy_gap(
    model: &CausalLm,
    requests: &[Request],
    rollouts: &[Vec<Rollout>],
    tokens: usize,
) -> Result<PolicyGap, Error> {
    let (mut sum, mut gap) = (0.0, PolicyGap::default());
    for (request, group) in requests.iter().zip(rollouts) {
        let exchange = |rollout: &Rollout| Exchange {
            prompt: request.prompt.clone(),
            response: rollout.tokens.clone(),
        };
        let exchanges: Vec<Exchange> = group.iter().map(exchange).collect();
        let temperature = request.sampling.scoring_temperature();
        let scores = model.score_responses(&exchanges, temperature, tokens)?;
        let engine = group.iter().flat_map(|rollout| &rollout.log_probs);
        let trainer = scores.iter().flat_map(|scores| &scores.log_probs);
        for (a, b) in engine.zip(trainer) {
            let apart = f64::from((a - b).abs());
            sum += apart;
            gap.max = gap.max.max(apart);
            gap.tokens += 1;
        }
    }
    gap.mean = sum / gap.tokens.max(1) as f64;
    Ok(gap)
}
