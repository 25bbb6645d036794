//! Does a probability mean what it says?
//!
//! The reliability diagram cuts `[0, 1]` into `M` bins of equal width, `B_m = ((m - 1) / M, m / M]`, the
//! first with 0, and sets the mean of what was predicted in a bin against what was true there. Expected
//! calibration error (Guo et al., arXiv 1706.04599, equation 3):
//!
//! ```text
//! ECE = sum_m |B_m| / n * | share good in B_m - mean p in B_m |        in [0, 1]
//! ```
//!
//! Departure: the paper bins the confidence in the predicted class, from 1/2 up; here `p = P(good)` is
//! binned as it is, since good and bad steps fail differently and training uses the whole range.

use std::num::NonZeroU16;

use serde::Serialize;

use super::{JudgedSteps, share};

/// The paper's number of bins.
pub const DEFAULT_BINS: NonZeroU16 = NonZeroU16::new(15).unwrap();

/// The reliability diagram.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// From low to high, empty ones included.
    pub bins: Vec<ReliabilityBin>,
    /// The expected calibration error, if there are steps.
    pub calibration_error: Option<f64>,
}

/// One bar of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Probabilities here are above this, or 0.
    pub above: f64,
    /// And at most this.
    pub up_to: f64,
    /// The number of steps.
    pub steps: usize,
    /// The mean `P(good)`, if there are steps.
    pub mean_predicted: Option<f64>,
    /// The share of steps that are good, if there are steps.
    pub share_good: Option<f64>,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    steps: usize,
    good: usize,
    predicted: f64,
}

impl Reliability {
    /// That of steps, in so many bins ([`DEFAULT_BINS`] are usual).
    pub fn of(steps: &JudgedSteps, bins: NonZeroU16) -> Self {
        let count = f64::from(bins.get());
        let mut tallies = vec![Tally::default(); usize::from(bins.get())];
        for &(p, good) in steps.pairs() {
            let p = f64::from(p);
            // Exact: 24 bits times 16 fit into an f64, so nothing is rounded over an edge.
            let bin = (p * count).ceil() as usize;
            let tally = &mut tallies[bin.saturating_sub(1)];
            tally.steps += 1;
            tally.good += usize::from(good);
            tally.predicted += p;
        }
        let all = steps.pairs().len();
        let gaps = tallies.iter();
        let gaps = gaps.map(|tally| (tally.good as f64 - tally.predicted).abs());
        let bar = |(index, tally): (usize, &Tally)| ReliabilityBin {
            above: index as f64 / count,
            up_to: (index + 1) as f64 / count,
            steps: tally.steps,
            mean_predicted: (tally.steps > 0).then(|| tally.predicted / tally.steps as f64),
            share_good: share(tally.good, tally.steps),
        };
        Self {
            calibration_error: (all > 0).then(|| gaps.sum::<f64>() / all as f64),
            bins: tallies.iter().enumerate().map(bar).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure<const N: usize>(pairs: [(f32, bool); N], bins: u16) -> Reliability {
        let mut steps = JudgedSteps::default();
        steps.extend(pairs).unwrap();
        Reliability::of(&steps, NonZeroU16::new(bins).unwrap())
    }

    #[test]
    fn bins_are_closed_above_and_the_first_holds_zero() {
        let pairs = [0.0, 0.25, 0.5, 0.75, 1.0].map(|p| (p, true));
        let bins = measure(pairs, 4).bins;
        let steps: Vec<usize> = bins.iter().map(|bin| bin.steps).collect();
        assert_eq!(steps, [2, 1, 1, 1]);
    }

    #[test]
    fn the_error_weighs_gaps_by_steps() {
        let found = measure([(0.25, false), (0.25, true), (0.75, true)], 2);
        let expected = (2.0 * (0.5_f64 - 0.25) + (1.0 - 0.75)) / 3.0;
        assert_eq!(found.calibration_error, Some(expected));
        let low = found.bins[0];
        assert_eq!((low.above, low.up_to, low.steps), (0.0, 0.5, 2));
        assert_eq!(
            (low.mean_predicted, low.share_good),
            (Some(0.25), Some(0.5))
        );
    }

    #[test]
    fn empty_bins_and_empty_data_have_no_means() {
        let found = measure([], 3);
        assert_eq!(found.calibration_error, None);
        assert!(found.bins.iter().all(|bin| bin.mean_predicted.is_none()));
        assert_eq!(measure([(1.0, true)], 3).bins[0].share_good, None);
    }
}
