//! `pure data check`: what is in a file of step-labelled answers, and what is wrong with it.

use std::path::PathBuf;

use clap::Args;
use pure::data::{LabelForm, LabelledAnswers, Layout, Neutral, Place, ReadOptions, check};

use super::explain;
use super::picture::{self, Checked};
use crate::cli::support::{Outcome, named, print};

const FORMS: [(&str, LabelForm); 3] = [
    ("trl", LabelForm::Trl),
    ("prm800k", LabelForm::Prm800k),
    ("math-shepherd", LabelForm::MathShepherd),
];
const LAYOUTS: [(&str, Layout); 3] = [
    ("jsonl", Layout::JsonLines),
    ("json", Layout::JsonArray),
    ("parquet", Layout::Parquet),
];
const NEUTRALS: [(&str, Neutral); 3] = [
    ("bad", Neutral::Bad),
    ("good", Neutral::Good),
    ("ignored", Neutral::Ignored),
];

/// Show what is in a file of step-labelled answers: counts, lengths, labels, and every bad record
///
/// Reads the forms of TRL, PRM800K and Math-Shepherd, in JSON lines, a JSON array or Parquet. The exit
/// code is 1 if a record is bad.
#[derive(Args)]
pub struct Check {
    /// File of step-labelled answers
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Which fields hold what [default: what the first record tells]
    #[arg(long, value_parser = named(&FORMS))]
    form: Option<LabelForm>,
    /// How records are laid out [default: what the first bytes tell]
    #[arg(long, value_parser = named(&LAYOUTS))]
    layout: Option<Layout>,
    /// How to read PRM800K's rating 0
    #[arg(long, default_value = "bad", value_parser = named(&NEUTRALS))]
    neutral: Neutral,
    /// Bad records to list; the rest are counted
    #[arg(long, value_name = "N", default_value_t = 10)]
    faults: usize,
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
}

impl Check {
    pub fn run(self) -> miette::Result<Outcome> {
        let options = ReadOptions {
            layout: self.layout,
            form: self.form,
            neutral: self.neutral,
        };
        let mut answers = LabelledAnswers::open(&self.file, options).map_err(explain)?;
        let mut place = "line";
        let watched = answers.by_ref().inspect(|answer| {
            if let Err(bad) = answer
                && let Place::Row(_) = bad.place
            {
                place = "row";
            }
        });
        let report = check(watched, self.faults);
        let form = FORMS.iter().find(|(_, form)| answers.form() == Some(*form));
        let checked = Checked {
            form: form.map(|(name, _)| *name),
            file: self.file.display().to_string(),
            place,
            report,
        };
        if self.json {
            let record = serde_json::to_string(&checked).expect("numbers and texts are JSON");
            print(format_args!("{record}\n"))?;
        } else {
            print(picture::draw(&checked))?;
        }
        Ok(Outcome::of(checked.report.bad_records == 0))
    }
}
