//! From answers to labels.

use std::ops::ControlFlow;

use pure_model::Tokenizer;
use pure_rollout::{Event, Request, Sampler};

use super::attempt::Attempt;
use super::config::{LabelConfig, LabelMethod};
use super::error::LabelError;
use super::probes::{Completions, Probing};
use super::step_labels::StepLabels;
use super::{binary_search, monte_carlo};

/// Labels the steps of answers.
#[derive(Debug)]
pub struct Labeller<'a> {
    config: LabelConfig,
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
            steps => self.completions().request(attempt, steps).map(Some),
        }
    }

    /// Labels answers, together: the more there are, the fuller is the sampler's batch. They are
    /// labelled as each would be by itself.
    ///
    /// `report` is told what the sampler tells, and may break it off: then there are no labels.
    ///
    /// # Errors
    ///
    /// [`LabelError::Tokens`], or what the sampler says.
    pub fn label(
        &self,
        sampler: &mut dyn Sampler,
        attempts: &[Attempt],
        report: &mut dyn FnMut(&Event<'_>) -> ControlFlow<()>,
    ) -> Result<Option<Vec<StepLabels>>, LabelError> {
        let probing = Probing {
            completions: self.completions(),
            attempts,
            sampler,
            report,
        };
        match self.config.method {
            LabelMethod::MonteCarlo(rule) => monte_carlo::label(rule, probing),
            LabelMethod::BinarySearch => binary_search::label(probing),
        }
    }

    fn completions(&self) -> Completions<'_> {
        Completions {
            samples: self.config.samples,
            sampling: &self.config.sampling,
            tokenizer: self.tokenizer,
        }
    }
}
