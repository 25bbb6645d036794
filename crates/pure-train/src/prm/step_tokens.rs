//! The tokens that end steps and the one that stands there when a reward model reads, by number or by
//! text.
//!
//! A reward model that is trained here says in `prm.json` in its folder what it was taught to judge at:
//!
//! ```json
//! {"marker": "\n\n"}
//! ```

use std::path::Path;

use pure_core::StepFormat;
use pure_model::Tokenizer;
use serde::{Deserialize, Serialize};

use super::step_read_error::StepReadError;
use crate::Error;
use crate::run::write_whole;

/// Which tokens end a step, and which one the model reads there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepTokens {
    /// The tokens that end a step; if none are given, steps end at blank lines, of one token or several.
    pub separators: Vec<u32>,
    /// The token that the model was taught to judge at.
    pub marker: Marker,
}

/// The file in a reward model's folder that tells its marker.
const FILE: &str = "prm.json";

/// What that file holds.
#[derive(Debug, Serialize, Deserialize)]
struct Taught {
    marker: String,
}

/// Writes down in a model's folder what it was taught to judge at.
pub(super) fn write_marker(folder: &Path, marker: &str) -> Result<(), Error> {
    let marker = marker.to_owned();
    let json = serde_json::to_vec(&Taught { marker }).expect("a text is JSON");
    write_whole(&folder.join(FILE), &json)
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
    pub(crate) fn format(
        &self,
        folder: &Path,
        tokenizer: &Result<Tokenizer, String>,
        vocab_size: usize,
    ) -> Result<StepFormat, StepReadError> {
        let by_text = |text: &str| one_token(needed(tokenizer, "finding the marker")?, text);
        let marker = match &self.marker {
            Marker::OfModel => by_text(&taught_marker(folder)?)?,
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
        let texts = (0..vocab_size as u32).map(|id| (id, tokenizer.decode(&[id], false)));
        let texts: Vec<(u32, String)> = texts.collect();
        let vocabulary = texts.iter().map(|(id, text)| (*id, text.as_str()));
        Ok(StepFormat::from_vocabulary(vocabulary, marker))
    }
}

fn taught_marker(folder: &Path) -> Result<String, StepReadError> {
    let path = folder.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok("\n".to_owned()),
        Err(error) => {
            return Err(StepReadError::Taught {
                path,
                reason: error.to_string(),
            });
        }
    };
    let taught: Result<Taught, _> = serde_json::from_str(&text);
    let taught = taught.map_err(|error| StepReadError::Taught {
        path,
        reason: error.to_string(),
    })?;
    Ok(taught.marker)
}

/// The tokenizer, or else what it was needed for.
pub(super) fn needed<'a>(
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
