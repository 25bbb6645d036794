//! SoftMin: the minimum, softened so that near-worst steps are paid as well.
//!
//! ```text
//! w_j = exp(-r_j / T) / sum_i exp(-r_i / T)     paid at step j: w_j r_j
//! G_t = sum_{j >= t} w_j r_j
//! ```
//!
//! `r_j` the reward of step `j`, `[n]`; `T > 0` the temperature. PURE, arXiv 2504.15275, section 3,
//! with T = 0.1. As T goes to 0 it becomes [`Min`](super::Min), as T grows [`Mean`](super::Mean);
//! so among steps that are all good it acts like a mean and pulls weakly towards length.
//!
//! Departures: weights are computed relative to the smallest reward, in f64, so that no T overflows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Credit, Scores, StepSpan, rewarded};
use crate::numeric::to_f32;

/// Every step is paid its reward, weighted by how bad it is; see the [table](crate::credit).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SoftMin {
    /// How far from the worst a step may be and still count.
    pub temperature: f64,
}

impl Default for SoftMin {
    fn default() -> Self {
        Self { temperature: 0.1 }
    }
}

impl SoftMin {
    /// What each step is paid.
    pub(crate) fn payments(self, rewards: &[f32]) -> impl Iterator<Item = f32> {
        let worst = rewards.iter().copied().fold(f32::INFINITY, f32::min);
        let below = move |reward: f32| f64::from(worst) - f64::from(reward);
        let weight = move |reward: f32| (below(reward) / self.temperature).exp();
        let total: f64 = rewards.iter().map(|&reward| weight(reward)).sum();
        let rewards = rewards.iter();
        rewards.map(move |&reward| to_f32(weight(reward) / total * f64::from(reward)))
    }
}

impl Credit for SoftMin {
    fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]) {
        for ((token, _), paid) in rewarded(steps, scores).zip(self.payments(&scores.process)) {
            out[token] = paid;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_close, step_returns};
    use super::*;

    #[test]
    fn weights_are_a_softmax_of_negated_rewards() {
        let (a, b) = ((-0.5_f32).exp(), 0.25_f32.exp());
        let expected = [(a * 0.5 - b * 0.25) / (a + b), -b * 0.25 / (a + b)];
        let soft = SoftMin { temperature: 1.0 };
        assert_close(&step_returns(&soft, &[0.5, -0.25]), &expected);
    }

    #[test]
    fn the_coldest_is_the_minimum_and_the_hottest_the_mean() {
        let rewards = [0.9, -0.4, 0.8];
        let cold = SoftMin {
            temperature: f64::MIN_POSITIVE,
        };
        assert_close(
            &step_returns(&cold, &rewards),
            &step_returns(&super::super::min::Min, &rewards),
        );
        let hot = SoftMin { temperature: 1e30 };
        assert_close(
            &step_returns(&hot, &rewards),
            &step_returns(&super::super::mean::Mean, &rewards),
        );
    }
}
