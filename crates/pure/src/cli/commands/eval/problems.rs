//! The problems of an evaluation: which files they are read from, and how answers to them are judged.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clap::Args;
use miette::{Report, miette};
use pure::data::QuestionFields;
use pure::eval::{Benchmark, Error};
use pure::verify::Verifier;
use serde::{Deserialize, Serialize};

/// As results.json keeps it, so that a comparison finds the problems again.
#[derive(Serialize, Deserialize)]
pub struct Problems {
    pub benchmarks: Vec<PathBuf>,
    pub fields: QuestionFields,
    pub limit: Option<usize>,
    pub verifier: Verifier,
}

/// The names of fields, where a benchmark calls them by others than are tried.
#[derive(Args)]
#[command(
    next_help_heading = "Names of a benchmark's fields, where they are not found by themselves"
)]
pub struct FieldArgs {
    /// Of a problem's name
    #[arg(long, value_name = "FIELD")]
    id_field: Option<String>,
    /// Of what is asked
    #[arg(long, value_name = "FIELD")]
    prompt_field: Option<String>,
    /// Of the right answer, or of a solution that ends in it
    #[arg(long, value_name = "FIELD")]
    answer_field: Option<String>,
    /// Of how hard a problem is
    #[arg(long, value_name = "FIELD")]
    level_field: Option<String>,
    /// Of what it is about
    #[arg(long, value_name = "FIELD")]
    subject_field: Option<String>,
}

impl FieldArgs {
    pub fn fields(&self) -> QuestionFields {
        QuestionFields {
            id: self.id_field.clone(),
            prompt: self.prompt_field.clone(),
            answer: self.answer_field.clone(),
            level: self.level_field.clone(),
            subject: self.subject_field.clone(),
        }
    }
}

impl Problems {
    /// The benchmarks, each with the first of its problems, up to the limit. No two have one name, for that is the name
    /// of their folder.
    pub fn read(&self) -> miette::Result<Vec<Benchmark>> {
        let mut named: HashMap<String, &Path> = HashMap::new();
        let benchmarks = self.benchmarks.iter().map(|path| {
            let benchmark = self.benchmark(path)?;
            match named.insert(benchmark.name.clone(), path) {
                None => Ok(benchmark),
                Some(other) => Err(miette!(
                    help = "rename one of the files, or evaluate them into two folders",
                    "{} and {} are both called {}",
                    other.display(),
                    path.display(),
                    benchmark.name
                )),
            }
        });
        benchmarks.collect()
    }

    /// The problems of one file.
    pub fn benchmark(&self, path: &Path) -> miette::Result<Benchmark> {
        let read = Benchmark::read(path, &self.fields, &self.verifier);
        let mut benchmark = read.map_err(explain)?;
        benchmark
            .problems
            .truncate(self.limit.unwrap_or(usize::MAX));
        Ok(benchmark)
    }
}

/// An error of the library, with what to do about it.
pub fn explain(error: Error) -> Report {
    let advice = match &error {
        Error::Data(pure::data::Error::File(file)) | Error::File(file) if file.is_not_found() => {
            "check the path"
        }
        Error::Data(pure::data::Error::Record(_)) => {
            "mend the record; where a field has another name, --prompt-field, --answer-field and --id-field say so"
        }
        Error::NoProblems { .. } => "--answer-field names the field of the answer",
        Error::SameProblem { .. } => "--id-field names the field of the problem's name",
        Error::Line { .. } => "`pure eval` writes it otherwise: was it changed by hand?",
        _ => return miette!("{error}"),
    };
    miette!(help = advice, "{error}")
}
