//! What an evaluation found on one benchmark.

use std::collections::BTreeMap;

use pure_core::Aggregate;
use serde::{Deserialize, Serialize};

use crate::{
    Benchmark, Error, Estimate, Fingerprint, JudgedProblem, Lengths, MeanCompute, Measure,
    Protocol, Score, WrongAnswers,
};

/// The results on a benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkResults {
    /// What it is called.
    pub name: String,
    /// Its file.
    pub fingerprint: Fingerprint,
    /// Questions that were left out, since they have no answer that can be verified.
    pub without_answer: usize,
    /// The smallest number of samples of a problem.
    pub fewest_samples: usize,
    /// The largest.
    pub most_samples: usize,
    /// The mean over problems of the fraction of samples that are right: of one greedy sample each, greedy accuracy; of
    /// `k` samples, avg@k.
    pub accuracy: Estimate,
    /// The same by level.
    pub by_level: Vec<Part>,
    /// The same by subject.
    pub by_subject: Vec<Part>,
    /// What can be made of several samples, over their number.
    pub curves: Vec<Curve>,
    /// Lengths of samples.
    pub lengths: Lengths,
    /// The tokens that a sample took, if a reward model judged all of them; `k` samples take `k` times as many.
    #[serde(default)]
    pub compute: Option<MeanCompute>,
    /// How many samples are wrong in which way.
    pub wrong_answers: WrongAnswers,
    /// What came of each problem.
    pub problems: Vec<ProblemResult>,
}

/// The problems of one level or subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Which.
    pub name: String,
    /// How many problems.
    pub problems: usize,
    /// Their accuracy.
    pub accuracy: Estimate,
}

/// A protocol over the number of samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The protocol.
    #[serde(flatten)]
    pub protocol: Protocol,
    /// At 1, 2, 4 and so on, up to the smallest number of samples of a problem.
    pub points: Vec<Measure>,
}

/// What came of a problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProblemResult {
    /// Its name.
    pub id: String,
    /// How many of its samples are right.
    pub right: usize,
    /// How many samples it has.
    pub samples: usize,
}

const AGGREGATES: [Aggregate; 5] = [
    Aggregate::Min,
    Aggregate::SoftMin,
    Aggregate::Mean,
    Aggregate::Product,
    Aggregate::Last,
];

impl BenchmarkResults {
    /// Measures the problems of a benchmark: all protocols that its samples allow.
    ///
    /// # Errors
    ///
    /// [`Error::Nothing`] without problems; [`Error::NoRewards`] if some samples were judged by a reward model and
    /// others were not.
    pub fn of(benchmark: &Benchmark, problems: &[JudgedProblem], seed: u64) -> Result<Self, Error> {
        let counts = || problems.iter().map(|problem| problem.samples.len());
        let fewest = counts().min().ok_or(Error::Nothing)?;
        let mut samples = problems.iter().flat_map(|problem| &problem.samples);
        let are_judged = samples.any(|sample| sample.rewards.is_some());
        let result = |problem: &JudgedProblem| ProblemResult {
            id: problem.id.clone(),
            right: problem.right(),
            samples: problem.samples.len(),
        };
        Ok(Self {
            name: benchmark.name.clone(),
            fingerprint: benchmark.fingerprint.into(),
            without_answer: benchmark.without_answer.len(),
            fewest_samples: fewest,
            most_samples: counts().max().ok_or(Error::Nothing)?,
            accuracy: accuracy(problems, seed)?,
            by_level: parts(problems, |problem| problem.level.as_deref(), seed)?,
            by_subject: parts(problems, |problem| problem.subject.as_deref(), seed)?,
            curves: match fewest {
                1 => Vec::new(),
                _ => curves(problems, are_judged, seed)?,
            },
            lengths: Lengths::of(problems).ok_or(Error::Nothing)?,
            compute: MeanCompute::of(problems),
            wrong_answers: WrongAnswers::of(problems),
            problems: problems.iter().map(result).collect(),
        })
    }

    /// The fraction of each problem's samples that are right, for a [`Comparison`](crate::Comparison).
    pub fn scores(&self) -> Vec<Score> {
        let problems = self.problems.iter();
        problems
            .map(|problem| Score {
                id: problem.id.clone(),
                value: problem.right as f64 / problem.samples as f64,
            })
            .collect()
    }
}

fn accuracy(problems: &[JudgedProblem], seed: u64) -> Result<Estimate, Error> {
    let measure = Protocol::Average.measure(problems, 1, seed)?;
    Ok(measure.estimate)
}

fn curves(problems: &[JudgedProblem], are_judged: bool, seed: u64) -> Result<Vec<Curve>, Error> {
    let mut protocols = vec![Protocol::Pass, Protocol::Majority];
    if are_judged {
        protocols.extend(AGGREGATES.map(Protocol::BestOf));
        protocols.extend(AGGREGATES.map(Protocol::WeightedMajority));
    }
    let curve = |protocol: Protocol| {
        let points = protocol.curve(problems, seed)?;
        Ok(Curve { protocol, points })
    };
    protocols.into_iter().map(curve).collect()
}

/// The accuracy of the problems that have a certain level or subject, in the order of its name, numbers by
/// their size.
fn parts(
    problems: &[JudgedProblem],
    name: impl Fn(&JudgedProblem) -> Option<&str>,
    seed: u64,
) -> Result<Vec<Part>, Error> {
    let mut by_name: BTreeMap<&str, Vec<JudgedProblem>> = BTreeMap::new();
    for problem in problems {
        if let Some(name) = name(problem) {
            by_name.entry(name).or_default().push(problem.clone());
        }
    }
    let part = |(name, problems): (&str, Vec<JudgedProblem>)| {
        Ok(Part {
            name: name.to_owned(),
            problems: problems.len(),
            accuracy: accuracy(&problems, seed)?,
        })
    };
    let parts: Result<Vec<Part>, Error> = by_name.into_iter().map(part).collect();
    let mut parts = parts?;
    let number = |part: &Part| part.name.parse::<f64>().unwrap_or(f64::INFINITY);
    parts.sort_by(|a, b| number(a).total_cmp(&number(b)));
    Ok(parts)
}
