//! The tokens that end steps and the one that stands there when a reward model reads, by number or by
//! text.

use std::path::Path;

use pure_core::StepFormat;
use pure_model::Tokenizer;

use crate::step_read_error::StepReadError;
use crate::taught::Taught;

/// Which tokens end a step, and which one the model reads there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepTokens {
    /// The tokens that end a step; if none are given, steps end at blank lines, of one token or several.
    pub separators: Vec<u32>,
    /// The token that the model was taught to judge at.
    pub marker: Marker,
}

/// A token, by its number or its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Marker {
    /// What the model's folder says, or else the end of a line, as TRL has it.
    #[default]
    OfModel,
    /// By its number.
    Id(u32),
    /// By its text, which must be that of one token.
    Text(String),
}

impl StepTokens {
    /// The format of steps that these are, for a model of so many tokens.
    ///
    /// # Errors
    ///
    /// As [`StepReader::of`](crate::StepReader::of).
    pub fn format(
        &self,
        folder: &Path,
        tokenizer: &Result<Tokenizer, String>,
        vocab_size: usize,
    ) -> Result<StepFormat, StepReadError> {
        let by_text = |text: &str| one_token(needed(tokenizer, "finding the marker")?, text);
        let marker = match &self.marker {
            Marker::OfModel => by_text(&Taught::read(folder)?.marker)?,
            Marker::Id(id) => *id,
            Marker::Text(text) => by_text(text)?,
        };
        if marker as usize >= vocab_size {
            return Err(StepReadError::MarkerOutOfRange { marker, vocab_size });
        }
        if !self.separators.is_empty() {
            return Ok(StepFormat::new(self.separators.iter().copied(), marker));
        }
        let tokenizer = needed(tokenizer, "finding the tokens that end a step")?;
        // Not each number below `vocab_size`, which may be any: a model has more of them than tokens.
        let known = tokenizer.inner().get_vocab(true).into_values();
        let known = known.filter(|&id| (id as usize) < vocab_size);
        let texts = known.map(|id| (id, tokenizer.decode(&[id], false)));
        let texts: Vec<(u32, String)> = texts.collect();
        let vocabulary = texts.iter().map(|(id, text)| (*id, text.as_str()));
        Ok(StepFormat::from_vocabulary(vocabulary, marker))
    }
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

fn one_token(tokenizer: &Tokenizer, text: &str) -> Result<u32, StepReadError> {
    match tokenizer.encode(text, false)?.as_slice() {
        [token] => Ok(*token),
        tokens => Err(StepReadError::MarkerText {
            text: text.to_owned(),
            tokens: tokens.len(),
        }),
    }
}
