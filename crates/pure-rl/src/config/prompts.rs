//! The prompts that the policy learns from.

use std::path::PathBuf;

use pure_model::PromptFormat;
use pure_verify::Mode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SOME, first};

/// The prompts that the policy learns from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PromptConfig {
    /// File of the prompts, with reference answers or without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Prompts of an iteration: half of the paper's 64, for one device.
    pub per_iteration: usize,
    /// Fraction of the reference answers that rewards may use; the others serve to measure accuracy alone.
    pub with_answer: f64,
    /// Whether prompts are taken as they are, without the model's chat template.
    pub raw: bool,
    /// Text around a prompt, which stands at `{prompt}` in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Longest prompt, in tokens; longer ones are left out, and counted.
    pub max_prompt_length: usize,
    /// How an answer is compared with its reference answer.
    pub verifier: Mode,
}

impl Default for PromptConfig {
    fn default() -> Self {
        Self {
            file: None,
            per_iteration: 32,
            with_answer: 1.0,
            raw: false,
            template: None,
            max_prompt_length: 1024,
            verifier: Mode::default(),
        }
    }
}

impl PromptConfig {
    /// How prompts become tokens.
    pub(crate) fn format(&self) -> PromptFormat {
        PromptFormat {
            raw: self.raw,
            template: self.template.clone(),
        }
    }

    /// The key and the reason, if a setting has no meaning.
    pub(crate) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let is_share = (0.0..=1.0).contains(&self.with_answer);
        let places = |template: &String| template.matches("{prompt}").count();
        let has_place = self.template.as_ref().is_none_or(|it| places(it) == 1);
        let place = "must have one place for the prompt, `{prompt}`";
        first([
            (self.per_iteration == 0, "per_iteration", SOME),
            (self.max_prompt_length == 0, "max_prompt_length", SOME),
            (!is_share, "with_answer", "must be a fraction, from 0 to 1"),
            (!has_place, "template", place),
        ])
    }
}
