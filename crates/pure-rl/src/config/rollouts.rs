//! How answers are sampled.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SOME, first};

/// How answers are sampled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RolloutConfig {
    /// Answers to each prompt: the size of a group, as in the paper and in TRL.
    pub num_generations: usize,
    /// Generation limit: an answer is cut at so many tokens. School problems take a quarter of the default, competition
    /// problems as much; models that reason at length take more, the paper's 3,072 to 7,168.
    pub max_new_tokens: usize,
    /// Sampling temperature, by which logits are divided.
    pub temperature: f64,
    /// Nucleus sampling: only the likeliest tokens that together have this probability.
    pub top_p: f64,
    /// Only so many of the likeliest tokens; 0 for all.
    pub top_k: usize,
    /// What becomes of groups whose answers have all the same reward, and so no advantages.
    pub without_signal: WithoutSignal,
    /// Memory for the KV cache, in MiB.
    pub kv_cache_mib: u64,
    /// Answers that are sampled at once, at most; the KV cache may hold fewer.
    pub max_num_seqs: usize,
}

/// What becomes of groups whose answers have all the same reward, so that comparing them says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum WithoutSignal {
    /// They stay in the batch.
    #[default]
    Keep,
    /// They are left out.
    Drop,
    /// They are left out, and other prompts are sampled in their place (DAPO's dynamic sampling).
    Refill {
        /// How often in an iteration, at most.
        rounds: usize,
    },
}

impl Default for RolloutConfig {
    fn default() -> Self {
        Self {
            num_generations: 8,
            max_new_tokens: 1024,
            temperature: 1.0,
            top_p: 1.0,
            top_k: 0,
            without_signal: WithoutSignal::Keep,
            kv_cache_mib: 2048,
            max_num_seqs: 256,
        }
    }
}

impl RolloutConfig {
    /// The key and the reason, if a setting has no meaning.
    pub(crate) fn fault(&self) -> Option<(&'static str, &'static str)> {
        // At 0 there is nothing to learn from: all answers of a group are one.
        let is_warm = self.temperature.is_finite() && self.temperature > 0.0;
        let is_share = self.top_p > 0.0 && self.top_p <= 1.0;
        let is_drop = self.without_signal == WithoutSignal::Refill { rounds: 0 };
        let drop = "has no rounds: `drop` says that";
        first([
            (self.num_generations == 0, "num_generations", SOME),
            (self.max_new_tokens == 0, "max_new_tokens", SOME),
            (self.kv_cache_mib == 0, "kv_cache_mib", SOME),
            (self.max_num_seqs == 0, "max_num_seqs", SOME),
            (!is_warm, "temperature", "must be over 0"),
            (!is_share, "top_p", "must be over 0 and at most 1"),
            (is_drop, "without_signal", drop),
        ])
    }
}
