//! From an answer of text or tokens to what a reward model reads, in the [layout](Layout) that it was taught.
//!
//! ```text
//! steps     "So 3."  "\boxed{3}"
//!
//! replace   the steps are joined, and the last one is closed, by blank lines; then the text becomes tokens
//! tokens    So  3  .\n\n  \boxed{  3  }\n\n
//! read      So  3  <+>    \boxed{  3  <+>          the end of each step becomes the marker
//!
//! append    each step becomes tokens by itself, and the marker follows it
//! read      So  3  .  <+>  \boxed{  3  }  <+>
//! ```
//!
//! To replace, texts are joined before they are turned into tokens, as a model that writes them would have it: the
//! blank line may be one token with the end of the step. The last step is closed too, or else the
//! marker would take the place of its last word. An empty answer so has one step, its blank line: it is
//! judged like any other, as it is while a policy trains.
//!
//! To append, an answer that is not given in steps is split where tokens end a step, and each step is read as its text
//! without the newlines at its ends: so an answer of tokens, the same as text and the same in steps are read alike.

use pure_core::{StepFormat, StepSpan};
use pure_model::{Checkpoint, MarkedAnswer, PromptFormat, Tokenizer};

use crate::layout::Layout;
use crate::step_read_error::StepReadError;
use crate::step_tokens::{Reading, StepTokens, needed};
use crate::taught::Taught;

/// What stands between two steps of a text, and behind the last one.
const BLANK_LINE: &str = "\n\n";

/// An answer, split and marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SteppedAnswer {
    /// What the model reads.
    pub marked: MarkedAnswer,
    /// The answer's tokens: those that were given; else those of its text, the markers that were appended among them.
    pub response: Vec<u32>,
    /// Its steps, one for each place in `marked.ends`.
    pub spans: Vec<StepSpan>,
}

