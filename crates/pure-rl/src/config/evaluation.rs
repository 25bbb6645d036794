//! How good the policy is, at each checkpoint.

use std::path::PathBuf;

use pure_settings::Invalid;
use serde::{Deserialize, Serialize};

/// How good the policy is, at each checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationConfig {
    /// Prompts with answers that are not trained on.
    pub prompts: PathBuf,
    /// How many of them, from the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Answers to each, sampled as in training.
    #[serde(default = "one_answer")]
    pub answers: usize,
    /// Whether the likeliest answer is taken as well.
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
    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        match self {
            Self {
                answers: 0,
                greedy: false,
                ..
            } => Err(Invalid::new(
                "evaluation.answers",
                "must be 1 or more where `greedy` is false",
            )),
            Self { limit: Some(0), .. } => Err(Invalid::new("evaluation.limit", super::SOME)),
            _ => Ok(()),
        }
    }
}
