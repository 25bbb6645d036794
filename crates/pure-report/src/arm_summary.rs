//! What became of an arm, in one line of numbers.

use pure_core::metrics::Better;
use pure_core::{Metric, metrics};
use serde::Serialize;

use crate::arms::Arm;
use crate::collapse::collapse;
use crate::median_range::MedianRange;
use crate::metrics_jsonl::AnswersFrom;
use crate::run::Run;

/// A metric over a run: at the first evaluation, at the best, at the last.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BeforeBestLast {
    /// At the first evaluation, which is made before a policy learns anything.
    pub before: Option<MedianRange>,
    /// The best of all evaluations.
    pub best: Option<MedianRange>,
    /// At the last evaluation.
    pub last: Option<MedianRange>,
}

/// What became of an arm. What was not measured is absent; of several seeds a number is their
/// [median, with the range](MedianRange).
///
/// Where its runs have no evaluation, pools of a hundred answers or more that training sampled stand in for
/// evaluations, and [`answers_from`](Self::answers_from) says so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmSummary {
    /// The arm's name.
    pub arm: String,
    /// How many seeds it has.
    pub runs: usize,
    /// Which answers are measured; training's, if a run of the arm has no evaluation.
    pub answers_from: AnswersFrom,
    /// The step of the last evaluation; of several seeds that of the one furthest behind.
    pub last_step: u64,
    /// [`ACCURACY`](metrics::ACCURACY) of sampled answers.
    pub accuracy: BeforeBestLast,
    /// [`GREEDY_ACCURACY`](metrics::GREEDY_ACCURACY).
    pub greedy_accuracy: BeforeBestLast,
    /// Fraction of the last evaluation's answers that were not cut off at the generation limit.
    pub finished: Option<MedianRange>,
    /// [`STEPS_PER_ANSWER`](metrics::STEPS_PER_ANSWER) at the last evaluation.
    pub steps: Option<MedianRange>,
    /// [`TOKENS_PER_ANSWER`](metrics::TOKENS_PER_ANSWER) at the last evaluation.
    pub tokens: Option<MedianRange>,
    /// [`PROCESS`](metrics::PROCESS) at the last evaluation. It depends on the form of credit: compare it
    /// within an arm, or between arms of one form.
    pub process: Option<MedianRange>,
    /// The step at which each seed [collapsed](fn@crate::collapse), none where it did not.
    pub collapse: Vec<Option<u64>>,
}

impl ArmSummary {
    pub(crate) fn of(arm: &Arm) -> Self {
        let last = |metric| BeforeBestLast::of(arm, metric).last;
        let finished = last(metrics::TRUNCATED).map(|cut| MedianRange {
            median: 1.0 - cut.median,
            lowest: 1.0 - cut.highest,
            highest: 1.0 - cut.lowest,
        });
        let steps = arm.runs.iter();
        let steps = steps.filter_map(|run| run.metrics.evaluations.keys().last());
        Self {
            arm: arm.name.clone(),
            runs: arm.runs.len(),
            answers_from: arm.answers_from(),
            last_step: steps.min().copied().unwrap_or(0),
            accuracy: BeforeBestLast::of(arm, metrics::ACCURACY),
            greedy_accuracy: BeforeBestLast::of(arm, metrics::GREEDY_ACCURACY),
            finished,
            steps: last(metrics::STEPS_PER_ANSWER),
            tokens: last(metrics::TOKENS_PER_ANSWER),
            process: last(metrics::PROCESS),
            collapse: collapses(arm),
        }
    }
}

/// The step at which each run of an arm collapsed.
pub(crate) fn collapses(arm: &Arm) -> Vec<Option<u64>> {
    let runs = arm.runs.iter();
    runs.map(|run| collapse(run.metrics.evaluations_of(metrics::ACCURACY)))
        .collect()
}

impl BeforeBestLast {
    pub(crate) fn of(arm: &Arm, metric: Metric) -> Self {
        let across_seeds = |of: fn(&Run, Metric) -> Option<f64>| {
            MedianRange::of(arm.runs.iter().filter_map(|run| of(run, metric)))
        };
        let best = |run: &Run, metric: Metric| {
            let values = run.metrics.evaluations_of(metric);
            let values = values.map(|(_, value)| value);
            match metric.better {
                Better::Lower => values.reduce(f64::min),
                Better::Higher | Better::Neither => values.reduce(f64::max),
            }
        };
        Self {
            before: across_seeds(|run, metric| {
                run.metrics.evaluations.values().next()?.get(metric)
            }),
            best: across_seeds(best),
            last: across_seeds(|run, metric| run.metrics.evaluations.values().last()?.get(metric)),
        }
    }
}
