//! The command line: its [commands], each a file with its arguments and what it does, and what they share.
//!
//! Exit codes: 0 done, 1 failed (also in part), 2 the command line itself is wrong.

mod commands;
mod support;

use std::process::ExitCode;

use clap::Parser;

use self::commands::Command;
use self::support::{Outcome, is_closed};

/// Reinforcement learning of language models from process rewards.
#[derive(Parser)]
#[command(name = "pure", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

pub fn run() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::InPart) => ExitCode::FAILURE,
        Err(report) if is_closed(&report) => ExitCode::SUCCESS,
        Err(report) => {
            eprintln!("{report:?}");
            ExitCode::FAILURE
        }
    }
}
