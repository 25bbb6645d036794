//! Everything that can be wrong with an experiment file, in words for a person.

use std::path::PathBuf;

use super::place::Place;

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file is missing, or may not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The path leads to a folder.
    #[error("{} is a folder; name the TOML file in it", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The file is longer than experiment files are.
    #[error("{} has more than {limit} bytes: that is no experiment file", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most that is read.
        limit: u64,
    },
    /// The file is not text.
    #[error("{}, line {line}: this is not UTF-8 text", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line of the first byte that is no text.
        line: usize,
    },
    /// An override is not of the form `KEY=VALUE`.
    #[error("`{found}` is not KEY=VALUE, as in `optimizer.learning_rate=1e-5`")]
    NotAnOverride {
        /// The override.
        found: String,
    },
    /// A setting is wrong.
    #[error("{place}: {fault}")]
    Setting {
        /// Where it is written.
        place: Box<Place>,
        /// What is wrong with it.
        #[source]
        fault: Fault,
    },
    /// The settings hold a value that TOML cannot write.
    #[error("the settings cannot be written as TOML: {source}")]
    Unwritable {
        /// What the writer said.
        source: toml::ser::Error,
    },
}

/// What is wrong with a setting: a sentence with its key, dotted from the top, `stages[1].steps`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub(super) String);

impl Fault {
    /// How it ends where settings are missing.
    pub(super) const NO_DEFAULT: &'static str = "no default";

    /// Whether the fault is that settings are missing.
    pub fn is_missing(&self) -> bool {
        self.0.ends_with(Self::NO_DEFAULT)
    }
}

impl ConfigError {
    /// Where the setting at fault was written.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Setting { place, .. } => Some(place),
            _ => None,
        }
    }
}
