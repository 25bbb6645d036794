//! Experiment files: TOML in, settings out, and every mistake shown with its place.
//!
//! ```text
//! file --\
//!         tree of settings -> T -> nothing left unread? -> T's own check -> T
//! --set -/
//! ```
//!
//! The tree remembers for each value where it was written, in the file or in an override, so that
//! whoever complains later, serde or the settings themselves, needs to know no more than a key.
//!
//! The structs of `T` carry `#[serde(deny_unknown_fields)]`. Where serde ignores that attribute, as in
//! internally tagged unit variants, the last look finds the settings that nothing has read.

mod build;
mod complaint;
mod diagnose;
mod error;
mod list;
mod missing;
mod nearest;
mod overrides;
mod place;
mod renamed;
mod source;
mod template;
mod tree;
mod unread;
mod validate;
mod values;
mod variants;
mod words;
mod wrong;

#[cfg(test)]
mod tests;

use std::path::Path;

pub use error::{ConfigError, Fault};
pub use list::{Setting, SettingDefault, keys, list, schema};
use nearest::Names;
pub use overrides::Override;
pub use place::Place;
pub use renamed::{Renamed, Renaming};
pub use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
pub use template::template;
pub use validate::{Invalid, Validate};
use wrong::Wrong;

/// Settings, and what is to be told to whoever wrote them.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded<T> {
    /// The settings.
    pub settings: T,
    /// Those that are written under former names.
    pub renamed: Vec<Renamed>,
}

/// Reads the settings of an experiment from a TOML file, changed by `overrides`, the later the stronger.
///
/// # Errors
///
/// [`ConfigError`]: the file cannot be read, or one of the settings is wrong.
pub fn load<T>(path: &Path, overrides: &[Override]) -> Result<Loaded<T>, ConfigError>
where
    T: DeserializeOwned + Validate,
{
    parse(path, &source::read(path)?, overrides)
}

/// [`load`] of a file's text; `name` stands in the errors.
///
/// # Errors
///
/// [`ConfigError::Setting`]: one of the settings is wrong.
pub fn parse<T>(name: &Path, text: &str, overrides: &[Override]) -> Result<Loaded<T>, ConfigError>
where
    T: DeserializeOwned + Validate,
{
    read((name, text), overrides).map_err(|wrong| wrong.locate((name, text)))
}

fn read<T>(file: (&Path, &str), overrides: &[Override]) -> Result<Loaded<T>, Wrong>
where
    T: DeserializeOwned + Validate,
{
    let mut tree = build::document(file.1)?;
    let mut renamed = renamed::rename(&mut tree, T::RENAMED, file)?;
    for change in overrides {
        let mut change = change.clone();
        renamed.extend(change.rename(T::RENAMED)?);
        change.apply(&mut tree)?;
    }
    let settings = T::deserialize(&tree).map_err(|complaint| {
        let missing = missing::missing::<T>(&complaint, &tree);
        diagnose::diagnose(complaint, &missing, &Names::of::<T>(), &tree)
    })?;
    if let Some(wrong) = unread::unread::<T>(&mut tree) {
        return Err(wrong);
    }
    match settings.validate() {
        Ok(()) => Ok(Loaded { settings, renamed }),
        Err(invalid) => Err(diagnose::refused(invalid, &tree)),
    }
}

/// The whole text of a file that holds these settings, those left at their defaults included.
///
/// # Errors
///
/// [`ConfigError::Unwritable`]: TOML has no form for a value, as for a path that is not Unicode.
pub fn resolved<T: Serialize>(settings: &T) -> Result<String, ConfigError> {
    toml::to_string(settings).map_err(|source| ConfigError::Unwritable { source })
}
