//! What whoever asks a reward model says of how it reads: the tokens that end steps, the marker, its layout.

use std::path::Path;

use pure_core::StepFormat;
use pure_model::Tokenizer;

use crate::layout::Layout;
use crate::preset::PrmPreset;
use crate::step_read_error::StepReadError;
use crate::taught::Taught;

/// Which tokens end a step, and what the model reads there. What is left open is what the preset says, and without one
/// what the model's folder says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepTokens {
    /// The tokens that end a step; if none are given, steps end at blank lines, of one token or several.
    pub separators: Vec<u32>,
    /// What the model was taught to judge at.
    pub marker: Marker,
    /// Where that stands.
    pub layout: Option<Layout>,
    /// The family of models that it is of.
    pub preset: Option<PrmPreset>,
}

/// What a model judges a step at, by number or text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Marker {
    /// What the preset or the model's folder says, or else the end of a line, as TRL has it.
    #[default]
    OfModel,
    /// One token, by its number.
    Id(u32),
    /// Its text: of one token where it replaces another, of one or more where it is appended.
    Text(String),
}

/// How a model reads steps, all said.
pub(crate) struct Reading {
    pub taught: Taught,
    /// The tokens of the marker, one at least.
    pub marker: Vec<u32>,
    /// Where steps end, and the last token of the marker.
    pub format: StepFormat,
}

impl StepTokens {
    /// How the model in a folder reads, if it knows so many tokens.
    pub(crate) fn reading(
        &self,
        folder: &Path,
        tokenizer: &Result<Tokenizer, String>,
        vocab_size: usize,
    ) -> Result<Reading, StepReadError> {
        let mut taught = match self.preset {
            Some(preset) => preset.taught(needed(tokenizer, "a preset")?)?,
            None => Taught::read(folder)?,
        };
        taught.layout = self.layout.unwrap_or(taught.layout);
        if taught.layout == Layout::Append {
            needed(tokenizer, "appending a marker to each step")?;
        }
        if let Marker::Text(text) = &self.marker {
            taught.marker.clone_from(text);
        }
        let marker = match self.marker {
            Marker::Id(id) => {
                let text = tokenizer.as_ref().map(|it| it.decode(&[id], false));
                taught.marker = text.unwrap_or_default();
                vec![id]
            }
            _ => self.marker_tokens(needed(tokenizer, "finding the marker")?, &taught)?,
        };
        let known = |token: &u32| (*token as usize) < vocab_size;
        if let Some(&marker) = marker.iter().find(|token| !known(token)) {
            return Err(StepReadError::MarkerOutOfRange { marker, vocab_size });
        }
        let last = marker[marker.len() - 1];
        let format = self.format_with(last, tokenizer, vocab_size)?;
        Ok(Reading {
            taught,
            marker,
            format,
        })
    }

    fn marker_tokens(
        &self,
        tokenizer: &Tokenizer,
        taught: &Taught,
    ) -> Result<Vec<u32>, StepReadError> {
        let tokens = tokenizer.encode(&taught.marker, false)?;
        let is_of_preset = self.marker == Marker::OfModel;
        let expected = match taught.layout {
            Layout::Replace => "the marker must be one token in the layout \"replace\"",
            // Without its special token a folder holds another model.
            Layout::Append if is_of_preset && self.preset == Some(PrmPreset::QwenMathPrm) => {
                "the marker of qwen2.5-math-prm must be one token"
            }
            Layout::Append if !tokens.is_empty() => return Ok(tokens),
            Layout::Append => "the marker must be one token or more",
        };
        match tokens.len() {
            1 => Ok(tokens),
            found => Err(StepReadError::MarkerText {
                text: taught.marker.clone(),
                tokens: found,
                expected,
            }),
        }
    }

    /// Where the steps of a language model of so many tokens end, whatever a reward model reads there.
    ///
    /// # Errors
    ///
    /// [`StepReadError::NoTokenizer`] if tokens are to be found by their text without one.
    pub fn ends(
        &self,
        tokenizer: &Result<Tokenizer, String>,
        vocab_size: usize,
    ) -> Result<StepFormat, StepReadError> {
        self.format_with(0, tokenizer, vocab_size)
    }

    fn format_with(
        &self,
        marker: u32,
        tokenizer: &Result<Tokenizer, String>,
        vocab_size: usize,
    ) -> Result<StepFormat, StepReadError> {
        if !self.separators.is_empty() {
            return Ok(StepFormat::new(self.separators.iter().copied(), marker));
        }
        let tokenizer = needed(tokenizer, "finding the tokens that end a step")?;
        Ok(blank_lines(tokenizer, vocab_size, marker))
    }
}

/// The format in which a step ends at the token that completes a blank line, of a model of so many tokens.
pub(crate) fn blank_lines(tokenizer: &Tokenizer, vocab_size: usize, marker: u32) -> StepFormat {
    // Not each number below `vocab_size`, which may be any: a model has more of them than tokens.
    let known = tokenizer.inner().get_vocab(true).into_values();
    let known = known.filter(|&id| (id as usize) < vocab_size);
    let texts = known.map(|id| (id, tokenizer.decode(&[id], false)));
    let texts: Vec<(u32, String)> = texts.collect();
    let vocabulary = texts.iter().map(|(id, text)| (*id, text.as_str()));
    StepFormat::from_vocabulary(vocabulary, marker)
}

/// The tokenizer, or else what it was needed for.
pub(crate) fn needed<'a>(
    tokenizer: &'a Result<Tokenizer, String>,
    what: &'static str,
) -> Result<&'a Tokenizer, StepReadError> {
    tokenizer.as_ref().map_err(|reason| {
        let reason = reason.clone();
        StepReadError::NoTokenizer { what, reason }
    })
}
