//! MaxRL: differences from the group's mean reward, divided by that mean.
//!
//! ```text
//! A_i = (R_i - m) / (m + 1e-6)        m = mean_j R_j, over the whole group
//! ```
//!
//! `R_i` everything that answer `i` is paid. "Maximum Likelihood Reinforcement Learning", arXiv
//! 2602.02710: with outcomes of 0 and 1 the mean is the rate of success, so a right answer to a prompt
//! that is rarely solved counts in inverse proportion, as in the gradient of the log-likelihood of
//! success.
//!
//! Departures: where the mean is not above 0, nobody succeeded, and all advantages are 0; with outcomes
//! alone the formula says the same, but a KL penalty in the reward would be divided by 1e-6 there. The
//! formula is for rewards of 0 or more: [`RewardSource::Outcome`](crate::RewardSource::Outcome).

/// Keeps the division finite, as the trainer has it that documents the method.
const EPSILON: f64 = 1e-6;

/// What differences from the mean are multiplied by.
pub(super) fn scale(mean: f64) -> f64 {
    match mean > 0.0 {
        true => (mean + EPSILON).recip(),
        false => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Baseline, Totals};
    use crate::groups::Groups;

    fn advantages(rewards: &[f64]) -> Vec<f64> {
        let groups = Groups::of(rewards.iter().map(|_| 0));
        let answer = |&reward: &f64| Totals {
            answers: 1.0,
            reward,
            ..Totals::default()
        };
        let answers: Vec<Totals> = rewards.iter().map(answer).collect();
        let comparisons = Baseline::MaxRl.compare(&answers, &groups, 8);
        let pairs = comparisons.zip(rewards);
        pairs
            .map(|((b, scale), reward)| (reward - f64::from(b.constant)) * scale)
            .collect()
    }

    #[test]
    fn a_right_answer_counts_in_inverse_proportion_to_the_rate_of_success() {
        // One of four: (1 - 1/4) / (1/4) = 3, and (0 - 1/4) / (1/4) = -1 for the others.
        let rare = advantages(&[1.0, 0.0, 0.0, 0.0]);
        for (found, expected) in rare.iter().zip([3.0, -1.0, -1.0, -1.0]) {
            assert!((found - expected).abs() < 2e-5, "{rare:?}");
        }
        // Three of four: (1 - 3/4) / (3/4) = 1/3, and -1 for the other.
        let common = advantages(&[1.0, 1.0, 0.0, 1.0]);
        for (found, expected) in common.iter().zip([1.0 / 3.0, 1.0 / 3.0, -1.0, 1.0 / 3.0]) {
            assert!((found - expected).abs() < 2e-6, "{common:?}");
        }
    }

    #[test]
    fn where_nobody_or_everybody_succeeds_nothing_is_learned() {
        assert_eq!(advantages(&[0.0; 3]), [0.0; 3]);
        assert_eq!(advantages(&[1.0; 3]), [0.0; 3]);
        // A KL penalty alone, which is not to be divided by nearly nothing.
        assert!(advantages(&[-0.01, -0.02]).iter().all(|a| *a == 0.0));
    }
}
