//! Prompts and steps as texts, to what a reward model reads.
//!
//! ```text
//! prompt "7+3="   steps "7+3=0", "\boxed{0}"
//! read    7 + 3 =   7 + 3 = 0 <+>   \boxed{0} <+>       <+> the marker, in place of the blank line
//! ```
//!
//! Texts are joined before they are turned into tokens, as a model that writes them would have it: a
//! blank line may be one token with the end of its step. The last step is closed too, or the marker
//! would take the place of its last word.

use pure_core::StepFormat;
use pure_model::{Checkpoint, MarkedAnswer, Tokenizer};

use crate::Error;

/// What stands between two steps of a text, and behind the last one.
const BLANK_LINE: &str = "\n\n";

/// How the texts of steps become tokens.
#[derive(Debug)]
pub struct StepReader {
    tokenizer: Tokenizer,
    format: StepFormat,
    vocab_size: usize,
}

impl StepReader {
    /// For a model's tokenizer and the text of a marker.
    ///
    /// # Errors
    ///
    /// [`Error::Marker`] if it is not one token of the model.
    pub fn new(checkpoint: &Checkpoint, marker: &str) -> Result<Self, Error> {
        let tokenizer = checkpoint.tokenizer()?;
        let vocab_size = checkpoint.config().vocab_size;
        let tokens = tokenizer.encode(marker, false)?;
        let &[marker] = tokens.as_slice() else {
            return Err(Error::Marker {
                text: marker.to_owned(),
                found: tokens.len(),
            });
        };
        let tokens = 0..vocab_size.min(tokenizer.vocab_size()) as u32;
        let texts: Vec<(u32, String)> = tokens
            .map(|token| (token, tokenizer.decode(&[token], false)))
            .collect();
        let vocabulary = texts.iter().map(|(token, text)| (*token, text.as_str()));
        let format = StepFormat::from_vocabulary(vocabulary, marker);
        Ok(Self {
            tokenizer,
            format,
            vocab_size,
        })
    }

    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it: a text without tokens, a step that holds a blank line.
    pub fn read(&self, prompt: &str, steps: &[String]) -> Result<MarkedAnswer, String> {
        let encode = |text: &str, is_start| {
            let tokens = self.tokenizer.encode(text, is_start);
            tokens.map_err(|error| error.to_string())
        };
        let closed = steps.iter().map(|step| format!("{step}{BLANK_LINE}"));
        let prompt = encode(prompt, true)?;
        let response = encode(&closed.collect::<String>(), false)?;
        let mut tokens = prompt.iter().chain(&response);
        let vocab_size = self.vocab_size;
        if let Some(token) = tokens.find(|&&token| token as usize >= vocab_size) {
            return Err(format!(
                "token {token} is not in the model's vocabulary of {vocab_size}"
            ));
        }
        let spans = self.format.split(&response);
        if spans.len() != steps.len() {
            return Err(format!(
                "the text splits into {} steps at its separator tokens, but {} were given: one that \
                 begins with or holds a blank line cannot be told apart",
                spans.len(),
                steps.len()
            ));
        }
        let input = self.format.prm_input(&[], &response, &spans);
        Ok(MarkedAnswer {
            prompt,
            answer: input.tokens,
            ends: input.positions,
        })
    }
}
