//! What is kept of an evaluation.
//!
//! ```text
//! OUTPUT/results.json             what came out, and what decided it
//! OUTPUT/report.html              the same with all samples, for a browser
//! OUTPUT/NAME/samples.jsonl       what the model wrote to the benchmark of this name, verified; what was searched is judged
//! OUTPUT/NAME/judged.jsonl        the same with the rewards of its steps, if a reward model judged it
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use miette::{Report, miette};
use pure::eval::{Results, Sample, read_samples};

use super::problems;

pub struct Folder(PathBuf);

impl Folder {
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// What the model wrote.
    pub fn samples(&self, benchmark: &str) -> PathBuf {
        self.0.join(benchmark).join("samples.jsonl")
    }

    /// The same, judged by a reward model.
    pub fn judged(&self, benchmark: &str) -> PathBuf {
        self.0.join(benchmark).join("judged.jsonl")
    }

    /// The samples of a benchmark, with the rewards of their steps if they are to be judged ones.
    pub fn read_samples(&self, benchmark: &str, judged: bool) -> miette::Result<Vec<Sample>> {
        let path = match judged {
            true => self.judged(benchmark),
            false => self.samples(benchmark),
        };
        read_samples(path).map_err(problems::explain)
    }

    pub fn results(&self) -> PathBuf {
        self.0.join("results.json")
    }

    pub fn read_results(&self) -> miette::Result<Results> {
        let path = self.results();
        let text = fs::read_to_string(&path).map_err(|error| {
            miette!(
                help = "name the folder that --output named; an evaluation that was cut off has no results yet",
                "cannot read {}: {error}",
                path.display()
            )
        })?;
        let read = serde_json::from_str(&text);
        read.map_err(|error| {
            miette!(
                "{} holds no results of `pure eval`: {error}",
                path.display()
            )
        })
    }

    pub fn report(&self) -> PathBuf {
        self.0.join("report.html")
    }

    pub fn write_report(&self, page: &str) -> miette::Result<()> {
        pure::files::write(self.report(), page).map_err(Report::from_err)
    }

    pub fn write_results(&self, results: &Results) -> miette::Result<()> {
        pure::files::write(self.results(), results.json()).map_err(Report::from_err)
    }
}
