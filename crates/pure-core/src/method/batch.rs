//! What goes into the line and what comes out of it.

use std::borrow::Cow;

use super::report::Report;
use crate::advantages::Baseline;
use crate::error::Fault;
use crate::rollout::{Finish, Rollout};
use crate::scores::Scores;
use crate::step_span::StepSpan;

/// The log-probabilities of an answer's tokens under two models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogProbs<'a> {
    /// Under the policy that sampled them.
    pub policy: &'a [f32],
    /// Under the reference model.
    pub reference: &'a [f32],
}

/// One scored answer, as the line takes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response<'a> {
    /// The number of its group. Answers of a group need not be adjacent; numbers should be small, as
    /// memory is kept for each up to the largest.
    pub group: usize,
    /// Its number of tokens.
    pub length: usize,
    /// Its steps.
    pub steps: &'a [StepSpan],
    /// Their scores.
    pub scores: &'a Scores,
    /// For the KL penalty, if there is to be one.
    pub log_probs: Option<LogProbs<'a>>,
    /// Why it ended.
    pub finish: Finish,
}

impl<'a> Response<'a> {
    /// A rollout with its steps and scores; `reference` holds the reference model's log-probabilities,
    /// if there is to be a KL penalty.
    pub fn of_rollout(
        group: usize,
        rollout: &'a Rollout,
        steps: &'a [StepSpan],
        scores: &'a Scores,
        reference: Option<&'a [f32]>,
    ) -> Self {
        let log_probs = |reference| LogProbs {
            policy: &rollout.log_probs,
            reference,
        };
        Self {
            group,
            length: rollout.tokens.len(),
            steps,
            scores,
            log_probs: reference.map(log_probs),
            finish: rollout.finish,
        }
    }

    /// Refuses what contradicts itself.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let count = |what, found, expected, each| match found == expected {
            true => Ok(()),
            false => Err(Fault::Count {
                what,
                found,
                expected,
                each,
            }),
        };
        let mut before = 0;
        for (step, span) in self.steps.iter().enumerate() {
            if span.end > self.length {
                let (found, length) = (span.end - 1, self.length);
                return Err(Fault::StepEndOutOfRange {
                    step,
                    found,
                    length,
                });
            }
            // Only the whole answer's last token may be counted a second time.
            let closing = step + 1 == self.steps.len() && span.end == self.length && step > 0;
            if span.start < before || span.end < span.start || (span.is_empty() && !closing) {
                let StepSpan { start, end } = *span;
                return Err(Fault::StepsOverlap { step, start, end });
            }
            before = span.end;
        }
        let rewards = &self.scores.process;
        count("rewards", rewards.len(), self.steps.len(), "step")?;
        finite("reward", rewards)?;
        if let [.., first, second] = rewards[..]
            && self.steps.last().is_some_and(|step| step.is_empty())
            && first != second
        {
            return Err(Fault::ClosingRewardsDiffer { first, second });
        }
        if let Some(found) = self.scores.outcome
            && !(0.0..=1.0).contains(&found)
        {
            return Err(Fault::Outcome { found });
        }
        if let Some(log_probs) = self.log_probs {
            count(
                "log-probabilities",
                log_probs.policy.len(),
                self.length,
                "token",
            )?;
            count(
                "reference log-probabilities",
                log_probs.reference.len(),
                self.length,
                "token",
            )?;
            finite("log-probability", log_probs.policy)?;
            finite("reference log-probability", log_probs.reference)?;
        }
        Ok(())
    }

    /// Steps and scores without an empty last step, which stands for a token that another step ends
    /// at.
    pub(crate) fn without_second_count(&self) -> (&'a [StepSpan], Cow<'a, Scores>) {
        match self.steps {
            [steps @ .., last] if last.is_empty() => {
                let process = self.scores.process[..steps.len()].to_vec();
                (
                    steps,
                    Cow::Owned(Scores {
                        process,
                        outcome: self.scores.outcome,
                    }),
                )
            }
            steps => (steps, Cow::Borrowed(self.scores)),
        }
    }
}

