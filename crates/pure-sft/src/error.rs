//! Everything that can go wrong with fine-tuning, in words for a person.

use std::path::PathBuf;

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
}
