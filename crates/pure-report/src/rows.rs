//! The table: what became of each arm, in one line.

use serde::Serialize;

use crate::arms::Arm;
use crate::collapse::collapse;
use crate::metrics::Measured;
use crate::run::Run;
use crate::spread::Spread;

/// Accuracy over a run: `before` at the first evaluation, `best` at any, `last` at the last.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BeforeBestLast {
    /// At the first evaluation, before anything was learned.
    pub before: Option<Spread>,
    /// The best of all evaluations.
    pub best: Option<Spread>,
    /// At the last evaluation.
    pub last: Option<Spread>,
}

/// What became of an arm, measured on held-out prompts. What was not measured is absent; where there are
/// several seeds a number is their [spread](Spread).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmRow {
    /// The arm's name.
    pub arm: String,
    /// How many seeds it has.
    pub runs: usize,
    /// The step of the last evaluation; of several seeds that of the one furthest behind.
    pub last_step: u64,
    /// Share of sampled answers that verify.
    pub accuracy: BeforeBestLast,
    /// Share of likeliest answers that verify.
    pub greedy_accuracy: BeforeBestLast,
    /// Share of the last evaluation's answers that the limit on their length did not cut.
    pub finished: Option<Spread>,
    /// Mean number of steps of an answer at the last evaluation.
    pub steps: Option<Spread>,
    /// Mean number of tokens of an answer at the last evaluation.
    pub tokens: Option<Spread>,
    /// Mean over the last evaluation's answers of what credit pays for their steps. It depends on the
    /// form of credit: compare it within an arm, or between arms of one form.
    pub process: Option<Spread>,
    /// The step at which each seed [collapsed](fn@crate::collapse), none where it did not.
    pub collapse: Vec<Option<u64>>,
}

impl ArmRow {
    pub(crate) fn of(arm: &Arm) -> Self {
        let last = |name: &str| {
            Spread::of(
                arm.runs
                    .iter()
                    .filter_map(|run| last(run).values.get(name).copied()),
            )
        };
        let finished = last("truncated").map(|cut| Spread {
            median: 1.0 - cut.median,
            lowest: 1.0 - cut.highest,
            highest: 1.0 - cut.lowest,
        });
        let steps = arm
            .runs
            .iter()
            .filter_map(|run| run.metrics.valid.keys().last());
        Self {
            arm: arm.name.clone(),
            runs: arm.runs.len(),
            last_step: steps.min().copied().unwrap_or(0),
            accuracy: BeforeBestLast::of(arm, "accuracy"),
            greedy_accuracy: BeforeBestLast::of(arm, "greedy_accuracy"),
            finished,
            steps: last("steps_per_answer"),
            tokens: last("tokens_per_answer"),
            process: last("process"),
            collapse: collapses(arm),
        }
    }
}

/// The step at which each run of an arm collapsed.
pub(crate) fn collapses(arm: &Arm) -> Vec<Option<u64>> {
    let runs = arm.runs.iter();
    runs.map(|run| collapse(run.metrics.evaluations("accuracy")))
        .collect()
}

impl BeforeBestLast {
    fn of(arm: &Arm, name: &str) -> Self {
        let at = |line: fn(&Run) -> &Measured| {
            let runs = arm.runs.iter();
            Spread::of(runs.filter_map(|run| line(run).values.get(name).copied()))
        };
        let best = |run: &Run| {
            run.metrics
                .evaluations(name)
                .map(|(_, value)| value)
                .reduce(f64::max)
        };
        Self {
            before: at(first),
            best: Spread::of(arm.runs.iter().filter_map(best)),
            last: at(last),
        }
    }
}

fn first(run: &Run) -> &Measured {
    let first = run.metrics.valid.values().next();
    first.expect("a run without evaluations is not read")
}

fn last(run: &Run) -> &Measured {
    let last = run.metrics.valid.values().last();
    last.expect("a run without evaluations is not read")
}
