//! How good answers are: each of their steps, and their outcome.
//!
//! | reward | trait | shipped |
//! | --- | --- | --- |
//! | process, one number a step | [`StepRewards`] | [`RewardModel`]: `P(good) - P(bad)` at the end of each step |
//! | outcome, one number an answer | [`Outcomes`] | [`TrueAnswers`]: is the final answer the true one? |
//!
//! Who has rewards of another kind implements one of the traits; the pipeline stays as it is. Rewards that learn
//! while the policy does, as those of `online.rs`, say what of them a checkpoint keeps.

use std::path::Path;
use std::rc::Rc;

use pure_model::{Error as ModelError, Held, MarkedAnswer, ProcessRewardModel};
use pure_prm::StepReader;
use pure_run::{Measures, Part};
use pure_verify::Verifier;
use serde_json::Value;

use crate::answer::Answer;
use crate::error::Error;

/// How good each step of an answer is.
pub trait StepRewards {
    /// One number a step of each answer, higher for better ones. An answer one of whose numbers is
    /// not finite is left out with its group, and counted.
    ///
    /// # Errors
    ///
    /// What makes it useless to go on.
    fn rewards(&mut self, answers: &[Answer]) -> Result<Vec<Vec<f32>>, Error>;

    /// Learns from the answers of an iteration, counted from 0, once the policy has: those that it rewarded, but
    /// for groups with a reward that is not finite. Tells what it measured, by names of [`pure_core::metrics`].
    ///
    /// # Errors
    ///
    /// What makes it useless to go on.
    fn learn(&mut self, _iteration: usize, _answers: &[&Answer]) -> Result<Measures, Error> {
        Ok(Measures::default())
    }

    /// What of it is in a checkpoint, under names that begin with `prm`.
    fn parts(&mut self) -> Vec<Part<'_>> {
        Vec::new()
    }

    /// What else must be known to go on.
    fn state(&mut self) -> Value {
        Value::Null
    }

    /// Goes back to where [`state`](Self::state) was taken.
    ///
    /// # Errors
    ///
    /// If it is of no use.
    fn restore(&mut self, _state: &Value) -> Result<(), Error> {
        Ok(())
    }

    /// Leaves what it has become in the folder of a run that is over.
    ///
    /// # Errors
    ///
    /// If that cannot be written.
    fn finish(&mut self, _run: &Path) -> Result<(), Error> {
        Ok(())
    }
}

/// How good an answer is as a whole.
pub trait Outcomes {
    /// From 0, wrong, to 1, right; nothing if it cannot be known.
    fn outcome(&self, answer: &Answer) -> Option<f32>;
}

/// A process reward model that reads the policy's own tokens. There is no number for the steps of an answer that is too
/// long for it, or that it cannot read.
pub struct RewardModel {
    /// The model.
    pub prm: Held<ProcessRewardModel>,
    /// What turns tokens into what it reads.
    pub reader: Rc<StepReader>,
    /// Tokens that it reads at once.
    pub batch_tokens: usize,
}

impl RewardModel {
    /// What it says of the steps of answers.
    pub(crate) fn judge<'a>(
        &self,
        answers: impl Iterator<Item = &'a Answer>,
    ) -> Result<Vec<Vec<f32>>, Error> {
        let (reader, tokens) = (&self.reader, self.batch_tokens);
        self.prm.with(|prm| judge(prm, reader, answers, tokens))
    }
}

impl StepRewards for RewardModel {
    fn rewards(&mut self, answers: &[Answer]) -> Result<Vec<Vec<f32>>, Error> {
        self.judge(answers.iter())
    }
}

/// What a reward model says of the steps of answers, where it can read them.
pub(crate) fn judge<'a>(
    prm: &ProcessRewardModel,
    reader: &StepReader,
    answers: impl Iterator<Item = &'a Answer>,
    batch_tokens: usize,
) -> Result<Vec<Vec<f32>>, Error> {
    let (mut rewards, mut places, mut read) = (Vec::new(), Vec::new(), Vec::new());
    for answer in answers {
        if let Some(marked) = answer
            .marked(reader)?
            .filter(|marked| has_room(prm, marked))
        {
            places.push(rewards.len());
            read.push(marked);
        }
        rewards.push(vec![f32::NAN; answer.steps.len()]);
    }
    for (place, judged) in places.into_iter().zip(prm.judge(&read, batch_tokens)?) {
        rewards[place] = judged;
    }
    Ok(rewards)
}

/// Whether an answer is not too long: markers that are appended make it longer.
pub(crate) fn has_room(prm: &ProcessRewardModel, marked: &MarkedAnswer) -> bool {
    !matches!(prm.check(marked), Err(ModelError::TooLong { .. }))
}

/// Compares the final answer with the true one.
#[derive(Debug, Clone, Copy, Default)]
pub struct TrueAnswers {
    /// How.
    pub verifier: Verifier,
}

impl Outcomes for TrueAnswers {
    fn outcome(&self, answer: &Answer) -> Option<f32> {
        let truth = answer.prompt.answer.as_deref()?;
        let verdict = self.verifier.verify(&answer.text, truth);
        Some(f32::from(u8::from(verdict.correct)))
    }
}
