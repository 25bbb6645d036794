//! How the policy learns from the answers of an iteration.

use pure_settings::Invalid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SOME;

/// How the policy learns from the answers of an iteration.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateConfig {
    /// Answers of an optimizer step; without it, all of the iteration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_batch_size: Option<usize>,
    /// Passes over the answers of an iteration.
    pub epochs: usize,
    /// Tokens of a forward pass, padding included. A mini-batch accumulates gradients over as many passes as
    /// it needs, so memory, and nothing else, depends on it.
    pub batch_tokens: usize,
    /// Whether several answers share a row of a batch; none attends to another.
    pub packing: bool,
    /// Whether activations are computed again in the backward pass, in place of being kept.
    pub gradient_checkpointing: bool,
    /// Which log-probabilities are `p_old` of the importance ratio.
    pub old_log_probs: OldLogProbs,
    /// Truncated importance sampling: what the weight `p_trainer / p_sampler` of a token is cut at. Without
    /// it there is no such weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub importance_sampling_cap: Option<f64>,
    /// An update whose mean importance ratio is above this is skipped, as in OpenRLHF.
    pub exploding_ratio: f64,
}

/// Which log-probabilities are `p_old` of the importance ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OldLogProbs {
    /// The sampler's.
    #[default]
    Sampler,
    /// The trainer's, from one more forward pass before the first update.
    Trainer,
}

impl Default for UpdateConfig {
    fn default() -> Self {
        Self {
            mini_batch_size: None,
            epochs: 1,
            batch_tokens: 8192,
            packing: false,
            gradient_checkpointing: false,
            old_log_probs: OldLogProbs::Sampler,
            importance_sampling_cap: None,
            exploding_ratio: 200.0,
        }
    }
}

impl UpdateConfig {
    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        let invalid = |key: &str, reason: &str| Err(Invalid::new(format!("update.{key}"), reason));
        match self {
            Self {
                mini_batch_size: Some(0),
                ..
            } => invalid("mini_batch_size", SOME),
            Self { epochs: 0, .. } => invalid("epochs", SOME),
            Self {
                batch_tokens: 0, ..
            } => invalid("batch_tokens", SOME),
            Self {
                importance_sampling_cap: Some(weight),
                ..
            } if weight.is_nan() || *weight < 1.0 => invalid("importance_sampling_cap", SOME),
            Self {
                exploding_ratio, ..
            } if exploding_ratio.is_nan() || *exploding_ratio <= 1.0 => {
                invalid("exploding_ratio", "must be over 1 (inf leaves nothing out)")
            }
            _ => Ok(()),
        }
    }
}
