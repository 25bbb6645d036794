//! What credit takes and gives for one answer.
//!
//! ```text
//! Response { group, length, steps, scores, log_probs, finish }
//!     -> CreditedResponse { token_rewards, returns, paid, baseline, advantages }        Method::run
//! ```

use std::borrow::Cow;
use std::ops::Range;

use crate::advantages::Baseline;
use crate::answer::{Finish, Rollout, Scores, StepSpan};
use crate::error::Fault;

/// One scored answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response<'a> {
    /// The number of its group, the answers that it is compared with: any number, and answers of a
    /// group need not be adjacent.
    pub group: usize,
    /// Its number of tokens, at most [`MOST_TOKENS`](Self::MOST_TOKENS).
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

/// The log-probabilities of an answer's tokens under two models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogProbs<'a> {
    /// Under the policy that sampled them.
    pub policy: &'a [f32],
    /// Under the reference model.
    pub reference: &'a [f32],
}

/// What credit gives back for an answer, each slice one entry a token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CreditedResponse<'a> {
    /// What each token is paid: credit, outcome, KL penalty.
    pub token_rewards: &'a [f32],
    /// The return of each token, before the baseline is subtracted.
    pub returns: &'a [f32],
    /// What the answer is paid in all, KL penalty left out.
    pub paid: Paid,
    /// What is subtracted from the returns.
    pub baseline: ResponseBaseline,
    /// The difference, masked and whitened as the settings say.
    pub advantages: &'a [f32],
    /// Whether it is learned from; otherwise it was filtered out, and its advantages are 0.
    pub is_kept: bool,
}

/// What one answer is paid in all, each with its coefficient, KL penalty left out.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Paid {
    /// For its steps.
    pub process: f64,
    /// For its outcome, less the penalty for having been cut.
    pub outcome: f64,
}

/// What is subtracted from the returns of one answer's tokens.
///
/// ```text
/// b_l = constant + per_unit * sum over the steps that end at or after token l of units(step)
/// ```
///
/// A step counts as one unit or by its tokens, as [`kind`](Self::kind) has it; for most kinds it does
/// not count, and `b` is the same at all tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResponseBaseline {
    /// Subtracted at every token.
    pub constant: f32,
    /// Subtracted once more for each unit of a step that has not ended yet.
    pub per_unit: f32,
    /// Which baseline it is.
    pub kind: Baseline,
}

impl<'a> Response<'a> {
    /// The most tokens that an answer may have, more than any model writes: a damaged file must not
    /// decide how much memory is allocated.
    pub const MOST_TOKENS: usize = 1 << 22;

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
        if let Some(log_probs) = self.log_probs {
            let count = |what, found| count(what, found, self.length, "token");
            count("log-probabilities", log_probs.policy.len())?;
            count("reference log-probabilities", log_probs.reference.len())?;
            finite("log-probability", log_probs.policy)?;
            finite("reference log-probability", log_probs.reference)?;
        }
        if self.length > Self::MOST_TOKENS {
            return Err(Fault(format!(
                "{} tokens are more than the {} that an answer may have; check its length",
                self.length,
                Self::MOST_TOKENS
            )));
        }
        self.check_steps()?;
        let rewards = &self.scores.process;
        count("rewards", rewards.len(), self.steps.len(), "step")?;
        finite("reward", rewards)?;
        if let [.., first, second] = rewards[..]
            && self.steps.last().is_some_and(|step| step.is_empty())
            && first != second
        {
            return Err(Fault(format!(
                "the last token ends two steps, with rewards {first} and {second}"
            )));
        }
        match self.scores.outcome {
            Some(found) if !(0.0..=1.0).contains(&found) => Err(Fault(format!(
                "the outcome is {found}, but must be 0 (wrong), 1 (right) or absent"
            ))),
            _ => Ok(()),
        }
    }

    fn check_steps(&self) -> Result<(), Fault> {
        let mut before = 0;
        for (step, span) in self.steps.iter().enumerate() {
            if span.end > self.length {
                return Err(StepSpan::out_of_range(step, span.last(), self.length));
            }
            // Only the last token of the whole answer may be counted a second time.
            let closing = step + 1 == self.steps.len() && span.end == self.length && step > 0;
            if span.start < before || span.end < span.start || (span.is_empty() && !closing) {
                let StepSpan { start, end } = *span;
                return Err(Fault(format!(
                    "step {step} covers tokens {start}..{end}, which overlaps the one before it or is \
                     empty"
                )));
            }
            before = span.end;
        }
        Ok(())
    }

    /// Steps and scores without a last step that is empty: it counts a separator a second time, and
    /// is paid nothing.
    pub(crate) fn without_empty_step(&self) -> (&'a [StepSpan], Cow<'a, Scores>) {
        match self.steps {
            [steps @ .., last] if last.is_empty() => {
                let process = self.scores.process[..steps.len()].to_vec();
                let outcome = self.scores.outcome;
                (steps, Cow::Owned(Scores { process, outcome }))
            }
            steps => (steps, Cow::Borrowed(self.scores)),
        }
    }
}

/// Refuses a list that does not have one entry for each token or step.
fn count(what: &str, found: usize, expected: usize, each: &str) -> Result<(), Fault> {
    match found == expected {
        true => Ok(()),
        false => Err(Fault(format!(
            "{what} are {found}, but must be {expected}, one for each {each}"
        ))),
    }
}

/// Refuses infinities and what is not a number.
fn finite(what: &str, values: &[f32]) -> Result<(), Fault> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(Fault(format!("{what} {index} is {}", values[index]))),
    }
}

impl Paid {
    /// All of it.
    pub fn total(self) -> f64 {
        self.process + self.outcome
    }
}

impl ResponseBaseline {
    /// What is subtracted at each token.
    pub fn at_tokens(&self, steps: &[StepSpan], length: usize) -> Vec<f32> {
        let mut out = vec![self.constant; length];
        if !self.kind.is_constant() {
            self.for_each_segment(steps, length, |tokens, value| {
                out[tokens].fill(value as f32);
            });
        }
        out
    }

    /// Calls back with ranges of tokens, from the end, and what is subtracted at each of their tokens.
    pub(crate) fn for_each_segment(
        &self,
        steps: &[StepSpan],
        length: usize,
        mut each: impl FnMut(Range<usize>, f64),
    ) {
        let (mut value, mut end) = (f64::from(self.constant), length);
        for step in steps.iter().rev().filter(|step| !step.is_empty()) {
            each(step.end..end, value);
            value += self.kind.units(step.len()) * f64::from(self.per_unit);
            end = step.end;
        }
        each(0..end, value);
    }
}
