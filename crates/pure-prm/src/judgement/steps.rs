//! Judged steps, collected as they come.

use super::{JudgementError, is_probability};

/// Steps with what the model says of them and what is true: pairs of `P(good)` and whether the step
/// is good. It grows by 8 bytes a step, because ranks need all of them at once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JudgedSteps(Vec<(f32, bool)>);

impl JudgedSteps {
    /// Adds pairs of `P(good)` and whether the step is good.
    ///
    /// # Errors
    ///
    /// [`JudgementError::Probability`] for the first that is none; then no pair of this call is added.
    pub fn extend(
        &mut self,
        judged: impl IntoIterator<Item = (f32, bool)>,
    ) -> Result<(), JudgementError> {
        let before = self.0.len();
        for (step, (found, good)) in judged.into_iter().enumerate() {
            if !is_probability(found) {
                self.0.truncate(before);
                return Err(JudgementError::Probability { step, found });
            }
            self.0.push((found, good));
        }
        Ok(())
    }

    /// The pairs, in the order in which they came.
    pub fn pairs(&self) -> &[(f32, bool)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_probability_is_refused_whole_and_by_its_place() {
        let mut steps = JudgedSteps::default();
        steps.extend([(0.0, false), (1.0, true)]).unwrap();
        for bad in [-0.1, 1.1, f32::INFINITY] {
            assert_eq!(
                steps.extend([(0.5, true), (bad, true)]),
                Err(JudgementError::Probability {
                    step: 1,
                    found: bad
                })
            );
        }
        assert_eq!(
            steps.extend([(f32::NAN, true)]).unwrap_err().to_string(),
            "the probability of step 0 is NaN, but must be from 0 to 1"
        );
        assert_eq!(steps.pairs(), [(0.0, false), (1.0, true)]);
    }
}
