//! `pure prm`: process reward models.

mod train;

use clap::{Args, Subcommand};

use super::Outcome;

/// Process reward models: train one
#[derive(Args)]
pub struct Prm {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Train(train::Train),
}

impl Prm {
    pub fn run(self) -> miette::Result<Outcome> {
        match self.command {
            Command::Train(command) => command.run(),
        }
    }
}
