//! `pure data`: what a run is fed with.

mod check;
mod judge;
mod make;
mod picture;

use clap::{Args, Subcommand};
use miette::{Report, miette};
use pure::data::Error;

use crate::cli::support::Outcome;

/// Make the built-in task's data, or look at data of one's own
#[derive(Args)]
pub struct Data {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Check),
    Judge(judge::Judge),
    Make(make::Make),
}

impl Data {
    pub fn run(self) -> miette::Result<Outcome> {
        match self.command {
            Command::Check(command) => command.run(),
            Command::Judge(command) => command.run(),
            Command::Make(command) => command.run(),
        }
    }
}

/// An error of the library, with what to do about it.
pub fn explain(error: Error) -> Report {
    let advice = match &error {
        Error::File(_) => "check the path, and that you may read it",
        Error::UnknownLayout { .. } => "if it is one of them all the same, say so with `--layout`",
        Error::Parquet { .. } => "copy or download the file again",
        Error::Columns { .. } => "rename the columns, or choose another file",
        _ => return miette!("{error}"),
    };
    miette!(help = advice, "{error}")
}
