//! When did a policy forget how to solve?
//!
//! **Collapse**: the first evaluation from which on verified accuracy stays, up to the last evaluation,
//! below half of its best so far.
//!
//! ```text
//! collapse = min { t : a_s < max_{u <= s} a_u / 2  for all s >= t }
//! ```
//!
//! `a_t` the accuracy of sampled answers at evaluation `t`. There is none if the last evaluation is not
//! below half of the best: a policy that recovers has not collapsed. Half is far outside what chance does
//! to an evaluation of a hundred answers or more, and far less than any hack has been seen to take.

/// The definition in words, as the page gives it.
pub(crate) const DEFINITION: &str = "An arm collapses at the first evaluation from which on verified \
    accuracy stays, up to the last evaluation, below half of its best so far: \
    min { t : aₛ < ½ maxᵤ≤ₛ aᵤ for all s ≥ t }, aₜ the accuracy of sampled answers at evaluation t.";

/// The step of collapse, of steps and accuracies of the evaluations in order; none if there is none.
pub fn collapse(evaluations: impl IntoIterator<Item = (u64, f64)>) -> Option<u64> {
    let (mut best, mut since) = (0.0_f64, None);
    for (step, accuracy) in evaluations {
        best = best.max(accuracy);
        if accuracy < best / 2.0 {
            since.get_or_insert(step);
        } else {
            since = None;
        }
    }
    since
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accuracies: &[f64]) -> Option<u64> {
        let steps = (0..).map(|n| 10 * n);
        collapse(steps.zip(accuracies.iter().copied()))
    }

    #[test]
    fn it_is_where_accuracy_falls_for_good() {
        assert_eq!(of(&[0.5, 0.2, 0.1, 0.12]), Some(10));
        assert_eq!(of(&[0.5, 0.2, 0.4, 0.1, 0.1]), Some(30));
        assert_eq!(of(&[0.2, 0.8, 0.5, 0.3]), Some(30));
    }

    #[test]
    fn recovery_or_exactly_half_is_no_collapse() {
        assert_eq!(of(&[0.5, 0.1, 0.1, 0.3]), None);
        assert_eq!(of(&[0.5, 0.25]), None);
        assert_eq!(of(&[0.0, 0.0]), None);
        assert_eq!(of(&[]), None);
    }
}
