//! Many arms, each under several conditions and from several seeds, ranked in one table.
//!
//! ```text
//! runs -> what became of each -> an arm under a condition: means with intervals over its seeds -> ranked -> page, JSON
//! ```
//!
//! A [`Report`](crate::Report) shows a few arms in full; a ranking shows many of them in a line each. A condition is what
//! all arms meet alike, such as a strong reward model and a weak one. Arms stand in the order of their accuracy at the
//! last evaluation under the first condition, best first; of numbers over seeds there is the mean with a
//! [95 % interval](MeanInterval).

mod columns;
mod course;
mod mean_interval;
mod page;
mod small_curve;

use std::path::PathBuf;

pub use course::Course;
pub use mean_interval::MeanInterval;
use serde::Serialize;

use crate::Error;

/// An arm that is to be ranked.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is, in a few words.
    pub about: String,
    /// In what its settings differ from those of all, each as a command line takes it.
    pub settings: Vec<String>,
    /// Its finished runs under each condition, one a seed; nothing where the condition has no meaning for it.
    pub runs: Vec<Option<Vec<PathBuf>>>,
}

/// What became of many arms.
#[derive(Debug, Serialize)]
pub struct Ranking {
    /// Names of the conditions.
    pub conditions: Vec<String>,
    /// The iteration that is told of beside the last.
    pub early: u64,
    /// The arms, best first.
    pub arms: Vec<RankedArm>,
}

/// What became of an arm.
#[derive(Debug, Serialize)]
pub struct RankedArm {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// In what its settings differ.
    pub settings: Vec<String>,
    /// What became of it under each condition; nothing where that has no meaning, or no run is finished.
    pub under: Vec<Option<OverSeeds>>,
    /// Whether each condition has a meaning for it.
    #[serde(skip)]
    is_met: Vec<bool>,
}

/// What became of an arm under a condition, over its seeds.
#[derive(Debug, Serialize)]
pub struct OverSeeds {
    /// Accuracy at the first evaluation.
    pub before: Option<MeanInterval>,
    /// Accuracy at the last evaluation up to the early iteration.
    pub early: Option<MeanInterval>,
    /// The best accuracy of each seed.
    pub best: Option<MeanInterval>,
    /// Accuracy at the last evaluation.
    pub last: Option<MeanInterval>,
    /// Fraction of the last evaluation's answers that were not cut off.
    pub finished: Option<MeanInterval>,
    /// Steps of an answer at the last evaluation.
    pub steps: Option<MeanInterval>,
    /// Process reward at the last evaluation. It depends on the form of credit.
    pub process: Option<MeanInterval>,
    /// Tokens sampled in all iterations.
    pub tokens_sampled: Option<MeanInterval>,
    /// Tokens learned from in all iterations.
    pub tokens_trained: Option<MeanInterval>,
    /// Each seed by itself.
    pub seeds: Vec<Course>,
}

impl Ranking {
    /// Reads the runs of these arms.
    ///
    /// # Errors
    ///
    /// [`Error`], which names the folder, the file or the line at fault.
    pub fn read(conditions: &[&str], early: u64, entries: &[Entry]) -> Result<Self, Error> {
        let arms = entries.iter().map(|entry| RankedArm::read(entry, early));
        let mut arms = arms.collect::<Result<Vec<_>, _>>()?;
        // Stable, so that arms without a run stay in their order, behind the others.
        arms.sort_by(|a, b| b.standing().total_cmp(&a.standing()));
        Ok(Self {
            conditions: conditions.iter().map(|&name| name.to_owned()).collect(),
            early,
            arms,
        })
    }

    /// All of it, for programs.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("numbers and texts are JSON") + "\n"
    }
}

impl RankedArm {
    fn read(entry: &Entry, early: u64) -> Result<Self, Error> {
        let over_seeds = |runs: &Option<Vec<PathBuf>>| -> Result<Option<OverSeeds>, Error> {
            let runs = runs.iter().flatten();
            let courses = runs.map(|run| Course::read(run, early));
            let courses = courses.collect::<Result<Vec<_>, _>>()?;
            Ok((!courses.is_empty()).then(|| OverSeeds::of(courses)))
        };
        let under = entry.runs.iter().map(over_seeds);
        Ok(Self {
            name: entry.name.clone(),
            about: entry.about.clone(),
            settings: entry.settings.clone(),
            under: under.collect::<Result<_, _>>()?,
            is_met: entry.runs.iter().map(Option::is_some).collect(),
        })
    }

    /// What it is ranked by: its last accuracy under the first condition that it has runs of.
    fn standing(&self) -> f64 {
        let first = self.under.iter().flatten().next();
        let last = first.and_then(|over| over.last);
        last.map_or(f64::NEG_INFINITY, |last| last.mean)
    }
}

impl OverSeeds {
    /// Of what became of each seed.
    pub(crate) fn of(seeds: Vec<Course>) -> Self {
        let over =
            |number: fn(&Course) -> Option<f64>| MeanInterval::of(seeds.iter().filter_map(number));
        Self {
            before: over(|seed| seed.before),
            early: over(|seed| seed.early),
            best: over(|seed| seed.best),
            last: over(|seed| seed.last),
            finished: over(|seed| seed.finished),
            steps: over(|seed| seed.steps),
            process: over(|seed| seed.process),
            tokens_sampled: over(|seed| Some(seed.tokens_sampled)),
            tokens_trained: over(|seed| Some(seed.tokens_trained)),
            seeds,
        }
    }
}
