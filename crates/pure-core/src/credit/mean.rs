//! Mean: the return of an answer is the mean of its steps' rewards.
//!
//! ```text
//! paid at step j: r_j / n        G_t = sum_{j >= t} r_j / n
//! ```
//!
//! `r_j` the reward of step `j`, `[n]`. The main branch of PURE with its weighting of rewards switched
//! off; arXiv 2504.15275 compares with it. It does not grow with the number of steps, but filler still
//! dilutes a bad one.
//!
//! Departures: none.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Credit, Scores, StepSpan, rewarded};
use crate::numeric::to_f32;

/// Every step is paid its reward over the number of steps; see the [table](crate::credit).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Mean;

impl Credit for Mean {
    fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]) {
        let count = steps.len() as f64;
        for (token, reward) in rewarded(steps, scores) {
            out[token] = to_f32(f64::from(reward) / count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_close, step_returns};
    use super::*;

    #[test]
    fn the_first_step_gets_the_average() {
        assert_close(&step_returns(&Mean, &[0.9, -0.3, 0.6]), &[0.4, 0.1, 0.2]);
    }
}
