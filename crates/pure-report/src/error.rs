//! Everything that can be wrong with the folders of runs, in words for a person.

use std::path::PathBuf;

use crate::kind::Kind;

/// What went wrong, where, and what was expected instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No run was named.
    #[error("there is no run to report on: name the folder of one at least")]
    NoRuns,
    /// A run was named twice, which would make it two seeds.
    #[error("{} is named twice", folder.display())]
    Twice {
        /// The folder, as it was named the second time.
        folder: PathBuf,
    },
    /// A folder lacks what every run has.
    #[error("{} is no run that has begun: it has no {missing}", folder.display())]
    NotARun {
        /// The folder.
        folder: PathBuf,
        /// The file that should be there.
        missing: &'static str,
    },
    /// A folder holds something that is told of by no report.
    #[error(
        "{} is no run of `pure train`, `pure sft` or `pure prm train`: its config.toml has neither [method] nor `data`",
        folder.display()
    )]
    OtherRun {
        /// The folder.
        folder: PathBuf,
    },
    /// Runs of two kinds, whose curves are of different things.
    #[error(
        "{} is a run of `{one}` and {} is one of `{other}`: report on each kind by itself",
        folder.display(), other_folder.display()
    )]
    Kinds {
        /// The first folder.
        folder: PathBuf,
        /// Its kind.
        one: Kind,
        /// The first folder of another kind.
        other_folder: PathBuf,
        /// That kind.
        other: Kind,
    },
    /// A file cannot be read, or a line of it is too long or no text.
    #[error(transparent)]
    File(#[from] pure_files::Error),
    /// The settings of a run are not what a run writes.
    #[error("{}: {source}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        source: Box<toml::de::Error>,
    },
    /// A line of a file is not what a run writes.
    #[error("{}, line {line}: {}", path.display(), in_its_line(source))]
    Line {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: u64,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The steps of an answer contradict its tokens or its rewards.
    #[error("{}, line {line}: {source}", path.display())]
    Answer {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: u64,
        /// What contradicts what.
        source: Box<pure_core::Error>,
    },
    /// Nothing has been measured yet.
    #[error(
        "{} has neither an evaluation nor a step of training yet: wait for the run's first one",
        path.display()
    )]
    NothingMeasured {
        /// The file.
        path: PathBuf,
    },
}

/// What is wrong with a line of JSON, without the number 1 that it has to itself.
fn in_its_line(error: &serde_json::Error) -> String {
    error
        .to_string()
        .replace(" at line 1 column ", ", at column ")
}
