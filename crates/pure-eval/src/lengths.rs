//! How long samples are, and how many were cut off.

use serde::{Deserialize, Serialize};

use crate::JudgedProblem;

/// Lengths of samples in tokens, over all samples of all problems.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Lengths {
    /// The mean.
    pub mean: f64,
    /// The median; of an even number of samples the mean of the two in the middle.
    pub median: f64,
    /// The longest.
    pub max: usize,
    /// The mean of the right ones, if there are any.
    pub mean_right: Option<f64>,
    /// The mean of the wrong ones, if there are any.
    pub mean_wrong: Option<f64>,
    /// The fraction that the limit on the length cut off.
    pub truncated: f64,
}

impl Lengths {
    /// Those of problems, if there are any.
    pub fn of(problems: &[JudgedProblem]) -> Option<Self> {
        let samples = || problems.iter().flat_map(|problem| &problem.samples);
        let mean_if = |is: &dyn Fn(bool) -> bool| {
            let kept = samples().filter(|sample| is(sample.right));
            mean(kept.map(|sample| sample.num_tokens))
        };
        let mut lengths: Vec<usize> = samples().map(|sample| sample.num_tokens).collect();
        lengths.sort_unstable();
        let count = lengths.len();
        let truncated = samples().filter(|sample| sample.is_truncated).count();
        Some(Self {
            mean: mean_if(&|_| true)?,
            median: mean(lengths[(count - 1) / 2..=count / 2].iter().copied())?,
            max: *lengths.last()?,
            mean_right: mean_if(&|right| right),
            mean_wrong: mean_if(&|right| !right),
            truncated: truncated as f64 / count as f64,
        })
    }
}

fn mean(lengths: impl Iterator<Item = usize>) -> Option<f64> {
    let (sum, count) = lengths.fold((0.0, 0_usize), |(sum, count), length| {
        (sum + length as f64, count + 1)
    });
    (count > 0).then(|| sum / count as f64)
}
