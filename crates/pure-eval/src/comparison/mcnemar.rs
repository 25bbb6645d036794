//! McNemar's test, exact.
//!
//! ```text
//! p = min(1, 2 sum over i <= min(won, lost) of C(won + lost, i) / 2^(won + lost))
//! ```
//!
//! Problems on which both are right, or both wrong, say nothing of which is better; of the others each is as likely won
//! as lost (McNemar, 1947; the exact form is the sign test).

use crate::binomial::probabilities;

/// The chance that of `won + lost` problems so few, or fewer, go one way or the other.
pub fn mcnemar(won: usize, lost: usize) -> f64 {
    let chances = probabilities(won + lost, 0.5);
    let one_way: f64 = chances[..=won.min(lost)].iter().sum();
    (2.0 * one_way).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_pascals_triangle_says() {
        for (won, lost, expected) in [
            (0, 0, 1.0),
            (1, 0, 1.0),
            (5, 0, 2.0 / 32.0),
            // 2 (1 + 10) / 1024
            (9, 1, 22.0 / 1024.0),
            (1, 9, 22.0 / 1024.0),
            (3, 3, 1.0),
        ] {
            let found = mcnemar(won, lost);
            assert!((found - expected).abs() < 1e-15, "{won}, {lost}: {found}");
        }
    }
}
