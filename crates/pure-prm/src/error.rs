//! Everything that can go wrong with reward models, in words for a person.

use std::path::PathBuf;

use crate::judgement::JudgementError;
use crate::step_read_error::StepReadError;

/// What went wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A model's folder, a device or a text.
    #[error(transparent)]
    Model(#[from] pure_model::Error),
    /// A data file as a whole.
    #[error(transparent)]
    Data(#[from] pure_data::Error),
    /// A record of a data file.
    #[error(transparent)]
    Record(#[from] pure_data::BadRecord),
    /// The run.
    #[error(transparent)]
    Run(#[from] pure_run::Error),
    /// A file.
    #[error(transparent)]
    File(#[from] pure_files::Error),
    /// The tokens of steps cannot be found.
    #[error(transparent)]
    Steps(#[from] StepReadError),
    /// What a reward model says, or a threshold, that has no meaning.
    #[error(transparent)]
    Judgement(#[from] JudgementError),
    /// An example that cannot be used.
    #[error("{}, {id}: {reason}", path.display())]
    Example {
        /// The file.
        path: PathBuf,
        /// Its name, or its place in the file.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A search whose settings have no meaning.
    #[error(
        "a beam search of {n} answers with a beam width of {beam_width} keeps {n} / {beam_width} of them, which must be \
         a whole number of 1 or more"
    )]
    Beams {
        /// Answers that are continued in the first round.
        n: usize,
        /// Continuations of each one that is kept.
        beam_width: usize,
    },
    /// What the policy was asked for could not be sampled.
    #[error(transparent)]
    Sampling(#[from] pure_rollout::Error),
    /// A sample that cannot be judged.
    #[error("a sample of {id:?} cannot be judged: {reason}")]
    Sample {
        /// The name of its question.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
}
