//! `pure prm`: process reward models, and what they learn from.

mod eval;
mod label;
mod train;

use clap::Subcommand;

use crate::cli::support::Outcome;

#[derive(Subcommand)]
pub enum Prm {
    Eval(eval::Eval),
    Label(label::Label),
    Train(train::Train),
}

impl Prm {
    pub fn run(self) -> miette::Result<Outcome> {
        match self {
            Self::Eval(command) => command.run(),
            Self::Label(command) => command.run(),
            Self::Train(command) => command.run(),
        }
    }
}
