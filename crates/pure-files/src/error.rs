//! Everything that can go wrong with a file, in words for a person.

use std::io;
use std::path::{Path, PathBuf};

/// What went wrong, with which file, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}{}", path.display(), advice(source))]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder cannot be written.
    #[error("cannot write {}: {source}{}", path.display(), advice(source))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder cannot be removed.
    #[error("cannot remove {}: {source}{}", path.display(), advice(source))]
    Remove {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A path leads to something that is no file.
    #[error("{} is {found}: name a file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What is there, in words.
        found: &'static str,
    },
    /// A path has no last part that could be the name of a file.
    #[error("`{}` names no file or folder that could be written: give it a name", path.display())]
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// A file is larger than what is read at once.
    #[error("{} has more than {limit} bytes: is it the right file?", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: u64,
    },
    /// A line is longer than any that is read.
    #[error("{}, line {line}: longer than {limit} bytes; is it a file of lines?", path.display())]
    LineTooLong {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: u64,
        /// The limit.
        limit: usize,
    },
    /// A line is no text.
    #[error(
        "{}, line {line}: not valid UTF-8 from byte {} on; save the file as UTF-8",
        path.display(), valid + 1
    )]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: u64,
        /// How many bytes of the line are valid.
        valid: usize,
    },
    /// Another process holds the lock.
    #[error("{} is held by another process: wait until it has ended, or stop it", path.display())]
    InUse {
        /// The lock.
        path: PathBuf,
    },
}

impl Error {
    /// Whether it is only that there is no such file.
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::Read { source, .. } | Self::Write { source, .. } => {
                source.kind() == io::ErrorKind::NotFound
            }
            _ => false,
        }
    }

    pub(crate) fn not_a_file(path: &Path, found: &'static str) -> Self {
        let path = path.to_owned();
        Self::NotAFile { path, found }
    }

    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Read { path, source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Write { path, source }
    }
}

/// What a person can do about it, where that is not plain.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; make room, then run the command again"
        }
        io::ErrorKind::ReadOnlyFilesystem => "; name a place that can be written to",
        io::ErrorKind::PermissionDenied => "; see who may read and write there",
        _ => "",
    }
}
