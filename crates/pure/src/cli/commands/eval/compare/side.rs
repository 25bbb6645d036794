//! One of two evaluations that are compared, from its folder.

use std::path::Path;

use miette::miette;
use pure::eval::{
    Benchmark, BenchmarkResults, Fingerprint, JudgedProblem, Protocol, Results, Score,
};
use pure::verify::Verifier;

use crate::cli::commands::eval::folder::Folder;
use crate::cli::commands::eval::problems::{self, Problems};

/// An evaluation that is compared.
pub struct Side {
    folder: Folder,
    pub name: String,
    pub results: Results,
}

impl Side {
    pub fn open(path: &Path) -> miette::Result<Self> {
        let folder = Folder::new(path);
        Ok(Self {
            results: folder.read_results()?,
            name: path.display().to_string(),
            folder,
        })
    }

    pub fn benchmarks(&self) -> String {
        let names = self.results.benchmarks.iter();
        names
            .map(|of| of.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Benchmarks that the other does not have.
    pub fn without<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let has = |name: &str| other.results.benchmarks.iter().any(|of| of.name == name);
        let alone = self
            .results
            .benchmarks
            .iter()
            .filter(move |of| !has(&of.name));
        alone.map(|of| (of.name.as_str(), self.name.as_str()))
    }

    /// Whether its answers were searched, one to each problem, so that nothing is made of samples.
    pub fn is_searched(&self) -> bool {
        self.results.settings.contains_key("search")
    }

    /// The values of a benchmark's problems by what is made of their samples, which are read again; those of the answers
    /// where they were searched.
    pub fn scores(
        &self,
        protocol: Protocol,
        of: &BenchmarkResults,
        k: usize,
    ) -> miette::Result<Vec<Score>> {
        if self.is_searched() {
            return Ok(of.scores());
        }
        let needs_rewards = matches!(
            protocol,
            Protocol::BestOf(_) | Protocol::WeightedMajority(_)
        );
        if needs_rewards && !self.results.fingerprints.contains_key("reward_model") {
            return Err(miette!(
                help = "give its command again with --reward-model",
                "{} was not judged by a reward model, which {protocol} needs",
                self.name
            ));
        }
        let (benchmark, verifier) = self.benchmark(of)?;
        let samples = self.folder.read_samples(&of.name, needs_rewards)?;
        let judged = JudgedProblem::all(&benchmark, &samples, &verifier);
        let scores = judged.and_then(|judged| protocol.scores(&judged, k, self.results.seed));
        scores.map_err(problems::explain)
    }

    /// The problems of a benchmark as they were asked, from its file.
    fn benchmark(&self, of: &BenchmarkResults) -> miette::Result<(Benchmark, Verifier)> {
        let settings = self.results.settings.clone().into();
        let problems: Problems = serde_json::from_value(settings)
            .map_err(|error| miette!("the settings of {} are not whole: {error}", self.name))?;
        let mut results = self.results.benchmarks.iter();
        let place = results.position(|other| other.name == of.name);
        let Some(path) = place.and_then(|place| problems.benchmarks.get(place)) else {
            return Err(miette!(
                "{} does not say which file {} is",
                self.name,
                of.name
            ));
        };
        let benchmark = problems.benchmark(path)?;
        match Fingerprint::from(benchmark.fingerprint) == of.fingerprint {
            true => Ok((benchmark, problems.verifier)),
            false => Err(miette!(
                help = "--protocol accuracy compares without the file",
                "{} has changed since {} was evaluated on it",
                path.display(),
                self.name
            )),
        }
    }
}
