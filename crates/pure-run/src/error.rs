//! Everything that can go wrong with a run, in words for a person.

use std::path::{Path, PathBuf};

/// What went wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the run, as a file.
    #[error(transparent)]
    File(#[from] pure_files::Error),
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file or folder cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A run's folder is that of a run with other settings.
    #[error(
        "{} holds a run with other settings ({difference}): choose another `output`, or remove it",
        path.display()
    )]
    OtherSettings {
        /// The run's folder.
        path: PathBuf,
        /// The first line that differs.
        difference: String,
    },
    /// What a run reads is not what it was when the run began.
    #[error(
        "{} has changed since the run in {} began: put back what it was, or choose another `output`",
        input.display(),
        path.display()
    )]
    OtherInput {
        /// The run's folder.
        path: PathBuf,
        /// The file or folder that has changed.
        input: PathBuf,
    },
    /// Another process works in the run's folder.
    #[error("{} is in use by another process", path.display())]
    InUse {
        /// The run's folder.
        path: PathBuf,
    },
    /// The folder that a run is to be made in is something else.
    #[error("{} is not empty and holds no run: choose another `output`", path.display())]
    NotARun {
        /// The folder.
        path: PathBuf,
    },
    /// A run has logs, and no checkpoint to go on from.
    #[error(
        "{} was trained for {steps} steps, and no checkpoint is left to go on from{}: put `checkpoints` \
         back, or remove the run's folder to begin anew",
        path.display(),
        in_brackets(damaged)
    )]
    NoCheckpoint {
        /// The run's folder.
        path: PathBuf,
        /// Steps that its logs know of.
        steps: u64,
        /// What is wrong with the checkpoints that are there.
        damaged: Vec<String>,
    },
    /// A part of a checkpoint cannot be saved or loaded.
    #[error("after step {step}, `{part}` ({}): {reason}", path.display())]
    Part {
        /// Steps that were taken.
        step: usize,
        /// The part.
        part: &'static str,
        /// Its file, or the checkpoint's folder.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The result is to be the best checkpoint, and there is none.
    #[error("there is no checkpoint with an evaluation that the result could be")]
    NoBest,
    /// What a checkpoint knows of the learner cannot be read.
    #[error("the state in the checkpoint is of no use: {0}")]
    State(String),
    /// Too many updates in a row were skipped.
    #[error(
        "{count} updates in a row were skipped, the last of them in step {step}, because gradients were not \
         finite or ratios exploded: lower the learning rate"
    )]
    Diverged {
        /// How many.
        count: usize,
        /// The last of them.
        step: usize,
    },
    /// No update of the whole run could be used.
    #[error(
        "all {count} updates of the run were skipped, because gradients were not finite or ratios exploded: \
         the model has learned nothing and is not saved; lower the learning rate"
    )]
    NothingLearned {
        /// How many.
        count: usize,
    },
    /// The data hold nothing to learn from.
    #[error("{}: {reason}", path.display())]
    NothingToLearn {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

fn in_brackets(damaged: &[String]) -> String {
    match damaged.is_empty() {
        true => String::new(),
        false => format!(" ({})", damaged.join("; ")),
    }
}

impl Error {
    pub(crate) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path, source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path, source }
    }
}