/// Refuses numbers that are none.
pub(super) fn finite(what: &'static str, values: &[f32]) -> Result<(), Fault> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(Fault::NotFinite {
            what,
            index,
            found: values[index],
        }),
    }
}

/// What is taken off the returns of one answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResponseBaseline {
    /// Off every token.
    pub constant: f32,
    /// Off every token once more for each unit of the steps that end at or after it: a unit is a step
    /// or a token, as [`kind`](Self::kind) says.
    pub per_unit: f32,
    /// Which baseline it is.
    pub kind: Baseline,
}

impl ResponseBaseline {
    /// What is taken off each token.
    pub fn at_tokens(&self, steps: &[StepSpan], length: usize) -> Vec<f32> {
        let mut out = vec![self.constant; length];
        if !self.kind.is_constant() {
            self.for_each_segment(steps, length, |tokens, off| out[tokens].fill(off as f32));
        }
        out
    }

    /// Calls back with ranges of tokens, from the end, and what is taken off each of their tokens.
    pub(super) fn for_each_segment(
        &self,
        steps: &[StepSpan],
        length: usize,
        mut each: impl FnMut(std::ops::Range<usize>, f64),
    ) {
        let (mut off, mut end) = (f64::from(self.constant), length);
        for step in steps.iter().rev().filter(|step| !step.is_empty()) {
            each(step.end..end, off);
            off += self.kind.units(step.len()) * f64::from(self.per_unit);
            end = step.end;
        }
        each(0..end, off);
    }
}

/// What the line makes of a batch, flat: the tokens of the first response, then of the second, ...
#[derive(Debug, Clone, PartialEq)]
pub struct CreditedBatch {
    pub(super) offsets: Vec<usize>,
    pub(super) token_rewards: Vec<f32>,
    pub(super) returns: Vec<f32>,
    pub(super) advantages: Vec<f32>,
    pub(super) baselines: Vec<ResponseBaseline>,
    pub(super) paid: Vec<Paid>,
    pub(super) report: Report,
}

/// What one answer is paid in all, each with its coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Paid {
    /// For its steps.
    pub process: f32,
    /// For its outcome, less what being cut costs.
    pub outcome: f32,
}

/// What the line makes of one response, each slice one entry a token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CreditedResponse<'a> {
    /// What each token is paid: credit, outcome, KL penalty.
    pub token_rewards: &'a [f32],
    /// The return of each token, before anything is taken off.
    pub returns: &'a [f32],
    /// What the response is paid in all, KL penalty left out.
    pub paid: Paid,
    /// What is taken off.
    pub baseline: ResponseBaseline,
    /// What remains, masked and whitened as the settings say.
    pub advantages: &'a [f32],
}

impl CreditedBatch {
    /// The number of responses.
    pub fn len(&self) -> usize {
        self.baselines.len()
    }

    /// Whether there are no responses.
    pub fn is_empty(&self) -> bool {
        self.baselines.is_empty()
    }

    /// One response.
    ///
    /// # Panics
    ///
    /// If there is none of that index.
    pub fn response(&self, index: usize) -> CreditedResponse<'_> {
        let tokens = self.offsets[index]..self.offsets[index + 1];
        CreditedResponse {
            token_rewards: &self.token_rewards[tokens.clone()],
            returns: &self.returns[tokens.clone()],
            paid: self.paid[index],
            baseline: self.baselines[index],
            advantages: &self.advantages[tokens],
        }
    }

    /// Every response, in the order they came.
    pub fn responses(&self) -> impl ExactSizeIterator<Item = CreditedResponse<'_>> {
        (0..self.len()).map(|index| self.response(index))
    }

    /// The advantages of all responses, one after the other.
    pub fn advantages(&self) -> &[f32] {
        &self.advantages
    }

    /// What a person should know about the batch.
    pub fn report(&self) -> &Report {
        &self.report
    }
}
