//! Is a right answer among `k`?
//!
//! ```text
//! pass@k = 1 - C(n - c, k) / C(n, k) = 1 - prod over i < k of (n - c - i) / (n - i)
//! ```
//!
//! `n` the samples of a problem, `c` the right ones among them: the unbiased estimate of "Evaluating Large
//! Language Models Trained on Code" (arXiv 2107.03374, equation 1). As a product it neither overflows nor
//! loses digits.

/// The chance that of `k` samples, drawn from `total` of which `right` are right, one is right.
///
/// # Panics
///
/// If there are more right ones than there are, or more are drawn.
pub fn pass_at_k(right: usize, total: usize, k: usize) -> f64 {
    assert!(right <= total, "{right} of {total} are right");
    assert!(k <= total, "{k} of {total} are drawn");
    let wrong = total - right;
    if k > wrong {
        return 1.0;
    }
    let wrong_too = (0..k).map(|i| (wrong - i) as f64 / (total - i) as f64);
    1.0 - wrong_too.product::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_unbiased_estimate() {
        assert_eq!(pass_at_k(0, 4, 4), 0.0);
        assert_eq!(pass_at_k(1, 4, 1), 0.25);
        // 1 - C(3, 2) / C(5, 2) = 1 - 3 / 10
        assert!((pass_at_k(2, 5, 2) - 0.7).abs() < 1e-15);
        assert_eq!(pass_at_k(3, 4, 2), 1.0);
        assert_eq!(pass_at_k(0, 0, 0), 0.0);
    }

    #[test]
    fn many_samples_lose_no_digits() {
        // One of a million is right: the chance that it is drawn is k / n.
        let found = pass_at_k(1, 1_000_000, 250_000);
        assert!((found - 0.25).abs() < 1e-10, "{found}");
    }

    #[test]
    #[should_panic(expected = "5 of 4 are drawn")]
    fn more_than_there_are_cannot_be_drawn() {
        pass_at_k(1, 4, 5);
    }
}
