//! How an iteration is learned from.

use pure_settings::Invalid;
use serde::{Deserialize, Serialize};

use super::SOME;

/// How an iteration is learned from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateConfig {
    /// Answers of one step of the optimizer; else all of the iteration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers: Option<usize>,
    /// How often each answer is learned from.
    pub epochs: usize,
    /// Tokens that are computed at once, pads included: memory, and nothing else, depends on it.
    pub tokens: usize,
    /// Whether several answers share a row; none sees another.
    pub packing: bool,
    /// Whether layers are computed again in the backward pass, in place of being kept.
    pub recompute: bool,
    /// Which log-probabilities the ratio starts from.
    pub old_log_probs: OldLogProbs,
    /// The most that a token weighs for having been drawn from another policy than the one that is
    /// trained: truncated importance weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_weight: Option<f64>,
    /// An update whose mean ratio is above this is left out, as OpenRLHF does.
    pub exploding_ratio: f64,
}

/// Which log-probabilities the ratio starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OldLogProbs {
    /// The sampler's.
    #[default]
    Sampler,
    /// Computed once more, as the trainer computes.
    Trainer,
}

impl Default for UpdateConfig {
    fn default() -> Self {
        Self {
            answers: None,
            epochs: 1,
            tokens: 8192,
            packing: false,
            recompute: false,
            old_log_probs: OldLogProbs::Sampler,
            largest_weight: None,
            exploding_ratio: 200.0,
        }
    }
}

impl UpdateConfig {
    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        let invalid = |key: &str, reason: &str| Err(Invalid::new(format!("update.{key}"), reason));
        match self {
            Self {
                answers: Some(0), ..
            } => invalid("answers", SOME),
            Self { epochs: 0, .. } => invalid("epochs", SOME),
            Self { tokens: 0, .. } => invalid("tokens", SOME),
            Self {
                largest_weight: Some(weight),
                ..
            } if weight.is_nan() || *weight < 1.0 => invalid("largest_weight", SOME),
            Self {
                exploding_ratio, ..
            } if exploding_ratio.is_nan() || *exploding_ratio <= 1.0 => {
                invalid("exploding_ratio", "must be over 1 (inf leaves nothing out)")
            }
            _ => Ok(()),
        }
    }
}
