//! The prompts that the policy learns from.

use std::path::PathBuf;

use pure_model::PromptFormat;
use pure_settings::Invalid;
use pure_verify::Mode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SOME;

/// The prompts that the policy learns from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptConfig {
    /// File of the prompts, with reference answers or without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Prompts of an iteration.
    pub per_iteration: usize,
    /// Fraction of the reference answers that rewards may use; the others serve to measure accuracy alone.
    #[serde(default = "all")]
    pub with_answer: f64,
    /// Whether prompts are taken as they are, without the model's chat template.
    #[serde(default)]
    pub raw: bool,
    /// Text around a prompt, which stands at `{prompt}` in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Longest prompt, in tokens; longer ones are left out, and counted.
    #[serde(default = "kibi")]
    pub max_prompt_length: usize,
    /// How an answer is compared with its reference answer.
    #[serde(default)]
    pub verifier: Mode,
}

fn all() -> f64 {
    1.0
}

fn kibi() -> usize {
    1024
}

impl PromptConfig {
    /// How prompts become tokens.
    pub(crate) fn format(&self) -> PromptFormat {
        PromptFormat {
            raw: self.raw,
            template: self.template.clone(),
        }
    }

    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        let invalid = |key: &str, reason: &str| Err(Invalid::new(format!("prompts.{key}"), reason));
        let has_place = |template: &String| template.matches("{prompt}").count() == 1;
        match self {
            Self {
                per_iteration: 0, ..
            } => invalid("per_iteration", SOME),
            Self {
                max_prompt_length: 0,
                ..
            } => invalid("max_prompt_length", SOME),
            Self { with_answer, .. } if !(0.0..=1.0).contains(with_answer) => {
                invalid("with_answer", "must be a fraction, from 0 to 1")
            }
            Self {
                template: Some(template),
                ..
            } if !has_place(template) => {
                invalid("template", "must have one place for the prompt, `{prompt}`")
            }
            _ => Ok(()),
        }
    }
}
