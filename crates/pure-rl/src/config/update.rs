//! How the policy learns from the answers of an iteration.

use pure_run::BATCH_TOKENS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SOME, first};

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
    /// it needs, so memory, and nothing else, depends on it. Without it 8192, which keep a device busy, or by halves
    /// fewer where the forecast of memory says that the device has no room for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_tokens: Option<usize>,
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
            batch_tokens: None,
            packing: false,
            gradient_checkpointing: false,
            old_log_probs: OldLogProbs::Sampler,
            importance_sampling_cap: None,
            exploding_ratio: 200.0,
        }
    }
}

impl UpdateConfig {
    /// Tokens of a forward pass.
    pub(crate) fn tokens(&self) -> usize {
        self.batch_tokens.unwrap_or(BATCH_TOKENS)
    }

    /// The key and the reason, if a setting has no meaning.
    pub(crate) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let is_cap = self.importance_sampling_cap.is_none_or(|cap| cap >= 1.0);
        let is_ratio = self.exploding_ratio > 1.0;
        let over = "must be over 1 (inf leaves nothing out)";
        first([
            (self.mini_batch_size == Some(0), "mini_batch_size", SOME),
            (self.epochs == 0, "epochs", SOME),
            (self.batch_tokens == Some(0), "batch_tokens", SOME),
            (!is_cap, "importance_sampling_cap", SOME),
            (!is_ratio, "exploding_ratio", over),
        ])
    }
}
