//! `pure credit explain`: one answer, and what each form of credit would pay its tokens.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use miette::{Report, miette};
use pure::core::credit::{Mean, Min, SoftMin, Sum};
use pure::core::{CreditConfig, FormTable, FormView, Record, StepSpan};

use super::{html, read, terminal};
use crate::cli::Outcome;
use crate::cli::ink::Ink;
use crate::cli::output::print;

/// Show what each form of credit would pay the tokens of one answer, side by side
#[derive(Args)]
pub struct Explain {
    /// JSON Lines as for `pure credit`, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    input: PathBuf,
    /// The answer to show [default: the first]
    #[arg(long)]
    id: Option<String>,
    /// The group of that answer, if others have its id too
    #[arg(long)]
    group: Option<String>,
    /// A form to show; may be given again [default: min, soft-min, sum and mean]
    #[arg(long = "form")]
    forms: Vec<CreditConfig>,
    /// Write a page for a browser instead
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// An answer with its forms side by side, and the same answer with a pleasing step more.
pub struct Picture {
    pub record: Record,
    pub table: FormTable,
    /// What the whole answer gains in each form by one more step as good as its best.
    pub gains: Vec<f32>,
}

/// Between the lowest and the highest return of a step's tokens.
pub const RANGE: &str = " to ";

/// The return of a step's tokens: one number, for they share it, or the range of a form where they do
/// not.
pub fn returns_of(form: &FormView, step: &StepSpan) -> String {
    let returns = || form.returns[step.range()].iter().copied();
    let lowest = returns().fold(f32::INFINITY, f32::min);
    let highest = returns().fold(f32::NEG_INFINITY, f32::max);
    if highest - lowest < 5e-4 {
        return format!("{lowest:+.3}");
    }
    format!("{lowest:+.3}{RANGE}{highest:+.3}")
}

impl Explain {
    pub fn run(self) -> miette::Result<Outcome> {
        let forms = if self.forms.is_empty() {
            vec![
                CreditConfig::Min(Min),
                CreditConfig::SoftMin(SoftMin::default()),
                CreditConfig::Sum(Sum::default()),
                CreditConfig::Mean(Mean),
            ]
        } else {
            self.forms.clone()
        };
        let (index, record) = self.choose()?;
        let picture = Picture::new(record, index, &forms).map_err(Report::from_err)?;
        match &self.html {
            Some(path) => {
                fs::write(path, html::draw(&picture))
                    .map_err(|error| miette!("cannot write {}: {error}", path.display()))?;
                print(format_args!("{}\n", path.display()))?;
            }
            None => print(terminal::draw(&picture, Ink::for_stdout()))?,
        }
        Ok(Outcome::Done)
    }

    fn choose(&self) -> miette::Result<(usize, Record)> {
        let plain = |label: &pure::core::Label| label.to_string().trim_matches('"').to_owned();
        let wanted = |record: &Record| {
            let is = |label, asked: &Option<String>| {
                asked.as_ref().is_none_or(|asked| *asked == plain(label))
            };
            is(&record.id, &self.id) && is(&record.group, &self.group)
        };
        let records = read(&self.input)?;
        let found = records
            .into_iter()
            .enumerate()
            .find(|(_, record)| wanted(record));
        found.ok_or_else(|| miette!("{} has no such answer", self.input.display()))
    }
}

impl Picture {
    fn new(
        record: Record,
        index: usize,
        forms: &[CreditConfig],
    ) -> Result<Self, pure::core::Error> {
        let table = record.compare_forms(index, forms)?;
        let longer = with_one_more_step(&record).compare_forms(index, forms)?;
        let totals = longer.forms.iter().zip(&table.forms);
        let gains = totals
            .map(|(longer, now)| longer.total - now.total)
            .collect();
        Ok(Self {
            record,
            table,
            gains,
        })
    }
}

/// The answer with a step of one token more at its end, judged as its best one was.
fn with_one_more_step(record: &Record) -> Record {
    let mut longer = record.clone();
    longer.step_ends.push(record.length);
    longer.length += 1;
    let best = record.rewards.iter().copied().reduce(f32::max);
    longer.rewards.push(best.unwrap_or(1.0));
    (longer.old_logprobs, longer.ref_logprobs) = (None, None);
    longer
}
