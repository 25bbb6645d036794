//! `pure data mix`: one file of problems from several, by weights.

use std::path::PathBuf;

use clap::Args;
use miette::{Report, miette};
use pure::data::{MixturePart, Question, mixture, name_of};
use serde::Serialize;
use serde_json::json;

use super::records::{Read, lines, read, refuse_replacing};
use crate::cli::support::{Outcome, harmless, numbers_in, print};

/// Mix files of problems by weights, in an order that a seed decides
///
/// Reads problems as `pure train` does, and writes them as JSON Lines. With --weights each file has its share of the
/// mixture, and there are as many problems as there can be with none of them twice, or --size: then a file that has too
/// few is gone through again. Without --weights all problems are there once.
///
/// A record gets the name of its file as "data_source", and an "id" that begins with it, so that no two files name two
/// problems alike. A file called train, test or alike has the name of its folder. Answers to the problems name them as
/// their own file does, so `pure data select` comes before.
#[derive(Args)]
pub struct Mix {
    /// Files of problems
    #[arg(value_name = "FILE", required = true, num_args = 1..)]
    files: Vec<PathBuf>,
    /// A weight for each file, in their order: 3,1 takes three from the first for one from the second
    #[arg(long, value_name = "W,…", value_delimiter = ',', value_parser = weight)]
    weights: Vec<f64>,
    /// Problems of the mixture
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    size: Option<u64>,
    /// Decides which problems are taken, and their order
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// File for the mixture, as JSON Lines; one that is there is replaced
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
}

/// What a file gave.
#[derive(Serialize)]
struct Given {
    file: String,
    data_source: String,
    records: usize,
    bad: usize,
    /// Problems of the mixture that are from it.
    taken: usize,
}

impl Mix {
    pub fn run(self) -> miette::Result<Outcome> {
        refuse_replacing(Some(&self.output), self.files.iter())?;
        if !self.weights.is_empty() && self.weights.len() != self.files.len() {
            return Err(miette!(
                help = "give one for each file, with commas between them",
                "there are {} weights for {} files",
                self.weights.len(),
                self.files.len()
            ));
        }
        let (mut given, mut parts, mut all) = (Vec::new(), Vec::new(), Vec::new());
        for (place, path) in self.files.iter().enumerate() {
            let name = name_of(path);
            let (records, bad) = read(path, |record, number| Ok(Question::of(record, number)?.id))?;
            if records.is_empty() {
                return Err(miette!("{} has no problem", path.display()));
            }
            if parts.iter().any(|part: &MixturePart| part.name == name) {
                return Err(miette!(
                    help = "rename one of them: records are called after their file",
                    "two of the files are called {name:?}"
                ));
            }
            given.push(Given {
                file: path.display().to_string(),
                data_source: name.clone(),
                records: records.len(),
                bad,
                taken: 0,
            });
            let all_of_it = records.len() as f64;
            parts.push(MixturePart {
                ids: records.iter().map(|record| record.found.clone()).collect(),
                weight: self.weights.get(place).copied().unwrap_or(all_of_it),
                name,
            });
            all.push(renamed(records, &parts[place].name));
        }
        let size = self.size.map(|size| size as usize);
        let mixed = mixture(&parts, size, self.seed);
        for (part, _) in &mixed {
            given[*part].taken += 1;
        }
        let text = lines(
            mixed
                .iter()
                .map(|&(part, record)| &all[part][record].fields),
        );
        pure::files::write(&self.output, text).map_err(Report::from_err)?;
        print(match self.json {
            true => format!("{}\n", json!({"records": mixed.len(), "files": given})),
            false => table(&given, mixed.len()),
        })?;
        Ok(Outcome::of(given.iter().all(|file| file.bad == 0)))
    }
}

/// Records that say where they are from.
fn renamed(mut records: Vec<Read<String>>, source: &str) -> Vec<Read<String>> {
    for Read { fields, found, .. } in &mut records {
        fields.insert("id".to_owned(), json!(format!("{source}/{found}")));
        fields.insert("data_source".to_owned(), json!(source));
    }
    records
}

fn table(given: &[Given], size: usize) -> String {
    let head = ["file", "problems", "taken", "share", "passes"].map(str::to_owned);
    let mut rows = vec![head];
    for of in given {
        let share = 100.0 * of.taken as f64 / size as f64;
        rows.push([
            harmless(&of.file).into_owned(),
            of.records.to_string(),
            of.taken.to_string(),
            format!("{share:.1} %"),
            format!("{:.2}", of.taken as f64 / of.records as f64),
        ]);
    }
    numbers_in(1..5, rows)
}

fn weight(text: &str) -> Result<f64, String> {
    let weight = text.parse().ok();
    let weight = weight.filter(|it: &f64| it.is_finite() && *it > 0.0);
    weight.ok_or_else(|| "it must be a number above 0".to_owned())
}
