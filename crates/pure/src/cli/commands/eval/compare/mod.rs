//! `pure eval compare`: two evaluations, problem by problem.

mod side;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use miette::miette;
use pure::core::Aggregate;
use pure::eval::{BenchmarkResults, Change, Comparison, Protocol};
use serde::Serialize;

use self::side::Side;
use super::problems;
use crate::cli::support::{Outcome, harmless, print};

/// Compare two evaluations, problem by problem
///
/// Tells for each benchmark that both were evaluated on by how much the second is better, with an interval
/// of 95 %, which problems it won and lost, and how surprising that is if they are equally good: by
/// McNemar's exact test where each problem is right or wrong, by a permutation test of the paired
/// differences otherwise.
///
/// An evaluation with --search has one answer to each problem, which is compared with what --protocol makes of the other's
/// samples.
#[derive(Args)]
pub struct Compare {
    /// Folder of the one evaluation, its --output
    before: PathBuf,
    /// Folder of the other
    after: PathBuf,
    /// What is compared
    #[arg(long, value_enum, default_value_t = Compared::Accuracy)]
    protocol: Compared,
    /// What makes one number of a sample's step rewards, for best-of and weighted-majority: min, soft-min,
    /// mean, product or last
    #[arg(long, default_value = "min")]
    aggregate: Aggregate,
    /// Samples that are drawn of each problem, for all but accuracy [default: as many as both have]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    k: Option<u32>,
    /// One JSON object with all numbers and problems
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Compared {
    /// The share of samples that are right
    Accuracy,
    /// One right sample of k is enough
    Pass,
    /// The answer that most of k samples give
    Majority,
    /// The best of k samples by its step rewards
    BestOf,
    /// The answer with most votes of k samples, weighted by their step rewards
    WeightedMajority,
}

/// What was found on a benchmark.
#[derive(Serialize)]
struct Found {
    benchmark: String,
    /// Samples that are drawn of each problem.
    k: usize,
    #[serde(flatten)]
    comparison: Comparison,
}

/// Problems that are named of those that were won, and of those that were lost.
const NAMED: usize = 10;

impl Compare {
    pub fn run(self) -> miette::Result<Outcome> {
        let (before, after) = (Side::open(&self.before)?, Side::open(&self.after)?);
        let mut found = Vec::new();
        for first in &before.results.benchmarks {
            let mut others = after.results.benchmarks.iter();
            if let Some(second) = others.find(|second| second.name == first.name) {
                found.push(self.compare(&before, first, &after, second)?);
            }
        }
        if found.is_empty() {
            return Err(miette!(
                "no benchmark is in both: {} has {}, {} has {}",
                before.name,
                before.benchmarks(),
                after.name,
                after.benchmarks()
            ));
        }
        if self.json {
            let text = serde_json::to_string(&found).expect("numbers and names are JSON");
            print(format_args!("{text}\n"))?;
        } else {
            for found in &found {
                print(self.text(found))?;
            }
        }
        let alone = before.without(&after).chain(after.without(&before));
        for (name, side) in alone {
            eprintln!("{name} is in {side} alone, and is not compared");
        }
        Ok(Outcome::Done)
    }

    fn compare(
        &self,
        before: &Side,
        first: &BenchmarkResults,
        after: &Side,
        second: &BenchmarkResults,
    ) -> miette::Result<Found> {
        if first.fingerprint != second.fingerprint {
            let (a, b) = (first.fingerprint, second.fingerprint);
            return Err(miette!(
                help = "evaluate both on one file, for a difference says nothing where the problems differ",
                "{} is not the same file in both: {} was evaluated on {} bytes with checksum {:08x}, {} on {} \
                 with {:08x}",
                first.name,
                before.name,
                a.bytes,
                a.crc32,
                after.name,
                b.bytes,
                b.crc32
            ));
        }
        let sides = [(before, first), (after, second)].into_iter();
        let sampled = sides.filter(|(side, _)| !side.is_searched());
        let both = sampled.map(|(_, of)| of.fewest_samples).min().unwrap_or(1);
        let k = self.k.map_or(both, |k| k as usize);
        let comparison = match self.protocol() {
            None => Comparison::of(&first.scores(), &second.scores(), before.results.seed),
            Some(protocol) => {
                let (first, second) = (
                    before.scores(protocol, first, k)?,
                    after.scores(protocol, second, k)?,
                );
                Comparison::of(&first, &second, before.results.seed)
            }
        };
        Ok(Found {
            benchmark: first.name.clone(),
            k,
            comparison: comparison.map_err(problems::explain)?,
        })
    }

    /// What is made of samples, if it is more than their mean.
    fn protocol(&self) -> Option<Protocol> {
        match self.protocol {
            Compared::Accuracy => None,
            Compared::Pass => Some(Protocol::Pass),
            Compared::Majority => Some(Protocol::Majority),
            Compared::BestOf => Some(Protocol::BestOf(self.aggregate)),
            Compared::WeightedMajority => Some(Protocol::WeightedMajority(self.aggregate)),
        }
    }

    fn text(&self, found: &Found) -> String {
        let measured = match self.protocol() {
            None => "accuracy".to_owned(),
            Some(protocol) => format!("{protocol}, k = {}", found.k),
        };
        let Found {
            benchmark,
            comparison,
            ..
        } = found;
        let mut text = format!("{benchmark}, {measured}\n{comparison}");
        for (what, changes) in [("won", &comparison.won), ("lost", &comparison.lost)] {
            text += &names(what, changes);
        }
        text + "\n"
    }
}

/// A line with the first names.
fn names(what: &str, changes: &[Change]) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let shown = changes.iter().take(NAMED).map(|change| change.id.as_str());
    let shown = shown.collect::<Vec<_>>().join(", ");
    let more = match changes.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more, which --json names"),
    };
    format!("{what}: {}{more}\n", harmless(&shown))
}
