//! Everything that can be wrong with settings or files, in words for a person.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::chain::PromptFault;
use crate::fault::{BadRecord, Names};

/// What went wrong, where, and what was expected instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A setting has a value that has no meaning.
    #[error("`{key}` is {found}, but must be {expected}")]
    Setting {
        /// The setting.
        key: &'static str,
        /// Its value.
        found: String,
        /// What would be right.
        expected: String,
    },
    /// A name is none of those that there are.
    #[error("there is no {what} `{found}`; there are {known}")]
    UnknownName {
        /// What was named.
        what: &'static str,
        /// The name.
        found: String,
        /// Every name, in words.
        known: String,
    },
    /// A text is no prompt of the built-in task.
    #[error("`{prompt}` is no prompt of the built-in task: {source}")]
    Prompt {
        /// The text, shortened if it is long.
        prompt: String,
        /// What is wrong with it.
        source: PromptFault,
    },
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
        source: parquet::errors::ParquetError,
    },
    /// A Parquet file holds other columns than are read.
    #[error("{} has the columns {}, but must have {expected}", path.display(), Names(found))]
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
        |source| Self::Read { path, source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Write { path, source }
    }
}

/// Refuses the value of a setting that is not `valid`.
pub(crate) fn check_setting(
    valid: bool,
    key: &'static str,
    found: impl fmt::Display,
    expected: impl fmt::Display,
) -> Result<(), Error> {
    if valid {
        return Ok(());
    }
    Err(Error::Setting {
        key,
        found: found.to_string(),
        expected: expected.to_string(),
    })
}
