//! Whitening: advantages shifted to mean 0 and scaled to deviation 1 over all unmasked tokens of a
//! batch.
//!
//! ```text
//! m = sum_l a_l / n        v = sum_l (a_l - m)^2 / d        a_l <- (a_l - m) / sqrt(v + 1e-8)
//! ```
//!
//! `a`: `[tokens]`, `n` their number, `d` as [`Deviation`] says. As in both branches of PURE.
//!
//! Departures: fewer than two tokens, or equal ones, give zeros.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::numeric::to_f32;

/// How the variance is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Deviation {
    /// Over `n - 1`; the verl branch's.
    #[default]
    Sample,
    /// Over `n`, the variance kept at least 1e-8 instead of raised by it.
    Population,
    /// Over `n`, but with masked separators, whose advantage is 0, among the squared deviations: the
    /// main branch's. It equals [`Population`](Self::Population) where separators are not masked.
    PopulationWithSeparators,
}

const EPSILON: f64 = 1e-8;

/// Whitens the `values` that are `valid`, and sets the others to 0, of which some are masked
/// `separators`.
///
/// # Panics
///
/// If the slices differ in length.
pub fn whiten(values: &mut [f32], valid: &[bool], deviation: Deviation, separators: usize) {
    assert_eq!(values.len(), valid.len(), "one value a token");
    let valid_values = || {
        let pairs = values.iter().zip(valid).filter(|&(_, &valid)| valid);
        pairs.map(|(&value, _)| f64::from(value))
    };
    let count = valid_values().count() as f64;
    let mean = valid_values().sum::<f64>() / count.max(1.0);
    let squares: f64 = valid_values().map(|value| (value - mean).powi(2)).sum();
    let variance = match deviation {
        Deviation::Sample => squares / (count - 1.0).max(1.0) + EPSILON,
        Deviation::Population => (squares / count.max(1.0)).max(EPSILON),
        Deviation::PopulationWithSeparators => {
            let squares = squares + separators as f64 * mean.powi(2);
            (squares / count.max(1.0)).max(EPSILON)
        }
    };
    let scale = variance.sqrt().recip();
    for (value, &valid) in values.iter_mut().zip(valid) {
        *value = match valid {
            true => to_f32((f64::from(*value) - mean) * scale),
            false => 0.0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Deviation; 3] = [
        Deviation::Sample,
        Deviation::Population,
        Deviation::PopulationWithSeparators,
    ];

    #[test]
    fn what_does_not_count_is_neither_measured_nor_kept() {
        let mut values = [1.0, 1e30, 3.0];
        whiten(&mut values, &[true, false, true], Deviation::Population, 0);
        assert_eq!(values, [-1.0, 0.0, 1.0]);
    }

    #[test]
    fn the_deviation_of_a_sample_is_larger() {
        let mut values = [1.0, 3.0];
        whiten(&mut values, &[true; 2], Deviation::Sample, 0);
        assert!((values[1] - 0.5_f32.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn nothing_one_value_and_equal_values_give_zeros() {
        for deviation in ALL {
            whiten(&mut [], &[], deviation, 0);
            let mut values = [5.0, 7.0];
            whiten(&mut values, &[false, true], deviation, 0);
            assert_eq!(values, [0.0, 0.0]);
            let mut values = [0.25; 5];
            whiten(&mut values, &[true; 5], deviation, 0);
            assert_eq!(values, [0.0; 5]);
        }
    }
}
