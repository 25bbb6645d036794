//! All that was found, as it is written in JSON and drawn elsewhere.

use std::path::Path;

use pure::prm::{BestOfEvaluation, FirstErrorEvaluation, Skipped, StepEvaluation, Taught};
use serde::Serialize;

#[derive(Serialize)]
pub struct Report {
    pub prm: String,
    /// How it was made to read answers: figures in one layout are not those in another.
    pub reads: Taught,
    pub steps: Vec<Measured<StepEvaluation>>,
    pub process_bench: Vec<Measured<FirstErrorEvaluation>>,
    /// The plain mean over the files, as ProcessBench's tables have it; absent if a file has no F1.
    pub process_bench_mean_f1: Option<f64>,
    pub best_of: Option<Measured<BestOfEvaluation>>,
}

/// What was found in a file.
#[derive(Serialize)]
pub struct Measured<T> {
    pub file: String,
    #[serde(flatten)]
    pub found: T,
}

impl<T> Measured<T> {
    pub fn of(file: &Path, found: T) -> Self {
        let file = file.display().to_string();
        Self { file, found }
    }
}

impl Report {
    /// The files of which something was left out.
    pub fn skipped(&self) -> impl Iterator<Item = (&str, &Skipped)> {
        let steps = self.steps.iter().map(|it| (&*it.file, &it.found.skipped));
        let bench = self.process_bench.iter();
        let bench = bench.map(|it| (&*it.file, &it.found.skipped));
        let best = self.best_of.iter().map(|it| (&*it.file, &it.found.skipped));
        let all = steps.chain(bench).chain(best);
        all.filter(|(_, skipped)| skipped.count > 0)
    }
}
