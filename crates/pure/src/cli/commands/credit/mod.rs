//! `pure credit`: from scored answers to advantages, by the method's arithmetic alone.

mod explain;
mod settings;
mod terminal;

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use miette::{Report, WrapErr, miette};
use pure::core::{CreditedRecord, CreditedRecords, Record};
use settings::Settings;

use crate::cli::support::records::{Input, Line};
use crate::cli::support::{Outcome, print, table};

/// Credit and advantages of scored answers
///
/// Reads JSON Lines {"group", "id", "length", "step_ends", "rewards", "outcome", "old_logprobs",
/// "ref_logprobs"}, the last two if there is to be a KL penalty; answers of a group may stand
/// anywhere. Writes {"group", "id", "token_rewards", "returns", "baseline", "advantages"} in the
/// same order, and "filtered" with answers that are not learned from: JSON Lines, or a table where a
/// person is watching.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Credit {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Run,
}

#[derive(Subcommand)]
enum Command {
    Explain(explain::Explain),
}

#[derive(Args)]
struct Run {
    /// JSON Lines, or - for standard input
    #[arg(long, value_name = "FILE|-", required = true)]
    input: Option<PathBuf>,
    /// Reference answers to the same prompts, as JSON Lines like those of the input, where the settings
    /// compare rewards with theirs (--preset par)
    #[arg(long, value_name = "FILE")]
    references: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// JSON Lines also on a terminal
    #[arg(long)]
    json: bool,
}

impl Credit {
    pub fn run(self) -> miette::Result<Outcome> {
        match self.command {
            Some(Command::Explain(command)) => command.run(),
            None => self.run.run(),
        }
    }
}

impl Run {
    fn run(self) -> miette::Result<Outcome> {
        let method = self.settings.resolve()?.build().map_err(Report::from_err)?;
        let asked = "clap asks for it where there is no subcommand";
        let records = read(&self.input.expect(asked))?;
        let references = self.references.as_deref().map_or(Ok(Vec::new()), read)?;
        let credited = method.run_records_against(&records, &references);
        let credited = credited.map_err(Report::from_err)?;
        for note in notes(&credited) {
            eprintln!("note: {note}");
        }
        let text = if self.json || !stdout().is_terminal() {
            let lines = credited.records.iter().map(|record| {
                serde_json::to_string(record).expect("numbers and names are JSON") + "\n"
            });
            lines.collect()
        } else {
            as_table(&credited.records)
        };
        print(text)?;
        Ok(Outcome::Done)
    }
}

/// All records, for the answers of a group may stand anywhere; the first bad line ends it.
fn read(path: &std::path::Path) -> miette::Result<Vec<Record>> {
    let lines = Input::open(path)?.lines();
    let record = |line: miette::Result<Line<Record>>| {
        let line = line?;
        let place = || format!("{}, line {}", path.display(), line.number);
        let record = line.record.map_err(|error| miette!("{error}"));
        record.wrap_err_with(place)
    };
    lines.map(record).collect()
}

/// What a person should know before trusting the numbers.
fn notes(credited: &CreditedRecords) -> Vec<String> {
    let report = &credited.report;
    let names = |groups: &[usize]| {
        const SHOWN: usize = 5;
        let shown = groups.iter().take(SHOWN);
        let names = shown.map(|&group| credited.groups[group].to_string());
        let mut names: Vec<String> = names.collect();
        if groups.len() > SHOWN {
            names.push("…".to_owned());
        }
        names.join(", ")
    };
    let mut notes = Vec::new();
    if report.limit_is_longest {
        notes.push(format!(
            "the longest answer, {} tokens, stands in for --limit; advantages depend on it",
            report.limit
        ));
    }
    if report.filtered > 0 {
        notes.push(format!(
            "{} of {} answers are filtered out: their advantages are 0",
            report.filtered,
            credited.records.len()
        ));
    }
    let (alone, alike) = (&report.groups_of_one, &report.groups_without_signal);
    for (groups, what) in [
        (alone, "one answer, so nothing to compare with"),
        (alike, "answers of equal reward, so no signal"),
    ] {
        if !groups.is_empty() {
            let (count, of, names) = (groups.len(), report.groups, names(groups));
            notes.push(format!("{count} of {of} groups have {what}: {names}"));
        }
    }
    notes
}

fn as_table(records: &[CreditedRecord]) -> String {
    let [first, lowest, highest] = ["advantage, first", "lowest", "highest"];
    let head = ["group", "id", "tokens", "paid", first, lowest, highest];
    let row = |record: &CreditedRecord| {
        let number = |number: f32| format!("{number:+.4}");
        let known = |advantage: Option<f32>| advantage.map_or_else(String::new, number);
        let advantages = || record.advantages.iter().copied();
        [
            record.group.to_string(),
            record.id.to_string(),
            record.advantages.len().to_string(),
            number(record.token_rewards.iter().sum()),
            known(advantages().next()),
            known(advantages().reduce(f32::min)),
            known(advantages().reduce(f32::max)),
        ]
    };
    let rows = std::iter::once(head.map(str::to_owned)).chain(records.iter().map(row));
    table(&rows.collect::<Vec<_>>())
}
