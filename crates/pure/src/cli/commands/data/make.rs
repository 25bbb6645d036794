//! `pure data make`: the folder of the built-in task.

use std::path::PathBuf;

use clap::Args;
use miette::miette;
use pure::task::Error;
use pure::task::chain::{Level, Made, MakeOptions, make};
use serde_json::{Value, json};

use crate::cli::support::{Outcome, named, print, refuse_if_used, table};

/// Make a folder of the built-in task: prompts, solutions, step labels and a tokenizer
///
/// The task is arithmetic in steps, so that a small model learns it in minutes and every step can be
/// judged. The same options give the same bytes.
#[derive(Args)]
pub struct Make {
    /// Folder to make; one that holds something is left alone
    #[arg(long, value_name = "DIR", visible_alias = "output")]
    out: PathBuf,
    /// How hard the problems are
    #[arg(long, default_value = "base", value_parser = named(&Level::PRESETS))]
    level: Level,
    /// Decides everything that is random
    #[arg(long, value_name = "N", default_value_t = MakeOptions::default().seed)]
    seed: u64,
    /// Prompts to train on
    #[arg(long, value_name = "N", default_value_t = MakeOptions::default().train)]
    train: u64,
    /// Prompts to evaluate on, and as many step-labelled answers
    #[arg(long, value_name = "N", default_value_t = MakeOptions::default().held_out)]
    held_out: u64,
    /// Prompts of each other level, to evaluate on
    #[arg(long, value_name = "N", default_value_t = MakeOptions::default().others)]
    others: u64,
    /// Solutions to imitate, with mistakes and fillers
    #[arg(long, value_name = "N", default_value_t = MakeOptions::default().sft)]
    sft: u64,
    /// Solutions without a mistake, to begin a reward model from
    #[arg(long, value_name = "N", default_value_t = MakeOptions::default().trunk)]
    trunk: u64,
    /// Step-labelled answers
    #[arg(long, value_name = "N", default_value_t = MakeOptions::default().steps)]
    steps: u64,
    /// Replace files of the same names in a folder that holds something
    #[arg(long)]
    force: bool,
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
}

impl Make {
    pub fn run(self) -> miette::Result<Outcome> {
        if !self.force {
            let help = "give another folder, or --force to replace the files of this one";
            refuse_if_used(&self.out, help)?;
        }
        let options = MakeOptions {
            level: self.level,
            seed: self.seed,
            train: self.train,
            held_out: self.held_out,
            others: self.others,
            sft: self.sft,
            trunk: self.trunk,
            steps: self.steps,
            ..MakeOptions::default()
        };
        let made = make(&options, &self.out).map_err(|error| match error {
            Error::File(_) => miette!(
                help = "check the path, the space left, and that you may write there",
                "{error}"
            ),
            _ => miette!("{error}"),
        })?;
        print(match self.json {
            true => self.as_json(&made),
            false => self.as_table(&made),
        })?;
        Ok(Outcome::Done)
    }

    fn as_json(&self, made: &Made) -> String {
        let records: Value = made.files.iter().cloned().collect();
        let made = json!({
            "folder": self.out.display().to_string(),
            "level": self.level.name(),
            "seed": self.seed,
            "records": records,
        });
        format!("{made}\n")
    }

    fn as_table(&self, made: &Made) -> String {
        let row = |name: &str, records: &str, what: &str| {
            [name.to_owned(), format!("{records:>7}"), what.to_owned()]
        };
        let mut rows = vec![row("file", "records", "what it holds")];
        for (name, count) in &made.files {
            rows.push(row(name, &count.to_string(), &content(name)));
        }
        rows.push(row("tokenizer/", "", "tokenizer and chat template"));
        rows.push(row("data.json", "", "how all this was made"));
        format!("{}\n{}", self.out.display(), table(&rows))
    }
}

/// What is in a file, in words.
fn content(file: &str) -> String {
    match file {
        "train.jsonl" => "prompts to train on, with answers".to_owned(),
        "held_out.jsonl" => "prompts to evaluate on".to_owned(),
        "sft.jsonl" => "solutions to imitate".to_owned(),
        "trunk.jsonl" => "solutions without a mistake".to_owned(),
        "steps.jsonl" => "answers with a label for each step".to_owned(),
        "steps_held_out.jsonl" => "the same, to evaluate on".to_owned(),
        other => {
            let level = other.trim_end_matches(".jsonl");
            format!("prompts of the level {level}, to evaluate on")
        }
    }
}
