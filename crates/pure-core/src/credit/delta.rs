//! Delta: a step is paid for what it has over the next one, so sums telescope.
//!
//! ```text
//! paid at step j: r_j - r_{j+1}, with r_{n+1} = 0        G_t = r_t
//! ```
//!
//! `r_j` the reward of step `j`, `[n]`. "On Designing Effective RL Reward at Training Time for LLM
//! Reasoning", arXiv 2410.15115, the Delta mechanism: the return of a step is its own reward, whatever
//! follows, so adding steps cannot pay.
//!
//! Departures: the paper leaves the last step to its outcome reward; here the outcome is paid apart,
//! so the last step keeps its process reward.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Credit, Scores, StepSpan, rewarded};
use crate::numeric::to_f32;

/// The return of a step is its own reward; see the [table](crate::credit).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Delta;

impl Credit for Delta {
    fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]) {
        let mut following = 0.0;
        for (token, reward) in rewarded(steps, scores).rev() {
            out[token] = to_f32(f64::from(reward) - following);
            following = f64::from(reward);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_close, step_returns};
    use super::*;

    #[test]
    fn each_step_gets_its_own_reward_back() {
        assert_close(&step_returns(&Delta, &[0.9, -0.3, 0.1]), &[0.9, -0.3, 0.1]);
    }
}
