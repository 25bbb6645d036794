//! What is asked.

use std::path::PathBuf;

use pure_model::PromptFormat;
use pure_settings::Invalid;
use pure_verify::Mode;
use serde::{Deserialize, Serialize};

use super::SOME;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptConfig {
    /// Prompts, with answers or without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// How many an iteration asks.
    pub per_iteration: usize,
    /// Share of the answers that rewards may use; the others are measured with, and that is all.
    #[serde(default = "all")]
    pub with_answer: f64,
    /// Whether prompts of text are taken as they are, without the chat template.
    #[serde(default)]
    pub raw: bool,
    /// What a prompt of text is put into, at `{prompt}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The longest prompt; longer ones are left out, and counted.
    #[serde(default = "kibi")]
    pub max_tokens: usize,
    /// How answers are verified.
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
            Self { max_tokens: 0, .. } => invalid("max_tokens", SOME),
            Self { with_answer, .. } if !(0.0..=1.0).contains(with_answer) => {
                invalid("with_answer", "must be a share, from 0 to 1")
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
