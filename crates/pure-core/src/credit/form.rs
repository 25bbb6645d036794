//! What a form of credit is, and what the [table](super::config) asks of a built-in one beside that.

use crate::answer::{Scores, StepSpan};
use crate::error::Error;
use crate::returns::{MinimumOver, Returns};

/// A form of credit.
///
/// An implementation must be deterministic and must not allocate: it runs once an answer, on
/// answers of tens of thousands of tokens. It may look at the outcome, which is otherwise paid at
/// the last token by the method itself.
///
/// ```
/// use pure_core::{Credit, Scores, StepSpan};
///
/// /// Pays the last step only.
/// struct Last;
///
/// impl Credit for Last {
///     fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]) {
///         if let (Some(step), Some(&reward)) = (steps.last(), scores.process.last()) {
///             out[step.last()] = reward;
///         }
///     }
/// }
/// ```
pub trait Credit: Send + Sync {
    /// Writes what each token is paid.
    ///
    /// # Shapes
    ///
    /// - `steps`: one span a step, in order, none empty, none beyond `out`
    /// - `scores.process`: one finite reward a step
    /// - `out`: one entry a token, all zero on entry
    fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]);

    /// How returns follow from what tokens are paid. Baselines of whole answers do not ask.
    fn returns(&self) -> Returns {
        Returns::Sum
    }
}

/// A built-in form, with its setting.
pub(super) trait Form: Credit + Copy + 'static {
    /// Refuses a setting that has no meaning.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// The form where the smallest reward, if it pays by that, is taken over so much.
    fn over(self, _: MinimumOver) -> Box<dyn Credit> {
        Box::new(self)
    }
}

/// The last token of each step, and the step's reward.
pub(super) fn rewarded<'a>(
    steps: &'a [StepSpan],
    scores: &'a Scores,
) -> impl DoubleEndedIterator<Item = (usize, f32)> + ExactSizeIterator {
    assert_eq!(steps.len(), scores.process.len(), "one reward a step");
    let last_tokens = steps.iter().map(|step| step.last());
    last_tokens.zip(scores.process.iter().copied())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::returns::returns_to_go;

    /// The return of each step when every step is two tokens long.
    pub fn step_returns(credit: &dyn Credit, rewards: &[f32]) -> Vec<f32> {
        let ends: Vec<usize> = (0..rewards.len()).map(|step| 2 * step + 1).collect();
        let steps = StepSpan::from_ends(&ends, 2 * rewards.len()).unwrap();
        let scores = Scores {
            process: rewards.to_vec(),
            outcome: None,
        };
        let mut paid = vec![0.0; 2 * rewards.len()];
        credit.assign(&steps, &scores, &mut paid);
        let mut returns = vec![0.0; paid.len()];
        returns_to_go(&paid, &mut returns);
        returns.chunks(2).map(|tokens| tokens[0]).collect()
    }

    pub fn assert_close(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() < 1e-6, "{found:?} instead of {expected:?}");
        }
    }
}
