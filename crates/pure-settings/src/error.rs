//! Everything that can be wrong with an experiment file, in words for a person.

use std::path::PathBuf;

use super::nearest::{names_or_nearest, settings_or_nearest};
use super::place::Place;
use super::words::named;

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
        fault: Box<Fault>,
    },
    /// The settings hold a value that TOML cannot write.
    #[error("the settings cannot be written as TOML: {source}")]
    Unwritable {
        /// What the writer said.
        source: toml::ser::Error,
    },
}

/// What is wrong with a setting. Keys are dotted from the top, `stages[1].steps`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The text is not TOML.
    #[error("this is not TOML: {reason}")]
    Syntax {
        /// What the parser said.
        reason: String,
    },
    /// Tables lie in tables without end.
    #[error("{} is nested deeper than settings are", named(key))]
    TooDeep {
        /// The first that is too deep.
        key: String,
    },
    /// A key stands twice in a table.
    #[error("{key} is given twice")]
    Twice {
        /// The last part of the key, as it is written.
        key: String,
    },
    /// A setting is given under two of its names.
    #[error("{key} is given twice, once under another name")]
    TwoNames {
        /// The key, under its present name.
        key: String,
    },
    /// There is no such key.
    #[error("{key} is not a setting; {}", settings_or_nearest(key, known))]
    UnknownKey {
        /// The key.
        key: String,
        /// Every key of its table.
        known: Vec<String>,
    },
    /// The key stands where nothing reads it, as beside the name of a kind that has no settings.
    #[error("{key} is not a setting here: nothing reads it")]
    Unread {
        /// The key.
        key: String,
    },
    /// More than a name is given for a kind that has no settings.
    #[error("{} has settings beside its name, and this kind has none", named(key))]
    NotAlone {
        /// The key.
        key: String,
    },
    /// The value is none of the names that there are.
    #[error(
        "{} cannot be {found:?}; {}",
        named(key),
        names_or_nearest(found, known)
    )]
    UnknownName {
        /// The key.
        key: String,
        /// Its value.
        found: String,
        /// Every name.
        known: Vec<String>,
    },
    /// The key must be given.
    #[error("{key} is missing, and has no default")]
    Missing {
        /// The key.
        key: String,
    },
    /// The value is of another kind than the setting's.
    #[error("{} is {found}, but must be {expected}", named(key))]
    Wrong {
        /// The key.
        key: String,
        /// What it is.
        found: String,
        /// What it must be.
        expected: String,
    },
    /// An override goes into something that holds no settings.
    #[error("{key} is {found}, so nothing in it can be set; set {key} as a whole")]
    InTheWay {
        /// The key.
        key: String,
        /// What it is.
        found: String,
    },
    /// The type of the setting takes no such value.
    #[error("{}: {reason}", named(key))]
    Refused {
        /// The key.
        key: String,
        /// What the type said.
        reason: String,
    },
    /// The value contradicts others.
    #[error("{}{} {reason}", named(key), if *default { ", left at its default," } else { "" })]
    Invalid {
        /// The key.
        key: String,
        /// What is wrong.
        reason: String,
        /// Whether the value was written nowhere.
        default: bool,
    },
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
