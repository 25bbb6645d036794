//! `pure data overlap`: which training problems stand in benchmarks, and which stand there twice.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::Args;
use miette::{Report, miette};
use pure::data::{AnswerFields, Overlaps, Questions, Repeat, repeats};
use serde::Serialize;

use super::explain;
use super::records::{Read, lines, read, refuse_replacing};
use crate::cli::support::{Outcome, counted, harmless, numbers_in, print};

/// Find the problems of training data that are problems of benchmarks, or stand there twice
///
/// Reads problems as `pure train` does. One overlaps with a problem of a benchmark if they share 13 words in a row, as
/// GPT-3's data were cleaned, and their longest common subsequence is more than --lcs of the benchmark's problem, as
/// Qwen2.5-Math's were. Of a problem of fewer than 13 words 8 in a row are enough; one of fewer than 8 must be the same.
/// Case, punctuation and symbols do not count, so two sums of the same numbers are one problem.
///
/// With --within, one repeats a problem before it if they share 8 words in a row that at most 50 problems hold, and their
/// longest common subsequence is more than that share of the longer one. Problems that differ in a number alone are found
/// so too: a share nearer to 1 keeps those of them that are long, and --list shows what is found.
///
/// With --output, the records that neither overlap nor repeat are written, as they stand. Without --within, problems that
/// stand in the data twice are counted, and kept.
#[derive(Args)]
pub struct Overlap {
    /// Training data: problems, or answers to them
    #[arg(value_name = "TRAIN")]
    train: PathBuf,
    /// Benchmarks
    #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present = "within")]
    with: Vec<PathBuf>,
    /// The share of a benchmark's problem that must stand in a training problem, in order; 0 asks for nothing more than
    /// the words in a row
    #[arg(long, value_name = "SHARE", default_value_t = 0.6)]
    lcs: f64,
    /// Find what repeats a problem before it: what has more than SHARE, or 0.8, of the longer one in common with it
    #[arg(long, value_name = "SHARE", num_args = 0..=1, require_equals = true, default_missing_value = "0.8")]
    within: Option<f64>,
    /// File for the other records, as JSON Lines; one that is there is replaced
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overlaps and repeats to list; the rest are counted
    #[arg(long, value_name = "N", default_value_t = 10)]
    list: usize,
    /// One JSON object with all of them instead of a table
    #[arg(long)]
    json: bool,
}

/// What was found.
#[derive(Serialize)]
struct Found {
    records: usize,
    /// Records whose problem is that of one before.
    repeated: usize,
    /// Records without a problem, or that are none.
    bad: usize,
    benchmarks: Vec<InBenchmark>,
    overlaps: Vec<Pair>,
    /// Records that repeat one before, if they were looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    repeats: Option<Vec<Repeated>>,
}

#[derive(Serialize)]
struct InBenchmark {
    file: String,
    problems: usize,
    /// Of which so many stand in the data.
    found: usize,
}

#[derive(Serialize)]
struct Pair {
    /// The record, by its line or place.
    record: u64,
    benchmark: usize,
    /// The name of the problem there.
    id: String,
    lcs: f64,
}

#[derive(Serialize)]
struct Repeated {
    record: u64,
    /// The record that it repeats.
    of: u64,
    lcs: f64,
}

