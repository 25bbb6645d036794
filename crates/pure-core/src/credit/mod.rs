//! Which tokens are paid for the scores of the steps.
//!
//! A form of credit turns the rewards `r_1 .. r_n` of an answer's steps into a payment for each of
//! its tokens. The **return** of a token is the sum of what is paid from it on, and a token of step
//! `t` is encouraged in proportion to the return `G_t`. Every form here pays at the last tokens of
//! steps only, so all tokens of a step have the same return:
//!
//! | form | return `G_t` of step `t` of `n` | from |
//! | --- | --- | --- |
//! | [`Min`] | `r_w` if `t <= w` else 0, with `w = argmin r` | PURE, arXiv 2504.15275, section 3 |
//! | [`SoftMin`] | `sum_{j >= t} softmax_j(-r / T) r_j` | PURE, the same |
//! | [`SuffixMin`] | smallest payment from the token on, zeros between steps included | its verl branch |
//! | [`Sum`] | `sum_{j >= t} gamma^(j - t) r_j` | the usual form, which collapses |
//! | [`Mean`] | `sum_{j >= t} r_j / n` | its main branch |
//! | [`Clip`] | `sum_{j >= t} min(r_j - eta, 0)` | arXiv 2410.15115 |
//! | [`Delta`] | `sum_{j >= t} (r_j - r_{j+1})`, with `r_{n+1} = 0` | arXiv 2410.15115 |
//!
//! To add one: write its file, with its formula and its paper; name it here, in the table and below; give
//! it a row in `config.rs`, with the check of its setting, from which its name in files and on command
//! lines follows. A form of one's own needs none of that, but [`Credit`].

mod clip;
mod config;
mod delta;
mod mean;
mod min;
mod soft_min;
mod suffix_min;
mod sum;

pub use clip::Clip;
pub use config::CreditConfig;
pub use delta::Delta;
pub use mean::Mean;
pub use min::Min;
pub use soft_min::SoftMin;
pub use suffix_min::SuffixMin;
pub use sum::Sum;

use crate::answer::{Scores, StepSpan};
use crate::returns::Returns;

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

/// The last token of each step, and the step's reward.
fn rewarded<'a>(
    steps: &'a [StepSpan],
    scores: &'a Scores,
) -> impl DoubleEndedIterator<Item = (usize, f32)> + ExactSizeIterator {
    assert_eq!(steps.len(), scores.process.len(), "one reward a step");
    let last_tokens = steps.iter().map(|step| step.last());
    last_tokens.zip(scores.process.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        Returns::Sum.take(&paid, false, &mut returns);
        returns.chunks(2).map(|tokens| tokens[0]).collect()
    }

    pub fn assert_close(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() < 1e-6, "{found:?} instead of {expected:?}");
        }
    }
}
