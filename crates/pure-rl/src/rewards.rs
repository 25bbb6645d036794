//! How good answers are: each of their steps, and their outcome.
//!
//! | reward | trait | shipped |
//! | --- | --- | --- |
//! | process, one number a step | [`StepRewards`] | [`RewardModel`]: `P(good) - P(bad)` at the end of each step |
//! | outcome, one number an answer | [`Outcomes`] | [`TrueAnswers`]: is the final answer the true one? |
//!
//! Who has rewards of another kind implements one of the traits; the pipeline stays as it is.

use pure_model::{Error as ModelError, Held, MarkedAnswer, ProcessRewardModel};
use pure_prm::{StepReadError, StepReader};
use pure_verify::Verifier;

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
    pub reader: StepReader,
    /// Tokens that it reads at once.
    pub batch_tokens: usize,
}

impl StepRewards for RewardModel {
    fn rewards(&mut self, answers: &[Answer]) -> Result<Vec<Vec<f32>>, Error> {
        let unread = answers
            .iter()
            .map(|answer| vec![f32::NAN; answer.steps.len()]);
        let mut rewards: Vec<Vec<f32>> = unread.collect();
        let mut read: Vec<(usize, MarkedAnswer)> = Vec::new();
        for (place, answer) in answers.iter().enumerate() {
            let judged = answer.prompt.judged_tokens.as_ref();
            let prompt = judged.unwrap_or(&answer.prompt.tokens).clone();
            let tokens = &answer.rollout.tokens;
            match self.reader.marked(prompt, tokens, &answer.steps) {
                Ok(marked) => read.push((place, marked)),
                // A step whose text the tokenizer cannot read again.
                Err(StepReadError::Model(ModelError::Encode { .. })) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let (places, judged) = self.prm.with(|prm| {
            // Markers that are appended make an answer longer.
            let is_too_long = |marked: &MarkedAnswer| {
                matches!(prm.check(marked), Err(ModelError::TooLong { .. }))
            };
            read.retain(|(_, marked)| !is_too_long(marked));
            let (places, marked): (Vec<usize>, Vec<_>) = read.into_iter().unzip();
            let judged = prm.judge(&marked, self.batch_tokens)?;
            Ok::<_, ModelError>((places, judged))
        })?;
        for (place, judged) in places.into_iter().zip(judged) {
            rewards[place] = judged;
        }
        Ok(rewards)
    }
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
