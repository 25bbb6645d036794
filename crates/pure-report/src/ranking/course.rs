//! What became of one run.
//!
//! ```text
//! early   accuracy at the last evaluation up to the early iteration
//! hacked  the iteration at which the monitor first saw accuracy fall while process reward rose
//! ended   the iteration after which the monitor let no other follow, though more were asked for
//! ```
//!
//! A run that the monitor ended is what it was then, at every later iteration.

use std::path::Path;

use pure_core::{Metric, metrics};
use serde::Serialize;

use crate::Error;
use crate::config_toml::Config;
use crate::kind::Kind;
use crate::metrics_jsonl::Metrics;

/// What became of one run. What was not measured is absent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Course {
    /// Its seed.
    pub seed: i64,
    /// Iterations that it had.
    pub iterations: u64,
    /// [`ACCURACY`](metrics::ACCURACY) at the first evaluation.
    pub before: Option<f64>,
    /// At the last evaluation up to the early iteration.
    pub early: Option<f64>,
    /// At the best evaluation.
    pub best: Option<f64>,
    /// At the last evaluation.
    pub last: Option<f64>,
    /// Fraction of the last evaluation's answers that were not cut off.
    pub finished: Option<f64>,
    /// [`STEPS_PER_ANSWER`](metrics::STEPS_PER_ANSWER) at the last evaluation.
    pub steps: Option<f64>,
    /// [`PROCESS`](metrics::PROCESS) at the last evaluation.
    pub process: Option<f64>,
    /// [`TOKENS_SAMPLED`](metrics::TOKENS_SAMPLED) in all iterations together.
    pub tokens_sampled: f64,
    /// [`TOKENS_TRAINED`](metrics::TOKENS_TRAINED) in all iterations together.
    pub tokens_trained: f64,
    /// The iteration at which the monitor first saw the reward being hacked.
    pub hacked: Option<u64>,
    /// Why the monitor ended it, at its last iteration; nothing if it had all that were asked for.
    pub ended: Option<String>,
    /// Seconds of all iterations and evaluations. They are another time others, so no file has them.
    #[serde(skip)]
    pub seconds: f64,
    /// Steps and accuracies of all evaluations.
    pub accuracy: Vec<(u64, f64)>,
}

impl Course {
    /// That of a run, of which so many iterations are early.
    ///
    /// # Errors
    ///
    /// [`Error`], which names the file or the line at fault.
    pub fn read(run: &Path, early: u64) -> Result<Self, Error> {
        let config = Config::read(run)?;
        let metrics = Metrics::read(&[run.join("metrics.jsonl")], Kind::Policy)?;
        let accuracy: Vec<(u64, f64)> = metrics.evaluations_of(metrics::ACCURACY).collect();
        let iterations = metrics.train.keys().last().copied().unwrap_or(0);
        let up_to_early = accuracy.iter().rfind(|(step, _)| *step <= early);
        let at_end = |metric: Metric| metrics.evaluations.values().last()?.get(metric);
        let in_all = |metric: Metric| {
            let lines = metrics.train.values();
            lines.filter_map(|line| line.get(metric)).sum()
        };
        let mut notices = metrics.notices.iter();
        // A rule that ends runs may speak together with that of the hack.
        let at_last = metrics.notices.iter().filter(|it| it.step == iterations);
        let ended = at_last.min_by_key(|it| it.is_hack);
        let is_short = iterations < config.iterations.unwrap_or(0);
        Ok(Self {
            seed: config.seed.unwrap_or(0),
            iterations,
            before: accuracy.first().map(|(_, value)| *value),
            early: up_to_early.map(|(_, value)| *value),
            best: accuracy.iter().map(|(_, value)| *value).reduce(f64::max),
            last: accuracy.last().map(|(_, value)| *value),
            finished: at_end(metrics::TRUNCATED).map(|cut| 1.0 - cut),
            steps: at_end(metrics::STEPS_PER_ANSWER),
            process: at_end(metrics::PROCESS),
            tokens_sampled: in_all(metrics::TOKENS_SAMPLED),
            tokens_trained: in_all(metrics::TOKENS_TRAINED),
            hacked: notices.find(|it| it.is_hack).map(|it| it.step),
            ended: ended.filter(|_| is_short).map(|it| it.text.clone()),
            seconds: metrics.lines().filter_map(|line| line.seconds()).sum(),
            accuracy,
        })
    }

    /// Accuracy at the last evaluation up to an iteration.
    pub(crate) fn accuracy_at(&self, iteration: u64) -> Option<f64> {
        let known = self.accuracy.iter().rfind(|(step, _)| *step <= iteration);
        known.map(|(_, value)| *value)
    }
}
