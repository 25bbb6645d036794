//! Settings that the supervised learners share.

use pure_model::Batching;
use serde::{Deserialize, Serialize};

use crate::plan::Plan;

/// What a step learns from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BatchConfig {
    /// Examples of a step.
    pub examples: usize,
    /// Tokens that are computed at once, pads included: memory, and nothing else, depends on it. A
    /// step takes as many passes as it needs and sums their gradients.
    pub tokens: usize,
    /// The longest example.
    pub max_tokens: usize,
    /// Whether several examples share a row of up to `max_tokens`; none sees another.
    pub packing: bool,
}

impl Default for BatchConfig {
    fn default() -> Self {
        Self {
            examples: 64,
            tokens: 8192,
            max_tokens: 2048,
            packing: false,
        }
    }
}

impl BatchConfig {
    /// The key and the reason, if a setting has no meaning.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        const SOME: &str = "must be 1 or more";
        match (self.examples, self.tokens, self.max_tokens) {
            (0, ..) => Some(("examples", SOME)),
            (_, 0, _) => Some(("tokens", SOME)),
            (.., 0 | 1) => Some(("max_tokens", "must be 2 or more")),
            _ => None,
        }
    }

    /// What makes batches of examples.
    pub fn batching(&self) -> Batching {
        Batching {
            batch_tokens: self.tokens,
            packed: self.packing.then_some(self.max_tokens),
        }
    }
}

/// When a run is evaluated and saved, and which model it results in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckpointConfig {
    /// Steps between two of them.
    pub every: usize,
    /// How many stay, beside the best.
    pub keep: usize,
    /// Which one the result is.
    pub result: Chosen,
    /// Stop after so many evaluations without an improvement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patience: Option<usize>,
}

/// Which checkpoint the result of a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chosen {
    /// The last.
    #[default]
    Last,
    /// The one that the evaluation likes best.
    Best,
}

impl Default for CheckpointConfig {
    fn default() -> Self {
        Self {
            every: 100,
            keep: 2,
            result: Chosen::Last,
            patience: None,
        }
    }
}

impl CheckpointConfig {
    /// The key and the reason, if a setting has no meaning.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        const SOME: &str = "must be 1 or more";
        match (self.every, self.keep, self.patience) {
            (0, ..) => Some(("every", SOME)),
            (_, 0, _) => Some(("keep", SOME)),
            (.., Some(0)) => Some(("patience", SOME)),
            _ => None,
        }
    }

    /// When a run of so many steps is evaluated and saved.
    pub fn plan(&self, steps: usize) -> Plan {
        Plan {
            steps,
            evaluates_first: false,
            every: self.every,
            keep: self.keep,
            best: self.result == Chosen::Best,
            patience: self.patience,
        }
    }
}
