//! What a labeller asks of a policy, and which of its completions are right.

use pure_core::{Finish, Rollout};
use pure_model::Tokenizer;
use pure_rollout::Request;
use pure_verify::Verifier;

use super::attempt::Attempt;
use super::config::LabelConfig;
use super::error::LabelError;

/// Labels the steps of answers.
#[derive(Debug)]
pub struct Labeller<'a> {
    pub(super) config: LabelConfig,
    tokenizer: &'a Tokenizer,
}

impl<'a> Labeller<'a> {
    /// A labeller for a policy that reads and writes with this tokenizer.
    ///
    /// # Errors
    ///
    /// [`LabelError::Setting`] if a setting has no meaning.
    pub fn new(config: LabelConfig, tokenizer: &'a Tokenizer) -> Result<Self, LabelError> {
        config.check()?;
        Ok(Self { config, tokenizer })
    }

    /// The longest of all that may be asked about an answer: who can serve it can serve the others.
    /// Nothing, if there is nothing to ask.
    ///
    /// # Errors
    ///
    /// [`LabelError::Tokens`].
    pub fn longest_request(&self, attempt: &Attempt) -> Result<Option<Request>, LabelError> {
        match attempt.open_steps() {
            0 => Ok(None),
            steps => self.request(attempt, steps).map(Some),
        }
    }

    /// Asks for the completions of a prefix.
    pub(super) fn request(&self, attempt: &Attempt, steps: usize) -> Result<Request, LabelError> {
        let tokens = self.tokenizer.encode(&attempt.prefix(steps), false);
        let tokens = tokens.map_err(|source| LabelError::Tokens {
            number: attempt.number,
            source,
        })?;
        Ok(Request {
            prompt: [&attempt.prompt[..], &tokens].concat(),
            samples: 0..self.config.samples,
            stream: attempt.stream(steps),
            sampling: self.config.sampling.clone(),
            stop: None,
        })
    }

    /// Whether the completion of a prefix ends in the right answer.
    pub(super) fn is_right(&self, attempt: &Attempt, steps: usize, completion: &Rollout) -> bool {
        if completion.finish == Finish::Length {
            return false;
        }
        // As a whole: the completion may end at once, and leave the answer to what stands before it.
        let text = attempt.prefix(steps) + &self.tokenizer.decode(&completion.tokens, true);
        Verifier::default().verify(&text, &attempt.truth).correct
    }
}
