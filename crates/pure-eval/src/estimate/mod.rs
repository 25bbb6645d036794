//! A mean over problems with an interval that holds the true one in 95 of 100 cases.

mod bootstrap;
mod wilson;

use serde::{Deserialize, Serialize};

pub(crate) use bootstrap::bootstrap;
pub use wilson::wilson;

/// A mean over problems and its interval of 95 %.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How the interval was found.
    pub interval: Interval,
}

/// How an interval was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Wilson's, for one sample a problem: [`wilson`].
    Wilson,
    /// Percentiles of a bootstrap over problems.
    Bootstrap,
}

impl Estimate {
    /// That of problems with one sample each, whose values are 0 or 1; nothing without problems.
    pub fn of_proportion(values: &[f64]) -> Option<Self> {
        let right = values.iter().filter(|&&value| value == 1.0).count();
        let value = mean(values)?;
        let (low, high) = wilson(right, values.len());
        Some(Self {
            value,
            low,
            high,
            interval: Interval::Wilson,
        })
    }

    /// That of any values, one a problem; nothing without problems.
    ///
    /// The interval is that of 4,000 resamples of as many problems with replacement, which the house's dice draw by the
    /// seed for `"bootstrap over problems"`: the 2.5th and the 97.5th percentile of their means, with linear
    /// interpolation (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13). Whatever is measured
    /// of the same problems is resampled alike.
    pub fn of_mean(values: &[f64], seed: u64) -> Option<Self> {
        let value = mean(values)?;
        let (low, high) = bootstrap(values, seed);
        Some(Self {
            value,
            low,
            high,
            interval: Interval::Bootstrap,
        })
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_problems_there_is_no_estimate() {
        assert_eq!(Estimate::of_mean(&[], 0), None);
        assert_eq!(Estimate::of_proportion(&[]), None);
    }

    #[test]
    fn a_proportion_has_wilsons_interval_and_a_mean_a_resampled_one() {
        let values = [1.0, 0.0, 1.0, 1.0];
        let proportion = Estimate::of_proportion(&values).unwrap();
        assert_eq!((proportion.low, proportion.high), wilson(3, 4));
        let mean = Estimate::of_mean(&values, 0).unwrap();
        assert_eq!((mean.value, proportion.value), (0.75, 0.75));
        assert_eq!((mean.low, mean.high), (0.25, 1.0));
    }
}
