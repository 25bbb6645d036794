//! Min: the return of an answer is the reward of its worst step.
//!
//! ```text
//! w = argmin_j r_j (the first of equals)        paid at step w: r_w, elsewhere nothing
//! G_t = r_w if t <= w else 0
//! ```
//!
//! `r_j` the reward of step `j`, `[n]`. PURE, arXiv 2504.15275, section 3: steps up to the worst one
//! led to it and get its reward as their return; steps after it could not change it. However many good
//! steps are added, the return stays within the range of the rewards (and 0).
//!
//! Departures: none. Of equal minima the paper says nothing; the first is the earliest mistake.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Credit, Scores, StepSpan, rewarded};

/// The worst step is paid its reward, the others nothing; see the [table](crate::credit).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Min;

impl Credit for Min {
    fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]) {
        // `min_by` keeps the first of equals.
        if let Some((token, reward)) = rewarded(steps, scores).min_by(|a, b| a.1.total_cmp(&b.1)) {
            out[token] = reward;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_close, step_returns};
    use super::*;

    #[test]
    fn steps_up_to_the_worst_share_its_reward_and_later_ones_get_nothing() {
        assert_close(&step_returns(&Min, &[0.9, -0.4, 0.8]), &[-0.4, -0.4, 0.0]);
    }

    #[test]
    fn of_equal_minima_the_first_is_paid() {
        assert_close(&step_returns(&Min, &[-0.5, 0.5, -0.5]), &[-0.5, 0.0, 0.0]);
    }
}
