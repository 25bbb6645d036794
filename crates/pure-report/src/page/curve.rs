//! A metric of an arm over the steps.
//!
//! ```text
//! at step t: median, lowest and highest of x_i(t), i the seeds of the arm that were measured at t
//! ```
//!
//! One seed is a line, several are a line with a band.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::arms::Arm;
use crate::median_range::MedianRange;
use crate::metrics_jsonl::Measured;
use crate::run::Run;

#[derive(Debug, Serialize)]
pub(super) struct Curve {
    arm: usize,
    split: &'static str,
    /// Which of the steps of [`ChartData`](super::chart_data::ChartData).
    steps: usize,
    median: Vec<f64>,
    /// Absent where there is one seed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lowest: Vec<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    highest: Vec<f64>,
}

/// The lines of a run that a curve is of.
pub(super) type Lines = fn(&Run) -> &BTreeMap<u64, Measured>;
/// Both of them, with their names.
pub(super) const SPLITS: [(&str, Lines); 2] = [
    ("train", |run| &run.metrics.train),
    ("valid", |run| &run.metrics.valid),
];

/// That of an arm, if it has any; steps that are new are added to those of all curves.
pub(super) fn curve(
    (arm, of): (usize, &Arm),
    name: &str,
    (split, lines): (&'static str, Lines),
    all_steps: &mut Vec<Vec<u64>>,
) -> Option<Curve> {
    let mut by_step = BTreeMap::<u64, Vec<f64>>::new();
    for run in &of.runs {
        for (&step, line) in lines(run) {
            if let Some(&value) = line.values.get(name) {
                by_step.entry(step).or_default().push(value);
            }
        }
    }
    let steps: Vec<u64> = by_step.keys().copied().collect();
    if steps.is_empty() {
        return None;
    }
    let known = all_steps.iter().position(|known| *known == steps);
    let steps = known.unwrap_or_else(|| {
        all_steps.push(steps);
        all_steps.len() - 1
    });
    let ranges: Vec<MedianRange> = by_step.into_values().filter_map(MedianRange::of).collect();
    let all = |of: fn(&MedianRange) -> f64| ranges.iter().map(|it| rounded(of(it))).collect();
    let band = |of_range| match of.runs.len() > 1 {
        true => all(of_range),
        false => Vec::new(),
    };
    Some(Curve {
        arm,
        split,
        steps,
        median: all(|it| it.median),
        lowest: band(|it| it.lowest),
        highest: band(|it| it.highest),
    })
}

/// Five digits: more than a screen shows.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.4e}").parse().unwrap_or(value)
}
