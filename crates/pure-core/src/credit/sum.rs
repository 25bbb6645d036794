//! Sum: every step adds its reward, later ones discounted.
//!
//! ```text
//! G_t = r_t + gamma G_{t+1} = sum_{j >= t} gamma^(j - t) r_j
//! paid at step t: G_t - G_{t+1}, which is r_t for gamma = 1
//! ```
//!
//! `r_j` the reward of step `j`, `[n]`; `gamma` in [0, 1]. The usual return of reinforcement learning,
//! kept to be compared with: it grows with the number of steps, so any step above the baseline pays,
//! needed or not, and training collapses into filler (PURE, arXiv 2504.15275).
//!
//! Departures: discounted by the step, not by the token, so that the length of steps does not
//! matter. The reference has gamma = 1 throughout.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Credit, Scores, StepSpan, rewarded};
use crate::numeric::to_f32;

/// The return of a step is the discounted sum of rewards from it on; see the [table](crate::credit).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sum {
    /// Discount of a reward, per step of distance.
    pub gamma: f64,
}

impl Default for Sum {
    fn default() -> Self {
        Self { gamma: 1.0 }
    }
}

impl Credit for Sum {
    fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]) {
        let mut following = 0.0;
        for (token, reward) in rewarded(steps, scores).rev() {
            out[token] = to_f32(f64::from(reward) + (self.gamma - 1.0) * following);
            following = f64::from(reward) + self.gamma * following;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_close, step_returns};
    use super::*;

    #[test]
    fn every_good_step_raises_the_return_of_all_before_it() {
        assert_close(
            &step_returns(&Sum::default(), &[0.5, 0.5, 0.5]),
            &[1.5, 1.0, 0.5],
        );
    }

    #[test]
    fn discounting_is_by_the_step() {
        let half = Sum { gamma: 0.5 };
        assert_close(&step_returns(&half, &[1.0, -1.0, 1.0]), &[0.75, -0.5, 1.0]);
    }
}
