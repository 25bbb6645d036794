//! How good an answer is: step by step, and in the end.
//!
//! The process reward of a step, read from the two logits of the reward model at the step's last
//! token, is
//!
//! ```text
//! r = P(good) - P(bad) = tanh((logit_good - logit_bad) / 2)      in [-1, 1]
//! ```
//!
//! Departures: computed in f64 as one `tanh`, not as the difference of two softmax terms, which
//! cancels for undecided steps.

use serde::{Deserialize, Serialize};

use crate::numeric::to_f32;

/// What the reward model and the verifier say of one answer. Scores say nothing about tokens: who
/// deserves them is decided by a [`Credit`](crate::Credit).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// The reward of each step, in order; `[-1, 1]` from [`step_reward`].
    pub process: Vec<f32>,
    /// 1 if the answer verified as right, 0 if wrong, nothing where the prompt has no answer to
    /// verify against.
    pub outcome: Option<f32>,
}

/// The reward of a step from the reward model's logits `[bad, good]` at its last token.
pub fn step_reward([bad, good]: [f32; 2]) -> f32 {
    to_f32(((f64::from(good) - f64::from(bad)) / 2.0).tanh())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undecided_step_is_worth_nothing_and_certain_ones_a_whole() {
        assert_eq!(step_reward([3.0, 3.0]), 0.0);
        assert_eq!(step_reward([-1e30, 1e30]), 1.0);
        assert_eq!(step_reward([1e30, -1e30]), -1.0);
    }

    #[test]
    fn it_is_the_difference_of_the_two_probabilities() {
        let (bad, good) = (0.3_f64.exp(), (-1.2_f64).exp());
        let expected = (good - bad) / (good + bad);
        assert!((f64::from(step_reward([0.3, -1.2])) - expected).abs() < 1e-7);
    }
}
