//! Clip: only what falls short of a bound counts.
//!
//! ```text
//! paid at step j: min(r_j - eta, 0)        G_t = sum_{j >= t} min(r_j - eta, 0)
//! ```
//!
//! `r_j` the reward of step `j`, `[n]`; `eta` the bound. "On Designing Effective RL Reward at Training
//! Time for LLM Reasoning", arXiv 2410.15115, the Clip mechanism: no step earns anything, so adding
//! steps cannot pay; but every step risks something, so answers tend to get short.
//!
//! Departures: eta is 0 by default, the middle of rewards in [-1, 1]; the paper's rewards are
//! probabilities in [0, 1].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Credit, Scores, StepSpan, rewarded};
use crate::numeric::to_f32;

/// A step is paid by how far its reward falls short of a bound; see the [table](crate::credit).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Clip {
    /// The reward from which on a step costs nothing.
    pub eta: f64,
}

impl Credit for Clip {
    fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]) {
        for (token, reward) in rewarded(steps, scores) {
            out[token] = to_f32((f64::from(reward) - self.eta).min(0.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_close, step_returns};
    use super::*;

    #[test]
    fn good_steps_earn_nothing_and_bad_ones_cost() {
        let clip = Clip { eta: 0.2 };
        assert_close(&step_returns(&clip, &[0.9, -0.3, 0.1]), &[-0.6, -0.6, -0.1]);
    }
}
