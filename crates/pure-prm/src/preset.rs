//! Reward models from elsewhere, whose folders do not say what they were taught to read.
//!
//! | preset | prompt | layout and marker |
//! | --- | --- | --- |
//! | `trl` | as it is, behind the tokenizer's first token if there is one | `append`, `\n` |
//! | `qwen2.5-math-prm` | ChatML with the system prompt of Qwen2.5-Math | `append`, `<extra_0>` |
//!
//! `trl` is `PRMTrainer` of TRL with its default `step_separator`, and `qwen2.5-math-prm` is
//! Qwen2.5-Math-PRM-7B and -72B (arXiv 2501.07301). Both read `P(good)` at the last token of the marker, as the softmax
//! of two logits; where TRL's marker is several tokens, at the last of them.
//!
//! Departure: the card of Qwen2.5-Math-PRM turns the whole conversation into tokens at once. That differs only for an
//! answer that begins with white space, which may become one token with the newline in front of it.

use std::fmt;
use std::str::FromStr;

use pure_model::{Error, PromptFormat, Tokenizer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::layout::Layout;
use crate::taught::Taught;

/// What a family of reward models was taught to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PrmPreset {
    /// Models of TRL's `PRMTrainer`.
    #[serde(rename = "trl")]
    Trl,
    /// Qwen2.5-Math-PRM-7B and -72B.
    #[serde(rename = "qwen2.5-math-prm")]
    QwenMathPrm,
}

const NAMES: [(&str, PrmPreset); 2] = [
    ("trl", PrmPreset::Trl),
    ("qwen2.5-math-prm", PrmPreset::QwenMathPrm),
];

const CHAT_ML: &str = "<|im_start|>system\n\
    Please reason step by step, and put your final answer within \\boxed{}.<|im_end|>\n\
    <|im_start|>user\n{prompt}<|im_end|>\n\
    <|im_start|>assistant\n";

impl PrmPreset {
    /// What such a model was taught, in words of its tokenizer.
    pub(crate) fn taught(self, tokenizer: &Tokenizer) -> Result<Taught, Error> {
        let (marker, template) = match self {
            Self::Trl => ("\n", first_token(tokenizer)?),
            Self::QwenMathPrm => ("<extra_0>", Some(CHAT_ML.to_owned())),
        };
        let raw = true;
        Ok(Taught {
            marker: marker.to_owned(),
            layout: Layout::Append,
            prompt: Some(PromptFormat { raw, template }),
        })
    }
}

/// The template that puts the first token of texts before a prompt, where the tokenizer names one and does not put it
/// there by itself.
fn first_token(tokenizer: &Tokenizer) -> Result<Option<String>, Error> {
    match tokenizer.bos_token() {
        Some(bos) if tokenizer.encode("1", true)?.first() != Some(&bos) => {
            let text = tokenizer.decode(&[bos], false);
            Ok(Some(format!("{text}{{prompt}}")))
        }
        _ => Ok(None),
    }
}

impl fmt::Display for PrmPreset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = NAMES.iter().find(|(_, preset)| preset == self);
        f.write_str(named.expect("each has a name").0)
    }
}

impl FromStr for PrmPreset {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, preset)) => Ok(*preset),
            None => Err(format!(
                "the presets are {}",
                NAMES.map(|it| it.0).join(" and ")
            )),
        }
    }
}
