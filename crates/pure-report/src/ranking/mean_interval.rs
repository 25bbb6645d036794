//! One number of several seeds: their mean, and how surely it is known.
//!
//! ```text
//! mean ± t s / sqrt(n)        s the deviation of a sample, t the 0.975 quantile of Student's t, n - 1 degrees of freedom
//! ```
//!
//! The interval holds the mean over all seeds in 95 of 100 such experiments, if numbers of seeds are spread as a normal
//! distribution is. One seed has none.

use serde::Serialize;

/// The quantiles of 1 degree of freedom and more; with more than these it is that of the normal distribution.
const T: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
];
const NORMAL: f64 = 1.960;

/// The mean of some values, with half the width of its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeanInterval {
    /// The mean.
    pub mean: f64,
    /// How far the interval reaches to either side; nothing of one value.
    pub half_width: Option<f64>,
    /// How many values they are.
    pub values: usize,
}

impl MeanInterval {
    /// That of some values, if there are any.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().collect();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let freedom = values.len().checked_sub(1)?;
        let half_width = (freedom > 0).then(|| {
            let t = T.get(freedom - 1).copied().unwrap_or(NORMAL);
            t * (squares / freedom as f64 / count).sqrt()
        });
        Some(Self {
            mean,
            half_width,
            values: values.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_seeds_by_hand() {
        // Mean 0.8, squares 0.01 + 0 + 0.01, deviation 0.1; 4.303 * 0.1 / sqrt(3).
        let of = MeanInterval::of([0.7, 0.8, 0.9]).unwrap();
        assert!((of.mean - 0.8).abs() < 1e-12);
        assert!((of.half_width.unwrap() - 0.248_434).abs() < 1e-6);
        assert_eq!(of.values, 3);
    }

    #[test]
    fn five_seeds_by_hand() {
        // 1, 2, 3, 4, 5: variance 2.5, standard error sqrt(0.5); 2.776 * 0.707107.
        let of = MeanInterval::of((1..=5).map(f64::from)).unwrap();
        assert_eq!(of.mean, 3.0);
        assert!((of.half_width.unwrap() - 1.962_929).abs() < 1e-6);
    }

    #[test]
    fn one_seed_has_no_interval_and_none_has_nothing() {
        let one = MeanInterval::of([0.5]).unwrap();
        assert_eq!((one.mean, one.half_width, one.values), (0.5, None, 1));
        assert_eq!(MeanInterval::of([]), None);
    }

    #[test]
    fn more_degrees_of_freedom_than_the_table_has_take_the_normal_distribution() {
        // 16 times 0 and 16 times 2: squares 32 of 31 degrees, over 32 values.
        let of = MeanInterval::of((0..32).map(|n| f64::from(n % 2 * 2))).unwrap();
        let expected = 1.96 * (1.0_f64 / 31.0).sqrt();
        assert!((of.half_width.unwrap() - expected).abs() < 1e-12);
    }
}
