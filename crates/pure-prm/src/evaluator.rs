//! A reward model that judges answers as they come, many at a time, without holding all of them.

use pure_model::{MarkedAnswer, ProcessRewardModel};

use crate::error::Error;
use crate::skipped::Skipped;
use crate::step_reader::{StepReader, SteppedAnswer};

/// Batches are filled from this many times their tokens, so that like lengths come together.
const WINDOW: usize = 8;

/// A reward model that is asked about answers whose truth is known.
pub struct Evaluator {
    /// The model.
    pub prm: ProcessRewardModel,
    /// What turns texts into what it reads.
    pub reader: StepReader,
    /// Tokens of a batch, padding included.
    pub batch_tokens: usize,
}

/// An answer that can be read.
pub(super) struct Candidate<T> {
    /// What to call it, should the model not be able to judge it.
    pub name: String,
    pub marked: MarkedAnswer,
    /// What is known of it.
    pub known: T,
}

impl Evaluator {
    /// An answer of which something is known, if it can be read.
    pub(super) fn candidate<T>(
        &self,
        name: String,
        prompt: &str,
        steps: &[String],
        known: T,
    ) -> Result<Candidate<T>, String> {
        match self.reader.steps(prompt, steps) {
            Ok(SteppedAnswer { marked, .. }) => Ok(Candidate {
                name,
                marked,
                known,
            }),
            Err(error) => Err(format!("{name}: {error}")),
        }
    }

    /// Gives `then` what is known of each answer with the rewards of its steps, in their order. An answer
    /// that could not be read, or cannot be judged, is skipped.
    pub(super) fn judge_each<T>(
        &self,
        candidates: impl Iterator<Item = Result<Candidate<T>, String>>,
        skipped: &mut Skipped,
        mut then: impl FnMut(T, &[f32]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (mut window, mut tokens) = (Vec::new(), 0);
        for candidate in candidates {
            let checked = candidate.and_then(|it| match self.prm.check(&it.marked) {
                Ok(()) => Ok(it),
                Err(error) => Err(format!("{}: {error}", it.name)),
            });
            match checked {
                Ok(candidate) => {
                    tokens += candidate.marked.len();
                    window.push(candidate);
                }
                Err(reason) => skipped.add(reason),
            }
            if tokens >= self.batch_tokens.saturating_mul(WINDOW) {
                self.judge_window(std::mem::take(&mut window), skipped, &mut then)?;
                tokens = 0;
            }
        }
        self.judge_window(window, skipped, &mut then)
    }

    fn judge_window<T>(
        &self,
        window: Vec<Candidate<T>>,
        skipped: &mut Skipped,
        then: &mut impl FnMut(T, &[f32]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut marked = Vec::with_capacity(window.len());
        let known = window.into_iter().map(|candidate| {
            marked.push(candidate.marked);
            (candidate.name, candidate.known)
        });
        let known: Vec<(String, T)> = known.collect();
        let rewards = self.prm.judge(&marked, self.batch_tokens)?;
        for ((name, known), rewards) in known.into_iter().zip(rewards) {
            match rewards.iter().position(|reward| !reward.is_finite()) {
                None => then(known, &rewards)?,
                Some(step) => skipped.add(format_args!(
                    "{name}: the model's logits at step {} are not finite: \
                     are its weights, or is its dtype, broken?",
                    step + 1
                )),
            }
        }
        Ok(())
    }
}