/// Splits and marks answers for one model.
pub struct StepReader {
    /// Only text, and markers that are appended, need one.
    tokenizer: Result<Tokenizer, String>,
    reading: Reading,
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
        let reading = tokens.reading(checkpoint.folder(), &tokenizer, vocab_size)?;
        Ok(Self {
            tokenizer,
            reading,
            vocab_size,
        })
    }

    /// The same with prompts rendered in this way, whatever else was said.
    pub fn with_prompts(mut self, format: PromptFormat) -> Self {
        self.reading.taught.prompt = Some(format);
        self
    }

    /// The same with steps that end where this format says; what replaces their last token is its marker.
    pub fn with_steps(mut self, format: StepFormat) -> Self {
        self.reading.format = format;
        self
    }

    /// The model's tokenizer, if it has one.
    pub fn tokenizer(&self) -> Option<&Tokenizer> {
        self.tokenizer.as_ref().ok()
    }

    /// Where steps end.
    pub fn steps_end(&self) -> &StepFormat {
        &self.reading.format
    }

    /// What the model is taken to have been taught.
    pub fn taught(&self) -> &Taught {
        &self.reading.taught
    }

    /// An answer whose steps are given.
    ///
    /// # Errors
    ///
    /// [`StepReadError::StepCount`] if the text of the steps splits into others, where it is joined to be read; else as
    /// [`text`](Self::text).
    pub fn steps(&self, prompt: &str, steps: &[String]) -> Result<SteppedAnswer, StepReadError> {
        if self.taught().layout == Layout::Append {
            return self.apart(prompt, steps);
        }
        let closed = |step: &String| format!("{step}{BLANK_LINE}");
        let response = self.encoded(&steps.iter().map(closed).collect::<String>())?;
        let answer = self.tokens(self.prompt(prompt)?, response)?;
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
        let response = self.encoded(&format!("{}{BLANK_LINE}", response.trim_end()))?;
        match self.taught().layout {
            Layout::Replace => self.tokens(self.prompt(prompt)?, response),
            Layout::Append => {
                let spans = self.reading.format.split(&response);
                self.apart(prompt, &self.texts(&response, &spans)?)
            }
        }
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
        let spans = self.reading.format.split(&response);
        Ok(SteppedAnswer {
            marked: self.marked(prompt, &response, &spans)?,
            response,
            spans,
        })
    }

    /// What the model reads of an answer of tokens whose steps are known.
    ///
    /// # Errors
    ///
    /// [`StepReadError::Model`] if the text of a step cannot be turned into tokens.
    ///
    /// # Panics
    ///
    /// If a step ends outside the answer.
    pub fn marked(
        &self,
        prompt: Vec<u32>,
        response: &[u32],
        spans: &[StepSpan],
    ) -> Result<MarkedAnswer, StepReadError> {
        match self.taught().layout {
            Layout::Append => self.appended(prompt, &self.texts(response, spans)?),
            Layout::Replace => {
                let mut answer = response.to_vec();
                self.reading.format.mark(&mut answer, spans);
                Ok(MarkedAnswer {
                    prompt,
                    answer,
                    ends: spans.iter().map(|span| span.last()).collect(),
                })
            }
        }
    }

    /// The steps of an answer for a person, without appended markers; where there is no tokenizer, their tokens.
    pub fn shown(&self, answer: &SteppedAnswer) -> Vec<String> {
        let shown = |span: &StepSpan| {
            let tokens = &answer.response[span.range()];
            let Some(tokenizer) = self.tokenizer() else {
                let ids: Vec<String> = tokens.iter().map(ToString::to_string).collect();
                return ids.join(" ");
            };
            let text = tokenizer.decode(tokens, false);
            match text.strip_suffix(&self.taught().marker) {
                Some(step) if self.taught().layout == Layout::Append => step.to_owned(),
                _ => text,
            }
        };
        answer.spans.iter().map(shown).collect()
    }

    /// An answer whose steps are read one by one.
    fn apart(&self, prompt: &str, steps: &[String]) -> Result<SteppedAnswer, StepReadError> {
        let marked = self.appended(self.prompt(prompt)?, steps)?;
        let mut start = 0;
        let spans = marked.ends.iter().map(|end| {
            let end = end + 1;
            let span = StepSpan { start, end };
            start = end;
            span
        });
        Ok(SteppedAnswer {
            spans: spans.collect(),
            response: marked.answer.clone(),
            marked,
        })
    }

    /// Steps with a marker behind each.
    fn appended(&self, prompt: Vec<u32>, steps: &[String]) -> Result<MarkedAnswer, StepReadError> {
        let (mut answer, mut ends) = (Vec::new(), Vec::new());
        for step in steps {
            answer.extend(self.encoded(step)?);
            answer.extend(&self.reading.marker);
            ends.push(answer.len() - 1);
        }
        Ok(MarkedAnswer {
            prompt,
            answer,
            ends,
        })
    }

    /// The texts of steps, without the tokens that end a turn and the newlines that part them.
    fn texts(&self, response: &[u32], spans: &[StepSpan]) -> Result<Vec<String>, StepReadError> {
        let tokenizer = needed(&self.tokenizer, "text")?;
        let text = |span: &StepSpan| {
            let text = tokenizer.decode(&response[span.range()], true);
            text.trim_matches('\n').to_owned()
        };
        Ok(spans.iter().map(text).collect())
    }

    fn encoded(&self, text: &str) -> Result<Vec<u32>, StepReadError> {
        Ok(needed(&self.tokenizer, "text")?.encode(text, false)?)
    }

    /// The tokens of a prompt, which is raw where nothing is said of it.
    fn prompt(&self, prompt: &str) -> Result<Vec<u32>, StepReadError> {
        let tokenizer = needed(&self.tokenizer, "text")?;
        let raw = PromptFormat {
            raw: true,
            template: None,
        };
        let format = self.taught().prompt.as_ref().unwrap_or(&raw);
        Ok(format.encoder(tokenizer)?.text(prompt)?)
    }
}
