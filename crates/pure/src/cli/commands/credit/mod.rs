//! `pure credit`: from scored answers to advantages, by the method's arithmetic alone.

mod explain;
mod scored;
mod settings;
mod terminal;

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use miette::Report;
use pure::core::{CreditedRecord, CreditedRecords};
use scored::Scored;
use settings::Settings;

use crate::cli::support::{Outcome, print, table};

/// Credit and advantages of scored answers
///
/// Reads {"group", "id", "length", "step_ends", "rewards", "outcome", "old_logprobs", "ref_logprobs"} in JSON Lines, a
/// JSON array or Parquet, the last two if there is to be a KL penalty; answers of a group may stand anywhere. What
/// `pure generate`, `pure verify` and `pure score` write stands for what is not there: "id" and "sample" for the group
/// and the id, "correct" for the outcome, "finish" for "truncated", the number of "tokens" for "length" where no step is
/// rewarded. Other fields are not looked at; records that a command before this one refused are left out, and the exit
/// code is 1 then. Writes {"group", "id", "token_rewards", "returns", "baseline", "advantages"} in the
/// same order, and "filtered" with answers that are not learned from: JSON Lines, or a table where a
/// person is watching.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
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
    /// File of scored answers, or - for standard input
    #[arg(long, value_name = "FILE|-", default_value = "-")]
    input: PathBuf,
    /// Reference answers to the same prompts, as records like those of the input, where the settings
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
        let settings = self.settings.resolve()?;
        let needs_rewards = settings.uses_step_rewards();
        let method = settings.build().map_err(Report::from_err)?;
        let scored = Scored::read(&self.input, needs_rewards)?;
        let references = match &self.references {
            Some(path) => Scored::read(path, needs_rewards)?.records,
            None => Vec::new(),
        };
        let credited = method.run_records_against(&scored.records, &references);
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
        Ok(scored.outcome())
    }
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
