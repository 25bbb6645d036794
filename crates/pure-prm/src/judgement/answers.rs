//! Judged answers, collected as they come.
//!
//! Only what a threshold can tell apart is kept. An answer whose first error is at step `e` is judged
//! exactly right if no step before `e` is called bad and step `e` is, one without errors if no step is:
//!
//! ```text
//! p_e < threshold <= min over j < e of p_j          threshold <= min over all j of p_j
//! ```
//!
//! So an answer is an interval of thresholds, however many steps it has.

use super::{JudgementError, is_probability};

/// Answers with what the model says of their steps and where they first go wrong.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JudgedAnswers(pub(super) Vec<RightFor>);

/// The thresholds, `above < threshold <= up_to`, for which an answer is judged exactly right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RightFor {
    pub(super) has_error: bool,
    pub(super) above: f32,
    pub(super) up_to: f32,
}

impl RightFor {
    pub(super) fn holds(&self, threshold: f32) -> bool {
        self.above < threshold && threshold <= self.up_to
    }
}

impl JudgedAnswers {
    /// Adds an answer: `P(good)` of its steps, and its first bad step from 0, if there is one. Who has a
    /// label for each step takes `labels.iter().position(|good| !good)`. Steps after the first error do
    /// not count, and need not be known.
    ///
    /// # Errors
    ///
    /// [`JudgementError::Probability`] or [`JudgementError::FirstError`]; then the answer is not added.
    pub fn push(
        &mut self,
        p_good: &[f32],
        first_error: Option<usize>,
    ) -> Result<(), JudgementError> {
        if let Some(step) = p_good.iter().position(|&p| !is_probability(p)) {
            let found = p_good[step];
            return Err(JudgementError::Probability { step, found });
        }
        let steps = p_good.len();
        let (good, above) = match first_error {
            Some(found) if found >= steps => {
                return Err(JudgementError::FirstError { found, steps });
            }
            Some(error) => (&p_good[..error], p_good[error]),
            None => (p_good, f32::NEG_INFINITY),
        };
        self.0.push(RightFor {
            has_error: first_error.is_some(),
            above,
            up_to: good.iter().copied().fold(f32::INFINITY, f32::min),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_contradicts_itself_is_refused() {
        let mut answers = JudgedAnswers::default();
        assert_eq!(
            answers.push(&[0.5, 0.5], Some(2)).unwrap_err().to_string(),
            "the first error is at step 2 (from 0), but there are only 2 steps"
        );
        assert_eq!(
            answers.push(&[0.5, -1.0], Some(0)),
            Err(JudgementError::Probability {
                step: 1,
                found: -1.0
            })
        );
        assert!(answers.0.is_empty());
    }

    #[test]
    fn an_answer_is_the_thresholds_that_judge_it_right() {
        let mut answers = JudgedAnswers::default();
        answers.push(&[0.75, 0.5, 0.25, 0.0], Some(2)).unwrap();
        let RightFor { above, up_to, .. } = answers.0[0];
        assert_eq!((above, up_to, answers.0.len()), (0.25, 0.5, 1));
    }
}
