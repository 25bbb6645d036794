//! The rewards of sampled answers, whose steps are not given: what best of N and weighted votes go by.
//!
//! The reward model reads the question as it stands in its file, as text, and the sample as text too: the model that
//! wrote it may have other tokens.

use pure_data::Prompt;

use crate::error::Error;
use crate::evaluator::{Evaluator, not_finite};
use crate::step_read_error::StepReadError;
use crate::step_reader::SteppedAnswer;

/// An answer that was sampled.
#[derive(Debug, Clone, Copy)]
pub struct Sampled<'a> {
    /// The name of its question, for errors.
    pub id: &'a str,
    /// What was asked.
    pub prompt: &'a Prompt,
    /// What was answered.
    pub text: &'a str,
}

/// What a reward model says of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRewards {
    /// The reward of each step, from -1 to 1.
    pub rewards: Vec<f32>,
    /// Tokens that the model read, those of the prompt included.
    pub prm_tokens: u64,
}

impl Evaluator {
    /// The rewards of the steps of each sample, which end at its blank lines; nothing for one that the model
    /// cannot read: it is too long, or the tokenizer has no tokens for its text.
    ///
    /// # Errors
    ///
    /// [`Error::Sample`] for one that cannot be read, or that the model gives no numbers for; what the model itself fails
    /// with.
    pub fn rewards(&self, samples: &[Sampled<'_>]) -> Result<Vec<Option<StepRewards>>, Error> {
        let (mut rewards, mut marked, mut places) =
            (vec![None; samples.len()], Vec::new(), Vec::new());
        let fault = |place: usize, reason: String| Error::Sample {
            id: samples[place].id.to_owned(),
            reason,
        };
        for (place, sample) in samples.iter().enumerate() {
            let prompt = text_of(sample.prompt).map_err(|reason| fault(place, reason))?;
            let read = match self.reader.text(prompt, sample.text) {
                Ok(read) => read.marked,
                Err(StepReadError::Model(pure_model::Error::Encode { .. })) => continue,
                Err(error) => return Err(fault(place, error.to_string())),
            };
            match self.prm.check(&read) {
                Ok(()) => {
                    marked.push(read);
                    places.push(place);
                }
                Err(pure_model::Error::TooLong { .. }) => {}
                Err(error) => return Err(fault(place, error.to_string())),
            }
        }
        let judged = self.prm.judge(&marked, self.batch_tokens)?;
        for ((place, read), of_steps) in places.into_iter().zip(&marked).zip(judged) {
            if let Some(reason) = not_finite(&of_steps) {
                return Err(fault(place, reason));
            }
            rewards[place] = Some(StepRewards {
                rewards: of_steps,
                prm_tokens: read.len() as u64,
            });
        }
        Ok(rewards)
    }

    /// A sample of text, split into its steps.
    pub(super) fn sampled(&self, prompt: &Prompt, text: &str) -> Result<SteppedAnswer, String> {
        let read = self.reader.text(text_of(prompt)?, text);
        read.map_err(|error| error.to_string())
    }
}

/// The question as the model reads it.
fn text_of(prompt: &Prompt) -> Result<&str, String> {
    match prompt {
        Prompt::Text(text) => Ok(text),
        Prompt::Messages(_) => {
            Err("the question is a conversation, but is judged as one text".to_owned())
        }
    }
}
