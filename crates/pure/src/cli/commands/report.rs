//! `pure report`: what runs of training did, as a page for a browser and a table for the terminal.

use std::path::PathBuf;

use clap::Args;
use pure::report::{Error, Kind, Report};

use crate::cli::support::{Outcome, advise, print};

/// Tell what runs did, and how they differ, on one page for a browser
///
/// Of `pure train`: curves of all that was measured, the moment of collapse, what the monitor noticed, lengths,
/// answers before and after with what each form of credit would pay their steps. Of `pure sft` and `pure prm
/// train`: loss and the measures on held-out data; the stages of a reward model follow one another. Of all:
/// when, on what and from what they were made, settings, times. Curves are drawn over steps, tokens or time.
///
/// Runs of one kind can be named together. Those that differ in nothing but the seed are taken as one arm,
/// with bands. The page is one file with nothing to load; a table of the arms goes to standard output.
#[derive(Args)]
pub struct Command {
    /// Folders of runs; a run that is still going will do
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// The page [default: report.html in the run's folder, or here if there are several]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The table as JSON: one object an arm
    #[arg(long)]
    json: bool,
}

impl Command {
    pub fn run(self) -> miette::Result<Outcome> {
        let report = Report::read(&self.runs).map_err(explain)?;
        let page = self.output.unwrap_or_else(|| match self.runs.as_slice() {
            [run] => run.join("report.html"),
            _ => PathBuf::from("report.html"),
        });
        pure::files::write(&page, report.to_html()).map_err(miette::Report::from_err)?;
        if self.json {
            let rows = match report.kind() {
                Kind::Policy => serde_json::to_string(report.summaries()),
                Kind::Sft | Kind::RewardModel => serde_json::to_string(report.supervised()),
            };
            let rows = rows.expect("numbers and names are JSON");
            print(format_args!("{rows}\n"))?;
        } else {
            print(format_args!("{}\n{}\n", report.table(), page.display()))?;
        }
        Ok(Outcome::Done)
    }
}

/// The error with what to do about it.
fn explain(error: Error) -> miette::Report {
    let advice = match error {
        Error::NotARun { .. } | Error::OtherRun { .. } => {
            Some("name the folder that --output named when the run was begun")
        }
        Error::Line { .. } | Error::Answer { .. } | Error::Config { .. } => {
            Some("a run writes it otherwise: was it changed or cut by hand?")
        }
        _ => None,
    };
    advise(&error, advice)
}
