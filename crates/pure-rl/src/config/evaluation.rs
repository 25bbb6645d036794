//! How the policy is evaluated, at each checkpoint.

use std::path::PathBuf;

use pure_settings::Invalid;
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
    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        match self {
            Self {
                num_generations: 0,
                greedy: false,
                ..
            } => Err(Invalid::new(
                "evaluation.num_generations",
                "must be 1 or more where `greedy` is false",
            )),
            Self { limit: Some(0), .. } => Err(Invalid::new("evaluation.limit", super::SOME)),
            _ => Ok(()),
        }
    }
}
