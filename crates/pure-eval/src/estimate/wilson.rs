//! Wilson's score interval of a proportion.
//!
//! ```text
//! (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)          z = 1.96
//! ```
//!
//! `p` the proportion of `n` (Wilson, 1927; the one to use by Brown, Cai and DasGupta, 2001). Unlike `p +- z
//! sqrt(p (1 - p) / n)` it stays between 0 and 1, and is not empty where all or none are right.

/// The quantile of the normal distribution that leaves 2.5 % above it.
const Z: f64 = 1.959_963_984_540_054;

/// The interval of 95 % for `right` of `total`.
///
/// # Panics
///
/// If there is none, or more are right than there are.
pub fn wilson(right: usize, total: usize) -> (f64, f64) {
    assert!(right <= total && total > 0, "{right} of {total} are right");
    let n = total as f64;
    let p = right as f64 / n;
    let middle = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    // None and all have 0 and 1 as an end, up to rounding.
    let low = if right == 0 {
        0.0
    } else {
        (middle - half) / scale
    };
    let high = if right == total {
        1.0
    } else {
        (middle + half) / scale
    };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_and_all_have_an_end_in_closed_form() {
        // (z^2 / n) / (1 + z^2 / n) = z^2 / (n + z^2)
        let square = Z * Z;
        for n in [1, 10, 500] {
            let end = square / (n as f64 + square);
            let (low, high) = wilson(0, n);
            assert!(low == 0.0 && (high - end).abs() < 1e-15);
            let (low, high) = wilson(n, n);
            assert!((low - (1.0 - end)).abs() < 1e-15 && high == 1.0);
        }
    }

    #[test]
    fn a_half_lies_in_the_middle() {
        // p = 1/2: half the width is z / (2 sqrt(n + z^2)).
        let (low, high) = wilson(50, 100);
        let half = Z / (2.0 * (100.0 + Z * Z).sqrt());
        assert!((low - (0.5 - half)).abs() < 1e-15);
        assert!((high - (0.5 + half)).abs() < 1e-15);
    }
}
