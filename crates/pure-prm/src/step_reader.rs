//! From an answer of text or tokens to what a reward model reads.
//!
//! ```text
//! steps     "So 3."  "\boxed{3}"            the steps of an answer are joined, and the last one is
//! text      "So 3.\n\n\boxed{3}\n\n"        closed, by blank lines; then the text becomes tokens
//! tokens    So  3  .\n\n  \boxed{  3  }\n\n
//! read      So  3  <+>    \boxed{  3  <+>   the end of each step becomes the marker
//! ```
//!
//! Texts are joined before they are turned into tokens, as a model that writes them would have it: the
//! blank line may be one token with the end of the step. The last step is closed too, or else the
//! marker would take the place of its last word. An empty answer so has one step, its blank line: it is
//! judged like any other, as it is while a policy trains.

use pure_core::{StepFormat, StepSpan};
use pure_model::{Checkpoint, MarkedAnswer, PromptFormat, Tokenizer};

use crate::step_read_error::StepReadError;
use crate::step_tokens::{StepTokens, needed};
use crate::taught::Taught;

/// What stands between two steps of a text, and behind the last one.
const BLANK_LINE: &str = "\n\n";

/// An answer, split and marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SteppedAnswer {
    /// What the model reads.
    pub marked: MarkedAnswer,
    /// The answer as it was, without markers.
    pub response: Vec<u32>,
    /// Its steps, one for each place in `marked.ends`.
    pub spans: Vec<StepSpan>,
}

/// Splits and marks answers for one model.
pub struct StepReader {
    /// Only text needs one.
    tokenizer: Result<Tokenizer, String>,
    format: StepFormat,
    /// How prompts are rendered; raw, where that is not known.
    prompts: Option<PromptFormat>,
    vocab_size: usize,
}

impl StepReader {
    /// That of the model in a folder.
    ///
    /// # Errors
    ///
    /// [`StepReadError::NoTokenizer`] if tokens are to be found by their text without one,
    /// [`StepReadError::MarkerText`] or [`StepReadError::MarkerOutOfRange`] for a marker that is no token
    /// of the model.
    pub fn of(checkpoint: &Checkpoint, tokens: &StepTokens) -> Result<Self, StepReadError> {
        let vocab_size = checkpoint.config().vocab_size;
        let tokenizer = checkpoint.tokenizer().map_err(|error| error.to_string());
        let format = tokens.format(checkpoint.folder(), &tokenizer, vocab_size)?;
        Ok(Self {
            tokenizer,
            format,
            prompts: Taught::read(checkpoint.folder())?.prompt,
            vocab_size,
        })
    }

    /// The same with prompts rendered in this way, whatever the model's folder says.
    pub fn with_prompts(mut self, format: PromptFormat) -> Self {
        self.prompts = Some(format);
        self
    }

    /// The model's tokenizer, if it has one.
    pub fn tokenizer(&self) -> Option<&Tokenizer> {
        self.tokenizer.as_ref().ok()
    }

    /// An answer whose steps are given.
    ///
    /// # Errors
    ///
    /// [`StepReadError::StepCount`] if the text of the steps splits into others, else as
    /// [`text`](Self::text).
    pub fn steps(&self, prompt: &str, steps: &[String]) -> Result<SteppedAnswer, StepReadError> {
        let closed = |step: &String| format!("{step}{BLANK_LINE}");
        let answer = self.joined(prompt, &steps.iter().map(closed).collect::<String>())?;
        match answer.spans.len() {
            found if found == steps.len() => Ok(answer),
            found => Err(StepReadError::StepCount {
                found,
                given: steps.len(),
            }),
        }
    }

    /// An answer in one piece, which is split where it has blank lines.
    ///
    /// # Errors
    ///
    /// [`StepReadError::NoTokenizer`] or [`StepReadError::Model`].
    pub fn text(&self, prompt: &str, response: &str) -> Result<SteppedAnswer, StepReadError> {
        self.joined(prompt, &format!("{}{BLANK_LINE}", response.trim_end()))
    }

    /// An answer of tokens.
    ///
    /// # Errors
    ///
    /// [`StepReadError::Model`] if the model does not know one of them.
    pub fn tokens(
        &self,
        prompt: Vec<u32>,
        response: Vec<u32>,
    ) -> Result<SteppedAnswer, StepReadError> {
        // Here, for the marker may take the place of a token that the model does not know.
        let vocab_size = self.vocab_size;
        let mut tokens = prompt.iter().chain(&response);
        if let Some(&token) = tokens.find(|&&token| token as usize >= vocab_size) {
            return Err(pure_model::Error::TokenOutOfRange { token, vocab_size }.into());
        }
        let spans = self.format.split(&response);
        let mut answer = response.clone();
        self.format.mark(&mut answer, &spans);
        Ok(SteppedAnswer {
            marked: MarkedAnswer {
                prompt,
                answer,
                ends: spans.iter().map(|span| span.last()).collect(),
            },
            response,
            spans,
        })
    }

    fn joined(&self, prompt: &str, response: &str) -> Result<SteppedAnswer, StepReadError> {
        let tokenizer = needed(&self.tokenizer, "text")?;
        let raw = PromptFormat {
            raw: true,
            template: None,
        };
        let format = self.prompts.as_ref().unwrap_or(&raw);
        let prompt = format.encoder(tokenizer)?.text(prompt)?;
        self.tokens(prompt, tokenizer.encode(response, false)?)
    }
}
