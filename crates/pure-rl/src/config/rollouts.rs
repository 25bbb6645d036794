//! How prompts are answered.

use pure_settings::Invalid;
use serde::{Deserialize, Serialize};

use super::SOME;

/// How prompts are answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RolloutConfig {
    /// Answers to each prompt.
    pub answers: usize,
    /// The longest answer.
    pub max_new_tokens: usize,
    /// Divides the logits.
    #[serde(default = "one")]
    pub temperature: f64,
    /// Only the likeliest tokens that together have this probability.
    #[serde(default = "one")]
    pub top_p: f64,
    /// Only so many of the likeliest tokens; 0 for all.
    #[serde(default)]
    pub top_k: usize,
    /// What becomes of groups whose answers are all paid the same.
    #[serde(default)]
    pub without_signal: WithoutSignal,
    /// Megabytes for keys and values.
    #[serde(default = "two_gibi")]
    pub kv_memory_mib: u64,
    /// Answers that grow at once, at most.
    #[serde(default = "slots")]
    pub slots: usize,
}

/// What becomes of groups whose answers are all paid the same, so that comparing them says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum WithoutSignal {
    /// They stay.
    #[default]
    Keep,
    /// They are left out.
    Drop,
    /// They are left out, and other prompts asked in their place (DAPO's dynamic sampling).
    Refill {
        /// How often, at most, in an iteration.
        rounds: usize,
    },
}

fn one() -> f64 {
    1.0
}

fn slots() -> usize {
    256
}

fn two_gibi() -> u64 {
    2048
}

impl RolloutConfig {
    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        let invalid =
            |key: &str, reason: &str| Err(Invalid::new(format!("rollouts.{key}"), reason));
        match self {
            Self { answers: 0, .. } => invalid("answers", SOME),
            Self {
                max_new_tokens: 0, ..
            } => invalid("max_new_tokens", SOME),
            Self {
                kv_memory_mib: 0, ..
            } => invalid("kv_memory_mib", SOME),
            Self { slots: 0, .. } => invalid("slots", SOME),
            // At 0 there is nothing to learn from: all answers of a group are one.
            Self { temperature, .. } if !(temperature.is_finite() && *temperature > 0.0) => {
                invalid("temperature", "must be over 0")
            }
            Self { top_p, .. } if !(*top_p > 0.0 && *top_p <= 1.0) => {
                invalid("top_p", "must be over 0 and at most 1")
            }
            Self {
                without_signal: WithoutSignal::Refill { rounds: 0 },
                ..
            } => invalid("without_signal", "has no rounds: `drop` says that"),
            _ => Ok(()),
        }
    }
}
