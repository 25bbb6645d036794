//! `pure data overlap`: which training problems stand in benchmarks, and which stand there twice.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::Args;
use miette::{Report, miette};
use pure::data::{AnswerFields, Overlaps, Prompt, Questions, RawRecord, RawRecords};
use serde::Serialize;

use super::{explain, is_same};
use crate::cli::support::{Outcome, counted, harmless, numbers_in, print};

/// Find the problems of training data that are problems of benchmarks
///
/// Reads problems as `pure train` does. One overlaps with a problem of a benchmark if they share 13 words in a row, as
/// GPT-3's data were cleaned, and their longest common subsequence is more than --lcs of the benchmark's problem, as
/// Qwen2.5-Math's were. Of a problem of fewer than 13 words 8 in a row are enough; one of fewer than 8 must be the same.
/// Case, punctuation and symbols do not count, so two sums of the same numbers are one problem.
///
/// With --output, the records that overlap with nothing are written, as they stand. Problems that stand in the data
/// twice are counted, and kept.
#[derive(Args)]
pub struct Overlap {
    /// Training data: problems, or answers to them
    #[arg(value_name = "TRAIN")]
    train: PathBuf,
    /// Benchmarks
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    with: Vec<PathBuf>,
    /// The share of a benchmark's problem that must stand in a training problem, in order; 0 asks for nothing more than
    /// the words in a row
    #[arg(long, value_name = "SHARE", default_value_t = 0.6)]
    lcs: f64,
    /// File for the records without an overlap, as JSON Lines; one that is there is replaced
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overlaps to list; the rest are counted
    #[arg(long, value_name = "N", default_value_t = 10)]
    list: usize,
    /// One JSON object with all overlaps instead of a table
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

impl Overlap {
    pub fn run(self) -> miette::Result<Outcome> {
        if let Some(output) = &self.output {
            let mut read = self.with.iter().chain([&self.train]);
            if let Some(input) = read.find(|input| is_same(input, output)) {
                return Err(miette!(
                    help = "name another file",
                    "--output would replace {}, which is read",
                    input.display()
                ));
            }
        }
        let (mut overlaps, mut names, mut benchmarks) =
            (Overlaps::default(), Vec::new(), Vec::new());
        for (place, path) in self.with.iter().enumerate() {
            let first = names.len();
            for question in Questions::open(path, None).map_err(explain)? {
                let question = question.map_err(|error| miette!("{error}"))?;
                overlaps.add(&text(&question.prompt));
                names.push((place, question.id));
            }
            benchmarks.push(InBenchmark {
                file: path.display().to_string(),
                problems: names.len() - first,
                found: 0,
            });
        }
        let mut found = Found {
            records: 0,
            repeated: 0,
            bad: 0,
            benchmarks,
            overlaps: Vec::new(),
        };
        let (mut there, mut hit, mut kept) = (HashSet::new(), HashSet::new(), String::new());
        let input = pure::files::Input::open(&self.train).map_err(Report::from_err)?;
        for RawRecord {
            place,
            number,
            fields,
            ..
        } in RawRecords::of(input).map_err(explain)?
        {
            found.records += 1;
            let prompt = fields.and_then(|fields| {
                let prompt = AnswerFields::of(&fields).prompt()?;
                Ok((text(&prompt), fields))
            });
            let (prompt, fields) = match prompt {
                Ok(read) => read,
                Err(fault) => {
                    eprintln!(
                        "{}, {place}: {}",
                        self.train.display(),
                        harmless(&fault.to_string())
                    );
                    found.bad += 1;
                    continue;
                }
            };
            match overlaps.find(&prompt, self.lcs) {
                None => kept += &format!("{}\n", serde_json::Value::Object(fields)),
                Some(overlap) => {
                    let (benchmark, id) = names[overlap.problem].clone();
                    hit.insert(overlap.problem);
                    let (record, lcs) = (number, overlap.lcs);
                    found.overlaps.push(Pair {
                        record,
                        benchmark,
                        id,
                        lcs,
                    });
                }
            }
            found.repeated += usize::from(!there.insert(prompt));
        }
        for problem in hit {
            found.benchmarks[names[problem].0].found += 1;
        }
        if let Some(output) = &self.output {
            pure::files::write(output, kept).map_err(Report::from_err)?;
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

    fn table(&self, found: &Found) -> String {
        let head = ["benchmark", "problems", "found"].map(str::to_owned);
        let mut rows = vec![head];
        rows.extend(found.benchmarks.iter().map(|of| {
            let file = harmless(&of.file).into_owned();
            [file, of.problems.to_string(), of.found.to_string()]
        }));
        let mut out = numbers_in(1..3, rows);
        let pairs = &found.overlaps;
        out += &format!(
            "\n{} of {}: {} with a benchmark, {} repeated, {} bad\n",
            pairs.len(),
            counted(found.records as u64, "record"),
            match pairs.len() {
                1 => "overlaps",
                _ => "overlap",
            },
            found.repeated,
            found.bad
        );
        for pair in pairs.iter().take(self.list) {
            let file = &found.benchmarks[pair.benchmark].file;
            let line = format!(
                "record {} is {} of {file}, {:.0} %",
                pair.record,
                pair.id,
                100.0 * pair.lcs
            );
            out += &format!("{}\n", harmless(&line));
        }
        if pairs.len() > self.list {
            out += &format!("and {} more, which --json names\n", pairs.len() - self.list);
        }
        out
    }
}

/// What is asked, as one text.
fn text(prompt: &Prompt) -> String {
    match prompt {
        Prompt::Text(text) => text.clone(),
        Prompt::Messages(turns) => {
            let asked = turns.iter().filter(|turn| turn.role == "user");
            asked
                .map(|turn| turn.content.as_str())
                .collect::<Vec<_>>()
                .join("\n")
        }
    }
}
