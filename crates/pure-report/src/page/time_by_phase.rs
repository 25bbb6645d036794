//! Where a run's time went.
//!
//! ```text
//! share of a phase = its seconds / seconds of all phases,    evaluations being one of them
//! ```

use std::collections::BTreeMap;

use crate::arms::Arm;
use crate::median_range::MedianRange;

/// The times of an arm, all of its seeds together.
#[derive(Debug)]
pub(super) struct TimeByPhase {
    /// Seconds of all iterations and evaluations.
    pub seconds: BTreeMap<String, f64>,
    /// Seconds of an iteration, the median.
    pub iteration: Option<f64>,
    /// Tokens sampled in a second, the median over iterations.
    pub speed: Option<f64>,
}

/// Times that are no phase: the whole iteration, and a speed.
const WHOLE: &str = "step";
const SPEED: &str = "tokens_per_second";

impl TimeByPhase {
    pub fn of(arm: &Arm) -> Self {
        let lines = || arm.runs.iter().flat_map(|run| run.metrics.lines());
        let median = |name: &str| {
            let times = lines().filter_map(|line| line.time.get(name).copied());
            MedianRange::of(times).map(|range| range.median)
        };
        let mut seconds = BTreeMap::new();
        for (name, value) in lines().flat_map(|line| &line.time) {
            if name != WHOLE && name != SPEED {
                *seconds.entry(name.clone()).or_insert(0.0) += value;
            }
        }
        Self {
            seconds,
            iteration: median(WHOLE),
            speed: median(SPEED),
        }
    }

    pub fn share(&self, phase: &str) -> f64 {
        let all: f64 = self.seconds.values().sum();
        let seconds = self.seconds.get(phase).copied().unwrap_or(0.0);
        if all > 0.0 { seconds / all } else { 0.0 }
    }
}
