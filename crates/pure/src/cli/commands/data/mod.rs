//! `pure data`: what a run is fed with.

mod check;
mod judge;
mod make;
mod mix;
mod overlap;
mod picture;
mod records;
mod select;

use std::path::Path;

use clap::Subcommand;
use miette::{Report, miette};
use pure::data::Error;

use crate::cli::support::Outcome;

#[derive(Subcommand)]
pub enum Data {
    Check(check::Check),
    Judge(judge::Judge),
    Make(make::Make),
    Mix(mix::Mix),
    Overlap(overlap::Overlap),
    Select(select::Select),
}

impl Data {
    pub fn run(self) -> miette::Result<Outcome> {
        match self {
            Self::Check(command) => command.run(),
            Self::Judge(command) => command.run(),
            Self::Make(command) => command.run(),
            Self::Mix(command) => command.run(),
            Self::Overlap(command) => command.run(),
            Self::Select(command) => command.run(),
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

/// Whether two paths lead to one file.
fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
