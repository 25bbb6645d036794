//! The files that are measured. All are opened before the model is loaded, so that a name that is wrong
//! is told at once.

use std::ffi::OsStr;
use std::fs;
use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use miette::{Report, miette};
use pure::data::{Error, FirstErrorCases, LabelledAnswers, Questions, ReadOptions, SampledAnswers};
use pure::prm::VerifiedQuestions;

use super::Eval;

pub struct Inputs {
    pub steps: Vec<(PathBuf, LabelledAnswers)>,
    pub process_bench: Vec<(PathBuf, FirstErrorCases)>,
    pub best_of: Option<(PathBuf, VerifiedQuestions, SampledAnswers)>,
}

impl Inputs {
    pub fn open(command: &Eval) -> miette::Result<Self> {
        let steps = command.steps.iter().map(|file| {
            let answers = LabelledAnswers::open(file, ReadOptions::default());
            Ok((file.clone(), answers.map_err(unreadable)?))
        });
        let process_bench = files(&command.process_bench)?.into_iter().map(|file| {
            let cases = FirstErrorCases::open(&file, None).map_err(unreadable)?;
            Ok((file, cases))
        });
        let best_of = match (&command.best_of, &command.questions) {
            (Some(file), Some(questions)) => {
                let samples = SampledAnswers::open(file, None).map_err(unreadable)?;
                let questions = Questions::open(questions, None).map_err(unreadable)?;
                Some((file.clone(), VerifiedQuestions::of(questions), samples))
            }
            _ => None,
        };
        Ok(Self {
            steps: steps.collect::<miette::Result<_>>()?,
            process_bench: process_bench.collect::<miette::Result<_>>()?,
            best_of,
        })
    }
}

fn unreadable(error: Error) -> Report {
    miette!("{error}")
}

/// The files that were named, and those in the folders that were named.
fn files(named: &[PathBuf]) -> miette::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let cannot = |error| miette!("cannot read {}: {error}", path.display());
        let entries = fs::read_dir(path).map_err(cannot)?;
        let entries = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut inside = entries.collect::<Result<Vec<_>, _>>().map_err(cannot)?;
        inside.retain(|file| {
            let kind = file.extension().and_then(OsStr::to_str);
            matches!(kind, Some("json" | "jsonl" | "parquet"))
        });
        if inside.is_empty() {
            return Err(miette!(
                "{} holds no .json, .jsonl or .parquet file",
                path.display()
            ));
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

/// Counts records as they are read, where a person is watching.
pub fn counted<T>(records: impl Iterator<Item = T>, file: &Path) -> impl Iterator<Item = T> {
    let bar = if stderr().is_terminal() {
        let style = ProgressStyle::with_template("{spinner} {msg}: {pos} read, {elapsed} gone");
        ProgressBar::new_spinner().with_style(style.expect("it is well-formed"))
    } else {
        ProgressBar::hidden()
    };
    bar.set_message(file.display().to_string());
    bar.enable_steady_tick(Duration::from_millis(100));
    let counting = bar.clone();
    let counted = records.inspect(move |_| counting.inc(1));
    counted.chain(std::iter::from_fn(move || {
        bar.finish_and_clear();
        None
    }))
}
