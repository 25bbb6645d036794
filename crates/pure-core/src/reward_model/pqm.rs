//! PQM: steps ranked by their values, right ones in order and above all wrong ones by a margin.
//!
//! ```text
//! loss = mean over right steps t and the start of
//!        -log( e^{Q_t} / (sum_{right q <= t} e^{Q_q} + sum_{wrong w} e^{Q_w + zeta}) )
//! ```
//!
//! `Q`: `[steps]`, the value of each step, a logit; the start counts as a right step before all others with
//! `Q = 0`, so that wrong steps are pushed below 0; `zeta` the margin, 4. "Process Reward Model with
//! Q-value Rankings", arXiv 2410.11287, equation 10: along a right answer the probability of success
//! rises from step to step, and a wrong step is worse than every right one.
//!
//! Departures: as in the authors' training code the start has a term of its own only where a step is wrong,
//! for without one it is 0. Their 1e-5 in the denominator is left out, where logarithms of sums need none.
//! (The version in their description counts a step twice in its own denominator; that is not copied.)

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::log_sum_exp;
use crate::error::{Error, check_amount};
use crate::numeric::to_f32;

/// The loss, with its margin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Pqm {
    /// By how much right steps are to be above wrong ones.
    pub zeta: f64,
}

impl Default for Pqm {
    fn default() -> Self {
        Self { zeta: 4.0 }
    }
}

impl Pqm {
    /// Refuses a margin that has no meaning.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if it is negative or infinite.
    pub fn check(&self) -> Result<(), Error> {
        check_amount("zeta", self.zeta)
    }

    /// The loss of one answer, and its gradient by each step's value; 0 without steps.
    ///
    /// # Shapes
    ///
    /// - `values`: one finite value a step, in order
    /// - `good`: whether each step is right
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn loss(&self, values: &[f32], good: &[bool]) -> (f64, Vec<f32>) {
        assert_eq!(values.len(), good.len(), "one label a step");
        let steps = || values.iter().copied().map(f64::from).zip(good);
        let wrong = steps().filter(|(_, good)| !**good);
        let wrong = log_sum_exp(wrong.map(|(value, _)| value + self.zeta));
        let has_wrong = wrong > f64::NEG_INFINITY;
        let terms = good.iter().filter(|good| **good).count() + usize::from(has_wrong);
        if terms == 0 {
            return (0.0, Vec::new());
        }

        // `log sum_{right q <= t} e^{Q_q}` grows from step to step, and with it the denominator.
        let join = |a: f64, b: f64| log_sum_exp([a, b].into_iter());
        let (mut sum, mut right) = (0.0, 0.0);
        let mut denominators = Vec::with_capacity(terms);
        if has_wrong {
            denominators.push(join(right, wrong));
            sum += join(right, wrong);
        }
        for (value, _) in steps().filter(|(_, good)| **good) {
            right = join(right, value);
            denominators.push(join(right, wrong));
            sum += join(right, wrong) - value;
        }
        let by_terms = (terms as f64).recip();
        // `log sum 1 / denominator` over each term and those after it.
        let mut inverse = f64::NEG_INFINITY;
        let mut inverses = vec![inverse; denominators.len()];
        for (inverse_from, denominator) in inverses.iter_mut().zip(&denominators).rev() {
            inverse = join(inverse, -denominator);
            *inverse_from = inverse;
        }
        // A right step is in its own term and in the denominators from it on, a wrong one in all. Its share of each is
        // at most 1, which large values lose in rounding.
        let shares = |log: f64, terms: usize| log.exp().min(terms as f64);
        let mut own = usize::from(has_wrong);
        let gradient = steps().map(|(value, &good)| {
            let slope = match good {
                true => {
                    own += 1;
                    shares(value + inverses[own - 1], terms + 1 - own) - 1.0
                }
                false => shares(value + self.zeta + inverses[0], terms),
            };
            to_f32(slope * by_terms)
        });
        let gradient = gradient.collect();
        (sum * by_terms, gradient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found} and {expected}");
    }

    #[test]
    fn right_steps_are_ranked_and_wrong_ones_stand_in_every_denominator() {
        // Steps right, right, wrong with values log 2, log 3, log 1 and margin log 4: the wrong one weighs
        // 4. Start 1 / (1 + 4), first 2 / (1 + 2 + 4), second 3 / (1 + 2 + 3 + 4); three terms.
        let pqm = Pqm { zeta: 4.0_f64.ln() };
        let values = [2.0_f32.ln(), 3.0_f32.ln(), 0.0];
        let (loss, gradient) = pqm.loss(&values, &[true, true, false]);
        close(
            loss,
            (5.0_f64.ln() + 3.5_f64.ln() + (10.0_f64 / 3.0).ln()) / 3.0,
        );
        // By Q_1: -1 + 2/7 + 2/10; by Q_2: -1 + 3/10; by the wrong one: 4/5 + 4/7 + 4/10.
        let expected = [-1.0 + 2.0 / 7.0 + 0.2, -0.7, 0.8 + 4.0 / 7.0 + 0.4];
        for (found, expected) in gradient.iter().zip(expected) {
            close(f64::from(*found), expected / 3.0);
        }
    }

    #[test]
    fn without_wrong_steps_the_start_has_no_term() {
        // 1 / (1 + 1), 1 / (1 + 1 + 1).
        let (loss, _) = Pqm::default().loss(&[0.0, 0.0], &[true, true]);
        close(loss, (2.0_f64.ln() + 3.0_f64.ln()) / 2.0);
    }

    #[test]
    fn wrong_steps_alone_are_pushed_below_the_start() {
        // -log(1 / (1 + e^4)), one term.
        let (loss, gradient) = Pqm::default().loss(&[0.0], &[false]);
        close(loss, (1.0 + 4.0_f64.exp()).ln());
        close(
            f64::from(gradient[0]),
            4.0_f64.exp() / (1.0 + 4.0_f64.exp()),
        );
    }
}
