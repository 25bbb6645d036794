//! The binomial distribution.
//!
//! ```text
//! P(j) = C(n, j) p^j (1 - p)^(n - j)
//! ```
//!
//! By the ratios of neighbours, `P(j + 1) / P(j) = (n - j) / (j + 1) * p / (1 - p)`, from the likeliest number outwards:
//! what is too small for an f64 is far from it, and is 0.

/// The probabilities of 0 to `n` successes of `n`, each with the chance `p`.
pub(crate) fn probabilities(n: usize, p: f64) -> Vec<f64> {
    let mut chances = vec![0.0; n + 1];
    let likeliest = (((n + 1) as f64 * p) as usize).min(n);
    chances[likeliest] = 1.0;
    for j in likeliest..n {
        chances[j + 1] = chances[j] * ((n - j) as f64 * p) / ((j + 1) as f64 * (1.0 - p));
    }
    for j in (0..likeliest).rev() {
        chances[j] = chances[j + 1] * ((j + 1) as f64 * (1.0 - p)) / ((n - j) as f64 * p);
    }
    let total: f64 = chances.iter().sum();
    chances.iter_mut().for_each(|chance| *chance /= total);
    chances
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_pascals_triangle_says() {
        let found = probabilities(4, 0.5);
        let expected = [1.0, 4.0, 6.0, 4.0, 1.0].map(|ways| ways / 16.0);
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15);
        }
        assert_eq!(probabilities(0, 0.3), [1.0]);
    }

    #[test]
    fn what_is_certain_is_so() {
        assert_eq!(probabilities(3, 1.0), [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(probabilities(2, 0.0), [1.0, 0.0, 0.0]);
    }

    #[test]
    fn many_trials_have_a_middle_and_no_nan() {
        let found = probabilities(10_000, 0.5);
        // Stirling: sqrt(2 / (pi n)), short by a fraction of 1 / (4 n).
        let middle = (2.0 / (std::f64::consts::PI * 10_000.0)).sqrt();
        assert!((found[5_000] / middle - 1.0).abs() < 3e-5);
        assert_eq!(found[0], 0.0);
    }
}
