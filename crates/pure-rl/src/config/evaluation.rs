//! How the policy is evaluated, at each checkpoint.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the policy is evaluated, at each checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluationConfig {
    /// File of held-out prompts with reference answers.
    pub prompts: PathBuf,
    /// How many of them, from the first; without it, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Answers to each prompt, sampled as in training.
    #[serde(default = "one_answer")]
    pub num_generations: usize,
    /// Whether each prompt is answered by greedy decoding as well.
    #[serde(default = "yes")]
    pub greedy: bool,
}

fn one_answer() -> usize {
    1
}

fn yes() -> bool {
    true
}

impl EvaluationConfig {
    /// The key and the reason, if a setting has no meaning.
    pub(crate) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let asks_nothing = self.num_generations == 0 && !self.greedy;
        let needed = "must be 1 or more where `greedy` is false";
        super::first([
            (asks_nothing, "num_generations", needed),
            (self.limit == Some(0), "limit", super::SOME),
        ])
    }
}
