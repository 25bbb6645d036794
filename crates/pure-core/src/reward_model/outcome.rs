//! A reward model of steps that learns from the outcomes of answers, as the policy writes them.
//!
//! ```text
//! right:  -log prod_t q_t            all steps are good
//! wrong:  -log(1 - prod_t q_t)       some step is bad
//! ```
//!
//! `q_t = sigmoid(z_t)` the probability that step `t` is good, `z`: `[steps]` its log-odds, for a head of
//! two labels the logit of good less that of bad. PURE (arXiv 2504.15275) leaves the online training of its
//! reward model open; this form is an own proposal, in no paper. A right answer is taken to have no bad step;
//! in a wrong one the blame falls on the steps that are doubted already, each in proportion to
//! `1 - q_t`:
//!
//! ```text
//! right:  d/dz_t = -(1 - q_t)        wrong:  d/dz_t = (1 - q_t) prod q / (1 - prod q)
//! ```
//!
//! Everything is computed from `u = -log prod q = sum_t log(1 + e^{-z_t})` and its logarithm, so that
//! neither a product that rounds to 1 nor one that rounds to 0 loses the gradient.

use super::{log_sum_exp, softplus};
use crate::numeric::to_f32;

/// Above which log-odds `log(1 + e^-z)` is `e^-z`, and under minus which `1 - e^-u` is `u`, to the last
/// digit.
const CERTAIN: f64 = 40.0;

/// The loss of one answer, and its gradient by each step's log-odds; 0 without steps.
pub fn outcome_loss(log_odds: &[f32], is_right: bool) -> (f64, Vec<f32>) {
    if log_odds.is_empty() {
        return (0.0, Vec::new());
    }
    let odds = || log_odds.iter().copied().map(f64::from);
    let all_good: f64 = odds().map(|z| softplus(-z)).sum();
    if is_right {
        let slope = |z: f64| to_f32(-(-softplus(z)).exp());
        return (all_good, odds().map(slope).collect());
    }
    let log_of_sum = log_sum_exp(odds().map(|z| match z > CERTAIN {
        true => -z,
        false => softplus(-z).ln(),
    }));
    // `log(1 - e^-u)`, the logarithm of the probability that some step is bad.
    let some_bad = match log_of_sum < -CERTAIN {
        true => log_of_sum,
        false => (-(-all_good).exp_m1()).ln(),
    };
    let slope = |z: f64| to_f32((-softplus(z) - all_good - some_bad).exp());
    (-some_bad, odds().map(slope).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        let tolerance = 1e-6 * expected.abs().max(1.0);
        assert!(
            (found - expected).abs() < tolerance,
            "{found} and {expected}"
        );
    }

    #[test]
    fn a_right_answer_makes_every_step_likelier() {
        // q = 3/4 and 1/2: -log(3/8), slopes -1/4 and -1/2.
        let (loss, gradient) = outcome_loss(&[3.0_f32.ln(), 0.0], true);
        close(loss, (8.0_f64 / 3.0).ln());
        close(f64::from(gradient[0]), -0.25);
        close(f64::from(gradient[1]), -0.5);
    }

    #[test]
    fn a_wrong_answer_blames_the_steps_that_are_doubted() {
        // -log(1 - 3/8); slopes (1/4, 1/2) times (3/8) / (5/8) = 3/5.
        let (loss, gradient) = outcome_loss(&[3.0_f32.ln(), 0.0], false);
        close(loss, (8.0_f64 / 5.0).ln());
        close(f64::from(gradient[0]), 0.15);
        close(f64::from(gradient[1]), 0.3);
    }

    #[test]
    fn certainty_in_the_wrong_costs_in_proportion_and_keeps_its_gradient() {
        // 1 - prod q is e^-100 + e^-101 to sixty digits, where f64 has 16.
        let (loss, gradient) = outcome_loss(&[100.0, 101.0], false);
        let e = (-1.0_f64).exp();
        close(loss, 100.0 - (1.0 + e).ln());
        close(f64::from(gradient[0]), 1.0 / (1.0 + e));
        close(f64::from(gradient[1]), e / (1.0 + e));
    }

    #[test]
    fn there_is_no_seam_where_the_arithmetic_changes() {
        for z in [39.999_f32, 40.0, 40.001] {
            let (loss, gradient) = outcome_loss(&[z, 90.0], false);
            close(loss, f64::from(z));
            close(f64::from(gradient[0]), 1.0);
        }
    }
}
