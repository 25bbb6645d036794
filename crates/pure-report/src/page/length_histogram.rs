//! How long answers were: a histogram of tokens per answer for each evaluation, or for each pool of
//! iterations that stands in for one.
//!
//! All arms share the bins, so that their pictures can be compared: `[0, w)`, `[w, 2w)`, … with the
//! smallest of 1, 2, 5, 10, 20, 50, … as `w` that makes 24 bins or fewer.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::arms::Arm;
use crate::run::Run;

/// The histograms of all arms.
#[derive(Debug, Serialize)]
pub(super) struct Lengths {
    /// Tokens of a bin.
    width: u64,
    bins: usize,
    arms: Vec<Vec<Evaluation>>,
}

#[derive(Debug, Serialize)]
struct Evaluation {
    step: u64,
    answers: usize,
    median: u64,
    longest: u64,
    /// Share of the answers in each bin, in thousandths.
    shares: Vec<u32>,
}

const MOST_BINS: u64 = 24;

impl Lengths {
    pub fn of(arms: &[Arm]) -> Self {
        let arms: Vec<BTreeMap<u64, Vec<u64>>> = arms.iter().map(of_all_seeds).collect();
        let lengths = arms.iter().flat_map(BTreeMap::values).flatten();
        let longest = lengths.max().copied().unwrap_or(0);
        let widths = (0..18).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
        let width = widths
            .into_iter()
            .find(|width| longest / width < MOST_BINS)
            .unwrap_or(u64::MAX);
        let bins = usize::try_from(longest / width).unwrap_or(0) + 1;
        let arms = arms.into_iter().map(|arm| evaluations(arm, width, bins));
        Self {
            width,
            bins,
            arms: arms.collect(),
        }
    }
}

/// The lengths at each step, of all seeds together.
fn of_all_seeds(arm: &Arm) -> BTreeMap<u64, Vec<u64>> {
    let mut by_step = BTreeMap::<u64, Vec<u64>>::new();
    for (step, lengths) in arm.runs.iter().flat_map(Run::lengths) {
        by_step.entry(step).or_default().extend(lengths);
    }
    by_step
}

fn evaluations(by_step: BTreeMap<u64, Vec<u64>>, width: u64, bins: usize) -> Vec<Evaluation> {
    let evaluation = |(step, mut lengths): (u64, Vec<u64>)| {
        lengths.sort_unstable();
        let mut counts = vec![0_u64; bins];
        for length in &lengths {
            counts[usize::try_from(length / width).expect("it is below the number of bins")] += 1;
        }
        let answers = lengths.len();
        let thousandths = |count: u64| (1000.0 * count as f64 / answers as f64).round() as u32;
        Evaluation {
            step,
            answers,
            median: lengths[answers / 2],
            longest: lengths[answers - 1],
            shares: counts.into_iter().map(thousandths).collect(),
        }
    };
    by_step.into_iter().map(evaluation).collect()
}
