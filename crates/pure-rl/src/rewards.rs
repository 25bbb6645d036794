//! How good answers are: each of their steps, and their outcome.
//!
//! | reward | trait | shipped |
//! | --- | --- | --- |
//! | process, one number a step | [`StepRewards`] | [`RewardModel`]: `P(good) - P(bad)` at the end of each step |
//! | outcome, one number an answer | [`Outcomes`] | [`TrueAnswers`]: is the final answer the true one? |
//!
//! Who has rewards of another kind implements one of the traits; the pipeline stays as it is.

use pure_core::StepFormat;
use pure_model::{Held, MarkedAnswer, ProcessRewardModel};
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

/// A process reward model that reads the policy's own tokens.
pub struct RewardModel {
    /// The model.
    pub prm: Held<ProcessRewardModel>,
    /// What it reads at the end of a step.
    pub format: StepFormat,
    /// Tokens that it reads at once.
    pub batch_tokens: usize,
}

impl StepRewards for RewardModel {
    fn rewards(&mut self, answers: &[Answer]) -> Result<Vec<Vec<f32>>, Error> {
        let marked = answers.iter().map(|answer| {
            let judged = answer.prompt.judged_tokens.as_ref();
            let mut tokens = answer.rollout.tokens.clone();
            self.format.mark(&mut tokens, &answer.steps);
            MarkedAnswer {
                prompt: judged.unwrap_or(&answer.prompt.tokens).clone(),
                answer: tokens,
                ends: answer.steps.iter().map(|step| step.last()).collect(),
            }
        });
        let marked: Vec<MarkedAnswer> = marked.collect();
        Ok(self.prm.with(|prm| prm.judge(&marked, self.batch_tokens))?)
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
