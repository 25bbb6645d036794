//! What `n` samples, drawn from `N` without replacement, give on average.
//!
//! The `n` drawn all lie among a certain `a` of the `N` with probability
//!
//! ```text
//! q(a) = C(a, n) / C(N, n) = prod over i < n of (a - i) / (N - i)
//! ```
//!
//! Hence pass@n, the chance that a right one is among them (arXiv 2107.03374, equation 1), and the
//! accuracy of taking the one with the highest score, `a_v` being the number of samples with scores up
//! to `v`, `a_v'` with scores below:
//!
//! ```text
//! pass@n    = 1 - q(wrong)
//! best of n = sum over scores v of (q(a_v) - q(a_v')) * share of samples with score v that are right
//! ```
//!
//! The highest score drawn is `v` in that share of draws; of samples that tie for it each is as likely.

use super::Sample;

/// The chance that of `n` samples, drawn from `total` of which `right` are right, one is right.
///
/// # Panics
///
/// If there are more right ones than there are, or more are drawn.
pub fn pass_at_n(right: usize, total: usize, n: usize) -> f64 {
    assert!(right <= total, "{right} of {total} are right");
    assert!(n <= total, "{n} of {total} are drawn");
    let wrong = total - right;
    if n > wrong {
        return 1.0;
    }
    let wrong_too = (0..n).map(|i| (wrong - i) as f64 / (total - i) as f64);
    1.0 - wrong_too.product::<f64>()
}

/// The samples of a problem, gathered by score.
pub(super) struct Ranked {
    samples: usize,
    right: usize,
    /// How many share a score and how many of these are right, from the highest score down.
    ties: Vec<(usize, usize)>,
}

impl Ranked {
    pub(super) fn of(samples: &[Sample]) -> Self {
        let mut ordered: Vec<(f64, bool)> = samples.iter().map(|s| (s.score, s.right)).collect();
        ordered.sort_unstable_by(|(a, _), (b, _)| b.total_cmp(a));
        let ties = ordered.chunk_by(|(a, _), (b, _)| a == b).map(|tied| {
            let right = tied.iter().filter(|&&(_, right)| right).count();
            (tied.len(), right)
        });
        let ties: Vec<_> = ties.collect();
        Self {
            samples: samples.len(),
            right: ties.iter().map(|&(_, right)| right).sum(),
            ties,
        }
    }

    pub(super) fn pass(&self, n: usize) -> f64 {
        pass_at_n(self.right, self.samples, n)
    }

    pub(super) fn best(&self, n: usize) -> f64 {
        let (mut below, mut all_below, mut accuracy) = (self.samples, 1.0, 0.0);
        for &(tied, right) in &self.ties {
            let all_up_to = all_below;
            for _ in 0..tied {
                // q(a - 1) = q(a) (a - n) / a, and 0 from a = n on.
                all_below *= below.saturating_sub(n) as f64 / below as f64;
                below -= 1;
            }
            accuracy += (all_up_to - all_below) * right as f64 / tied as f64;
        }
        accuracy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pass_at_n_is_the_unbiased_estimate() {
        assert_eq!(pass_at_n(0, 4, 4), 0.0);
        assert_eq!(pass_at_n(1, 4, 1), 0.25);
        // 1 - C(3, 2) / C(5, 2)
        assert!((pass_at_n(2, 5, 2) - 0.7).abs() < 1e-15);
        assert_eq!(pass_at_n(3, 4, 2), 1.0);
        assert_eq!(pass_at_n(0, 0, 0), 0.0);
    }

    #[test]
    #[should_panic(expected = "5 of 4 are drawn")]
    fn more_than_there_are_cannot_be_drawn() {
        pass_at_n(1, 4, 5);
    }
}
