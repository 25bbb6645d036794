//! `pure prm`: process reward models, and what they learn from.

mod eval;
mod label;
mod train;

use clap::{Args, Subcommand};

use crate::cli::support::Outcome;

/// Process reward models: train one, measure one, and make what it learns from
#[derive(Args)]
pub struct Prm {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Eval(eval::Eval),
    Label(label::Label),
    Train(train::Train),
}

impl Prm {
    pub fn run(self) -> miette::Result<Outcome> {
        match self.command {
            Command::Eval(command) => command.run(),
            Command::Label(command) => command.run(),
            Command::Train(command) => command.run(),
        }
    }
}
