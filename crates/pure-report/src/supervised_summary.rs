//! What became of an arm that learned from examples, in one line of numbers.

use std::collections::BTreeMap;

use pure_core::metrics;
use serde::Serialize;

use crate::arm_summary::BeforeBestLast;
use crate::arms::Arm;
use crate::median_range::MedianRange;
use crate::progress::{Progress, progress};
use crate::run::Run;

/// What became of an arm of fine-tuning, or of a reward model. What was not measured is absent; of several seeds a number is
/// their [median, with the range](MedianRange).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SupervisedSummary {
    /// The arm's name.
    pub arm: String,
    /// How many seeds it has.
    pub runs: usize,
    /// The last step that was taken; of several seeds that of the one furthest behind.
    pub last_step: u64,
    /// The step of the last evaluation; of several seeds that of the one furthest behind.
    pub evaluated_at: Option<u64>,
    /// Tokens that were read, prompts included, every time that they were.
    pub tokens: Option<MedianRange>,
    /// Seconds that training and evaluations took.
    pub seconds: Option<MedianRange>,
    /// [`LOSS`](metrics::LOSS) of training, averaged over the last tenth of the steps.
    pub train_loss: Option<MedianRange>,
    /// [`LOSS`](metrics::LOSS) on held-out data.
    pub loss: BeforeBestLast,
    /// Everything that the last evaluation measured, by its name.
    pub held_out: BTreeMap<String, MedianRange>,
}

impl SupervisedSummary {
    pub(crate) fn of(arm: &Arm) -> Self {
        let across =
            |of: &dyn Fn(&Run) -> Option<f64>| MedianRange::of(arm.runs.iter().filter_map(of));
        let end = |run: &Run| progress(&run.metrics).last();
        let furthest_behind = |of: fn(&Run) -> Option<u64>| arm.runs.iter().filter_map(of).min();
        let names = arm.runs.iter().filter_map(of_last).flat_map(BTreeMap::keys);
        let held_out = names.filter_map(|name| {
            let values = across(&|run| of_last(run)?.get(name).copied());
            Some((name.clone(), values?))
        });
        Self {
            arm: arm.name.clone(),
            runs: arm.runs.len(),
            last_step: furthest_behind(|run| Some(run.metrics.last_step())).unwrap_or(0),
            evaluated_at: furthest_behind(|run| run.metrics.evaluations.keys().last().copied()),
            tokens: across(&|run| end(run).and_then(|end: Progress| end.tokens)),
            seconds: across(&|run| end(run).map(|end| end.seconds)),
            train_loss: across(&last_tenth),
            loss: BeforeBestLast::of(arm, metrics::LOSS),
            held_out: held_out.collect(),
        }
    }
}

/// What the last evaluation of a run measured.
fn of_last(run: &Run) -> Option<&BTreeMap<String, f64>> {
    let last = run.metrics.evaluations.values().last();
    last.map(|line| &line.values)
}

/// The mean loss of the last tenth of a run's steps.
fn last_tenth(run: &Run) -> Option<f64> {
    let count = run.metrics.train.len().div_ceil(10);
    let last = run.metrics.train.values().rev().take(count);
    let losses: Vec<f64> = last.filter_map(|line| line.get(metrics::LOSS)).collect();
    (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / losses.len() as f64)
}
