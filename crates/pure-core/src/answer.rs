//! One answer, on its way from the policy that wrote it to the loss.
//!
//! ```text
//! prompt -> answer -> steps -> scores -> credit -> advantages -> loss
//! ```
//!
//! | after the arrow to | an answer is | made by |
//! | --- | --- | --- |
//! | answer | [`Rollout`]: tokens and log-probabilities | a sampler |
//! | steps | [`StepSpan`]s: ranges of its tokens | [`StepFormat::split`](crate::StepFormat::split) |
//! | scores | [`Scores`]: a reward a step and an outcome | a reward model and a verifier |
//! | credit | [`Response`](crate::Response): all of the above, borrowed | whoever asks for advantages |
//! | advantages | [`CreditedResponse`](crate::CreditedResponse) | [`Method::run`](crate::Method::run) |
//! | loss | [`LossToken`](crate::LossToken)s | the learner |
//!
//! The first three stand here, the two that credit takes and gives in `response.rs`. What a prompt is,
//! this crate does not know.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::error::Fault;

/// An answer as it was sampled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    /// The answer's tokens, the one that ended it included.
    pub tokens: Vec<u32>,
    /// `log p(token)` under the policy at the sampling temperature, one a token: what a trainer
    /// computes for the same tokens.
    pub log_probs: Vec<f32>,
    /// `log q(token)` under the distribution that it was drawn from, where that was another: one
    /// that was cut down to its likeliest tokens, or penalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn_log_probs: Option<Vec<f32>>,
    /// Why it ended.
    pub finish: Finish,
}

/// Why generation of an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model ended it, with one of its end tokens.
    End,
    /// Its text came to a stop that the caller had set.
    Stop,
    /// The limit on its length cut it.
    Length,
}

/// The tokens of one step: `start..end` of its answer.
///
/// ```text
/// ends     2        4     8          the index of each step's last token
/// spans  0..3     3..5  5..9         half open, so that neighbours share a bound
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSpan {
    /// Index of the step's first token.
    pub start: usize,
    /// One past the index of the step's last token.
    pub end: usize,
}

/// What the reward model and the verifier say of an answer. Scores say nothing about tokens: a
/// [`Credit`](crate::Credit) decides which tokens they are paid to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// The process reward of each step, in order: `P(good) - P(bad)`, from -1 to 1, where a reward
    /// model gives it.
    pub process: Vec<f32>,
    /// 1 if the answer verified as right, 0 if wrong, nothing where the prompt has no answer to
    /// verify against.
    pub outcome: Option<f32>,
}

impl StepSpan {
    /// The step's last token, where its reward is read and paid.
    ///
    /// # Panics
    ///
    /// If the span ends at 0, which no step does.
    pub fn last(self) -> usize {
        self.end - 1
    }

    /// The number of tokens.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span holds no token: a separator's second count, see
    /// [`ClosingSeparator`](crate::ClosingSeparator).
    pub fn is_empty(self) -> bool {
        self.end == self.start
    }

    /// The span as a range, to index slices.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The steps of an answer of `length` tokens from the indices of their last tokens.
    ///
    /// Tokens after the last end belong to no step. The last end may be given twice (see
    /// [`ClosingSeparator`](crate::ClosingSeparator)) and then makes an empty span.
    ///
    /// # Errors
    ///
    /// [`Fault`] if one is not after the one before it, or not in the answer.
    pub fn from_ends(ends: &[usize], length: usize) -> Result<Vec<Self>, Fault> {
        let mut spans = Vec::with_capacity(ends.len());
        let mut start = 0;
        for (step, &last) in ends.iter().enumerate() {
            if last >= length {
                return Err(Self::out_of_range(step, last, length));
            }
            let repeats_the_last = last + 1 == start && start == length && step + 1 == ends.len();
            if last < start && !repeats_the_last {
                return Err(Fault(format!(
                    "step {step} ends at token {last}, not after {}, where the step before it ends",
                    start - 1
                )));
            }
            let end = last + 1;
            spans.push(Self { start, end });
            start = end;
        }
        Ok(spans)
    }

    pub(crate) fn out_of_range(step: usize, last: usize, length: usize) -> Fault {
        Fault(format!(
            "step {step} ends at token {last}, but there are only {length} tokens"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_become_spans_and_back() {
        let spans = StepSpan::from_ends(&[1, 2, 5], 8).unwrap();
        assert_eq!(spans[0], StepSpan { start: 0, end: 2 });
        assert_eq!(spans[1].len(), 1);
        assert_eq!(spans[2].range(), 3..6);
    }

    #[test]
    fn ends_out_of_order_or_range_are_refused() {
        let refused = |ends: &[usize]| StepSpan::from_ends(ends, 8).unwrap_err().to_string();
        assert_eq!(
            refused(&[3, 2]),
            "step 1 ends at token 2, not after 3, where the step before it ends"
        );
        assert!(StepSpan::from_ends(&[2, 2], 8).is_err());
        assert!(StepSpan::from_ends(&[7, 7, 7], 8).is_err());
        assert!(StepSpan::from_ends(&[7, 7], 8).unwrap()[1].is_empty());
        assert_eq!(
            refused(&[1, 8]),
            "step 1 ends at token 8, but there are only 8 tokens"
        );
    }
}
