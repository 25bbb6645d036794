//! `pure report`: what runs of training did, as a page for a browser and a table for the terminal.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;
use pure::report::{Error, Kind, Report};
use pure::run::stop_on_signals;

use crate::cli::support::{Outcome, advise, print};

/// Tell what runs did, and how they differ, on one page for a browser
///
/// Of `pure train`: curves of all that was measured, the moment of collapse, what the monitor noticed, lengths,
/// answers before and after with what each form of credit would pay their steps. Of `pure sft` and `pure prm
/// train`: loss and the measures on held-out data; the stages of a reward model follow one another. Of all:
/// when, on what and from what they were made, settings, times. Curves are drawn over steps, tokens or time.
/// Answers of policies are found by filters: wrong, cut off, by the reward of their lowest step, by their text.
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
    /// Write the page anew every ten seconds, and have the browser load it again, until all runs have their results
    /// or Ctrl-C ends it
    #[arg(long)]
    live: bool,
    /// The table as JSON: one object an arm
    #[arg(long)]
    json: bool,
}

/// Seconds from one page of a run that goes on to the next.
const SECONDS: u32 = 10;

impl Command {
    pub fn run(self) -> miette::Result<Outcome> {
        let mut report = Report::read(&self.runs).map_err(explain)?;
        let page = self.output.unwrap_or_else(|| match self.runs.as_slice() {
            [run] => run.join("report.html"),
            _ => PathBuf::from("report.html"),
        });
        let write =
            |html: String| pure::files::write(&page, html).map_err(miette::Report::from_err);
        if self.live && !report.is_done() {
            let interrupter = stop_on_signals();
            eprintln!("{} follows the run; Ctrl-C ends that", page.display());
            while !report.is_done() && !interrupter.should_stop() {
                write(report.to_live_html(SECONDS))?;
                let since = Instant::now();
                while since.elapsed().as_secs() < SECONDS.into() && !interrupter.should_stop() {
                    sleep(Duration::from_millis(100));
                }
                report = Report::read(&self.runs).map_err(explain)?;
            }
        }
        write(report.to_html())?;
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