impl Overlap {
    pub fn run(self) -> miette::Result<Outcome> {
        let inputs = self.with.iter().chain([&self.train]);
        refuse_replacing(self.output.as_ref(), inputs)?;
        let (mut overlaps, mut names, mut benchmarks) =
            (Overlaps::default(), Vec::new(), Vec::new());
        for (place, path) in self.with.iter().enumerate() {
            let first = names.len();
            for question in Questions::open(path, None).map_err(explain)? {
                let question = question.map_err(|error| miette!("{error}"))?;
                overlaps.add(&question.prompt.asked());
                names.push((place, question.id));
            }
            benchmarks.push(InBenchmark {
                file: path.display().to_string(),
                problems: names.len() - first,
                found: 0,
            });
        }
        let (records, bad) = read(&self.train, |record, _| {
            Ok(AnswerFields::of(record).prompt()?.asked())
        })?;
        let mut found = Found {
            records: records.len() + bad,
            repeated: repeated(&records),
            bad,
            benchmarks,
            overlaps: Vec::new(),
            repeats: self.within.map(|_| Vec::new()),
        };
        let near = self.near(&records);
        let (mut hit, mut kept) = (HashSet::new(), Vec::new());
        for (
            Read {
                number,
                fields,
                found: prompt,
            },
            near,
        ) in records.iter().zip(near)
        {
            let record = *number;
            let overlap = overlaps.find(prompt, self.lcs);
            if near.is_none() && overlap.is_none() {
                kept.push(fields);
            }
            if let Some(overlap) = overlap {
                let (benchmark, id) = names[overlap.problem].clone();
                hit.insert(overlap.problem);
                found.overlaps.push(Pair {
                    record,
                    benchmark,
                    id,
                    lcs: overlap.lcs,
                });
            }
            if let (Some(Repeat { of, lcs }), Some(repeats)) = (near, &mut found.repeats) {
                repeats.push(Repeated {
                    record,
                    of: records[of].number,
                    lcs,
                });
            }
        }
        for problem in hit {
            found.benchmarks[names[problem].0].found += 1;
        }
        if let Some(output) = &self.output {
            let text = lines(kept.into_iter());
            pure::files::write(output, text).map_err(Report::from_err)?;
        }
        match self.json {
            true => {
                let text = serde_json::to_string(&found).expect("numbers and names are JSON");
                print(format_args!("{text}\n"))?;
            }
            false => print(self.table(&found))?,
        }
        Ok(Outcome::of(found.bad == 0))
    }

    /// What each record repeats, if that is asked for.
    fn near(&self, records: &[Read<String>]) -> Vec<Option<Repeat>> {
        let Some(threshold) = self.within else {
            return vec![None; records.len()];
        };
        let texts: Vec<&str> = records.iter().map(|record| record.found.as_str()).collect();
        repeats(&texts, threshold)
    }

    fn table(&self, found: &Found) -> String {
        let mut out = String::new();
        if !found.benchmarks.is_empty() {
            let head = ["benchmark", "problems", "found"].map(str::to_owned);
            let mut rows = vec![head];
            rows.extend(found.benchmarks.iter().map(|of| {
                let file = harmless(&of.file).into_owned();
                [file, of.problems.to_string(), of.found.to_string()]
            }));
            out = numbers_in(1..3, rows) + "\n";
        }
        let pairs = &found.overlaps;
        let records = counted(found.records as u64, "record");
        out += &match (self.with.len(), pairs.len()) {
            (0, _) => format!("{records}: "),
            (_, 1) => format!("1 of {records}: overlaps with a benchmark, "),
            (_, count) => format!("{count} of {records}: overlap with a benchmark, "),
        };
        out += &format!("{} repeated, {} bad\n", found.repeated, found.bad);
        let overlaps = pairs.iter().map(|pair| {
            let file = &found.benchmarks[pair.benchmark].file;
            let share = 100.0 * pair.lcs;
            format!(
                "record {} is {} of {file}, {share:.0} %",
                pair.record, pair.id
            )
        });
        self.list(overlaps, &mut out);
        if let Some(repeats) = &found.repeats {
            out += &format!(
                "{}, nearly or whole\n",
                counted(repeats.len() as u64, "repeat")
            );
            let repeats = repeats.iter().map(|Repeated { record, of, lcs }| {
                format!("record {record} is record {of}, {:.0} %", 100.0 * lcs)
            });
            self.list(repeats, &mut out);
        }
        out
    }

    /// The first of some lines, and how many more there are.
    fn list(&self, found: impl ExactSizeIterator<Item = String>, out: &mut String) {
        let more = found.len().saturating_sub(self.list);
        for line in found.take(self.list) {
            *out += &format!("{}\n", harmless(&line));
        }
        if more > 0 {
            *out += &format!("and {more} more, which --json names\n");
        }
    }
}

/// Records whose problem is, letter by letter, that of one before.
fn repeated(records: &[Read<String>]) -> usize {
    let different: HashSet<&str> = records.iter().map(|it| it.found.as_str()).collect();
    records.len() - different.len()
}
