//! Everything that can be wrong with a file, in words for a person.

use std::io;
use std::path::{Path, PathBuf};

use crate::fault::{BadRecord, named};

/// What went wrong, where, and what was expected instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] pure_files::Error),
    /// A file is neither JSON nor Parquet.
    #[error("{} is neither JSON lines, nor a JSON array, nor Parquet: it begins with {found}", path.display())]
    UnknownLayout {
        /// The file.
        path: PathBuf,
        /// Its first bytes.
        found: String,
    },
    /// A file that begins like Parquet is broken, cut off, or of a kind that is not read.
    #[error("{} cannot be read as Parquet: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A Parquet file meets a program that does not read Parquet.
    #[error(
        "{} is Parquet, and this program was built without `parquet`: build it with \
         `--features parquet`, or save the file as JSON lines",
        path.display()
    )]
    NoParquet {
        /// The file.
        path: PathBuf,
    },
    /// A Parquet file holds other columns than are read.
    #[error("{} has the columns {}, but must have {expected}", path.display(), named(found))]
    Columns {
        /// The file.
        path: PathBuf,
        /// Its columns.
        found: Vec<String>,
        /// What is read, in words.
        expected: &'static str,
    },
    /// One record of a file is bad.
    #[error(transparent)]
    Record(#[from] BadRecord),
}

impl Error {
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::File(pure_files::Error::Read { path, source })
    }
}
