//! How good answers are: each of their steps, and their outcome.
//!
//! | reward | trait | shipped |
//! | --- | --- | --- |
//! | process, one number a step | [`StepRewards`] | [`RewardModel`]: `P(good) - P(bad)` at the end of each step |
//! | outcome, one number an answer | [`Outcomes`] | [`TrueAnswers`]: is the final answer the true one? |
//!
//! Who has rewards of another kind implements one of the traits; the pipeline stays as it is.

use pure_model::{Error as ModelError, Held, MarkedAnswer, ProcessRewardModel};
use pure_prm::StepReader;
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
    /// What turns tokens into what it reads.
    pub reader: StepReader,
    /// Tokens that it reads at once.
    pub batch_tokens: usize,
}

impl StepRewards for RewardModel {
    fn rewards(&mut self, answers: &[Answer]) -> Result<Vec<Vec<f32>>, Error> {
        let marked = answers.iter().map(|answer| {
            let judged = answer.prompt.judged_tokens.as_ref();
            let prompt = judged.unwrap_or(&answer.prompt.tokens).clone();
            self.reader
                .marked(prompt, &answer.rollout.tokens, &answer.steps)
        });
        let marked = marked.collect::<Result<Vec<_>, _>>()?;
        let batch_tokens = self.batch_tokens;
        Ok(self.prm.with(|prm| judge(prm, marked, batch_tokens))?)
    }
}

/// The rewards of answers; no numbers for one that is too long for the model, as markers that are appended may make it.
fn judge(
    prm: &ProcessRewardModel,
    marked: Vec<MarkedAnswer>,
    batch_tokens: usize,
) -> Result<Vec<Vec<f32>>, ModelError> {
    let mut rewards: Vec<Vec<f32>> = marked
        .iter()
        .map(|answer| vec![f32::NAN; answer.ends.len()])
        .collect();
    let (mut places, mut read) = (Vec::new(), Vec::new());
    for (place, answer) in marked.into_iter().enumerate() {
        if !matches!(prm.check(&answer), Err(ModelError::TooLong { .. })) {
            places.push(place);
            read.push(answer);
        }
    }
    for (place, judged) in places.into_iter().zip(prm.judge(&read, batch_tokens)?) {
        rewards[place] = judged;
    }
    Ok(rewards)
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
