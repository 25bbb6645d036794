//! A reward model that judges answers as they come, many at a time, without holding all of them.

use pure_model::{MarkedAnswer, ProcessRewardModel, windows};

use crate::error::Error;
use crate::skipped::Skipped;
use crate::step_reader::{StepReader, SteppedAnswer};

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
        let checked = candidates.map(|candidate| {
            let candidate = candidate?;
            match self.prm.check(&candidate.marked) {
                Ok(()) => Ok(candidate),
                Err(error) => Err(format!("{}: {error}", candidate.name)),
            }
        });
        let tokens = |candidate: &Result<Candidate<T>, String>| match candidate {
            Ok(candidate) => candidate.marked.len(),
            Err(_) => 0,
        };
        for window in windows(checked, self.batch_tokens, tokens) {
            let (mut marked, mut known) = (Vec::new(), Vec::new());
            for candidate in window {
                match candidate {
                    Ok(candidate) => {
                        marked.push(candidate.marked);
                        known.push((candidate.name, candidate.known));
                    }
                    Err(reason) => skipped.add(reason),
                }
            }
            let rewards = self.prm.judge(&marked, self.batch_tokens)?;
            for ((name, known), rewards) in known.into_iter().zip(rewards) {
                match not_finite(&rewards) {
                    None => then(known, &rewards)?,
                    Some(reason) => skipped.add(format_args!("{name}: {reason}")),
                }
            }
        }
        Ok(())
    }
}

/// Why rewards are none, if they are not numbers.
pub(super) fn not_finite(rewards: &[f32]) -> Option<String> {
    let step = rewards.iter().position(|reward| !reward.is_finite())? + 1;
    Some(format!(
        "the model's logits at step {step} are not finite: are its weights, or is its dtype, broken?"
    ))
}
