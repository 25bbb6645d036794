//! How far a share of a few may be from that of all.
//!
//! The interval of Wilson (1927) around a share `s` of `n`, at `z = 1.96` for 95 %:
//!
//! ```text
//! (s + z^2 / 2n ± z sqrt(s (1 - s) / n + z^2 / 4n^2)) / (1 + z^2 / n)
//! ```
//!
//! It never leaves `[0, 1]`, and is as wide as it should be for few and for shares near its ends.

/// The lower and upper end, for a share of at least one.
pub fn wilson(share: f64, of: usize) -> [f64; 2] {
    const Z: f64 = 1.96;
    let n = of as f64;
    let middle = share + Z * Z / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    [middle - spread, middle + spread].map(|end| (end / (1.0 + Z * Z / n)).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_those_of_the_textbook() {
        for ((share, of), expected) in [
            ((0.5, 10), [0.2366, 0.7634]),
            ((0.0, 10), [0.0, 0.2775]),
            ((1.0, 1), [0.2065, 1.0]),
        ] {
            for (found, expected) in wilson(share, of).into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-4, "{share} of {of}: {found}");
            }
        }
    }
}
