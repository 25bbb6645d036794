//! Settings that the supervised learners share.

use pure_model::Batching;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::Plan;

/// Tokens of a forward pass where there is room for them.
pub const BATCH_TOKENS: usize = 8192;

/// The examples of an optimizer step, and how they are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BatchConfig {
    /// Examples of an optimizer step.
    pub train_batch_size: usize,
    /// Tokens of a forward pass, padding included. A step accumulates gradients over as many passes as it
    /// needs, so memory, and nothing else, depends on it. Without it 8192, which keep a device busy, or by halves
    /// fewer where the forecast of memory says that the device has no room for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_tokens: Option<usize>,
    /// Longest example, in tokens.
    pub max_length: usize,
    /// Whether several examples share a row of up to `max_length` tokens; none attends to another.
    pub packing: bool,
    /// Whether activations are computed again in the backward pass, in place of being kept.
    pub gradient_checkpointing: bool,
}

impl Default for BatchConfig {
    fn default() -> Self {
        Self {
            train_batch_size: 64,
            batch_tokens: None,
            max_length: 2048,
            packing: false,
            gradient_checkpointing: false,
        }
    }
}

impl BatchConfig {
    /// The key and the reason, if a setting has no meaning.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        const SOME: &str = "must be 1 or more";
        match (self.train_batch_size, self.batch_tokens, self.max_length) {
            (0, ..) => Some(("train_batch_size", SOME)),
            (_, Some(0), _) => Some(("batch_tokens", SOME)),
            (.., 0 | 1) => Some(("max_length", "must be 2 or more")),
            _ => None,
        }
    }

    /// Tokens of a forward pass.
    pub fn tokens(&self) -> usize {
        self.batch_tokens.unwrap_or(BATCH_TOKENS)
    }

    /// What makes batches of examples.
    pub fn batching(&self) -> Batching {
        Batching {
            batch_tokens: self.tokens(),
            packed: self.packing.then_some(self.max_length),
        }
    }
}

/// When a run is evaluated and saved, and which model it results in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CheckpointConfig {
    /// Steps, or iterations of a policy, between two evaluations with a checkpoint each.
    pub save_steps: usize,
    /// How many of the last checkpoints stay, beside the best one.
    pub save_total_limit: usize,
    /// Which checkpoint becomes the result.
    pub result: Chosen,
    /// Stop early, after so many evaluations without an improvement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_stopping_patience: Option<usize>,
}

/// Which checkpoint the result of a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Chosen {
    /// The last.
    #[default]
    Last,
    /// The one with the best evaluation.
    Best,
}

impl Default for CheckpointConfig {
    fn default() -> Self {
        Self {
            save_steps: 100,
            save_total_limit: 2,
            result: Chosen::Last,
            early_stopping_patience: None,
        }
    }
}

impl CheckpointConfig {
    /// The key and the reason, if a setting has no meaning.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        const SOME: &str = "must be 1 or more";
        match (
            self.save_steps,
            self.save_total_limit,
            self.early_stopping_patience,
        ) {
            (0, ..) => Some(("save_steps", SOME)),
            (_, 0, _) => Some(("save_total_limit", SOME)),
            (.., Some(0)) => Some(("early_stopping_patience", SOME)),
            _ => None,
        }
    }

    /// When a run of so many steps is evaluated and saved.
    pub fn plan(&self, steps: usize) -> Plan {
        Plan {
            steps,
            evaluates_first: false,
            every: self.save_steps,
            keep: self.save_total_limit,
            best: self.result == Chosen::Best,
            patience: self.early_stopping_patience,
        }
    }
}
