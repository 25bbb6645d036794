//! Is the first error of an answer found?
//!
//! As ProcessBench (arXiv 2412.06559) measures it: an answer counts if the step that is first called bad
//! is exactly its first bad step, or if it has none and no step is called bad. With `a_e` the share of
//! answers with an error that count, `a_c` that of answers without:
//!
//! ```text
//! F1 = 2 a_e a_c / (a_e + a_c)
//! ```
//!
//! so that neither flagging everything nor nothing pays.
//!
//! Departure: 0, not NaN, where both shares are 0.

use serde::Serialize;

use super::{JudgedAnswers, JudgementError, is_probability, share};

/// How well the first errors of answers are found, at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct FirstErrorQuality {
    /// The number of answers.
    pub answers: usize,
    /// How many of them have an error.
    pub with_error: usize,
    /// The share of all answers that count.
    pub accuracy: Option<f64>,
    /// The share of the answers with an error that count: `a_e`.
    pub accuracy_with_error: Option<f64>,
    /// The share of the answers without an error that count: `a_c`.
    pub accuracy_without_error: Option<f64>,
    /// The harmonic mean of these two; absent unless there are answers of both kinds.
    pub f1: Option<f64>,
}

impl FirstErrorQuality {
    /// That of answers at a threshold.
    ///
    /// # Errors
    ///
    /// [`JudgementError::Threshold`] if that is not from 0 to 1.
    pub fn of(answers: &JudgedAnswers, threshold: f32) -> Result<Self, JudgementError> {
        if !is_probability(threshold) {
            return Err(JudgementError::Threshold { found: threshold });
        }
        Ok(Self::at(answers, threshold))
    }

    pub(super) fn at(answers: &JudgedAnswers, threshold: f32) -> Self {
        let mut counts = Counts::of(answers);
        for answer in &answers.0 {
            counts.right[usize::from(answer.has_error)] += usize::from(answer.holds(threshold));
        }
        let ([right_without, right_with], [without, with]) = (counts.right, counts.all);
        Self {
            answers: answers.0.len(),
            with_error: with,
            accuracy: share(right_with + right_without, answers.0.len()),
            accuracy_with_error: share(right_with, with),
            accuracy_without_error: share(right_without, without),
            f1: counts.f1(),
        }
    }
}

/// Answers without an error, and with one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) right: [usize; 2],
    all: [usize; 2],
}

impl Counts {
    /// With none of them right yet.
    pub(super) fn of(answers: &JudgedAnswers) -> Self {
        let with = answers.0.iter().filter(|a| a.has_error).count();
        Self {
            right: [0; 2],
            all: [answers.0.len() - with, with],
        }
    }

    /// As one quotient of whole numbers, so that equal values are equal to the last bit.
    pub(super) fn f1(&self) -> Option<f64> {
        let [without, with] = self.all.map(|count| count as f64);
        let [right_without, right_with] = self.right.map(|count| count as f64);
        if without == 0.0 || with == 0.0 {
            return None;
        }
        let product = 2.0 * right_with * right_without;
        if product == 0.0 {
            return Some(0.0);
        }
        Some(product / (right_with * without + right_without * with))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_step_counts() {
        let mut answers = JudgedAnswers::default();
        for first in [Some(0), Some(1), Some(2), None] {
            answers.push(&[0.9, 0.4, 0.1], first).unwrap();
        }
        answers.push(&[0.6], None).unwrap();
        let found = FirstErrorQuality::of(&answers, 0.5).unwrap();
        let expected = FirstErrorQuality {
            answers: 5,
            with_error: 3,
            accuracy: Some(0.4),
            accuracy_with_error: Some(1.0 / 3.0),
            accuracy_without_error: Some(0.5),
            f1: Some(0.4),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn one_kind_of_answer_has_no_f1_and_finding_nothing_has_zero() {
        let mut answers = JudgedAnswers::default();
        assert_eq!(
            FirstErrorQuality::of(&answers, 0.5),
            Ok(FirstErrorQuality::default())
        );
        answers.push(&[0.1], None).unwrap();
        let one_kind = FirstErrorQuality::of(&answers, 0.5).unwrap();
        assert_eq!((one_kind.f1, one_kind.accuracy), (None, Some(0.0)));
        answers.push(&[0.9], Some(0)).unwrap();
        assert_eq!(FirstErrorQuality::of(&answers, 0.5).unwrap().f1, Some(0.0));
    }

    #[test]
    fn a_threshold_out_of_range_is_refused() {
        let refused = FirstErrorQuality::of(&JudgedAnswers::default(), 1.5);
        assert_eq!(refused, Err(JudgementError::Threshold { found: 1.5 }));
        assert!(FirstErrorQuality::of(&JudgedAnswers::default(), f32::NAN).is_err());
    }
}
