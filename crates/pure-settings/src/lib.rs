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

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod build;
mod complaint;
mod diagnose;
mod error;
mod nearest;
mod overrides;
mod place;
mod source;
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
pub use overrides::Override;
pub use place::Place;
use serde::Serialize;
use serde::de::DeserializeOwned;
pub use validate::{Invalid, Validate};

/// Reads the settings of an experiment from a TOML file, changed by `overrides`, the later the stronger.
///
/// # Errors
///
/// [`ConfigError`]: the file cannot be read, or one of the settings is wrong.
pub fn load<T>(path: &Path, overrides: &[Override]) -> Result<T, ConfigError>
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
pub fn parse<T>(name: &Path, text: &str, overrides: &[Override]) -> Result<T, ConfigError>
where
    T: DeserializeOwned + Validate,
{
    let mut tree = build::document(text).map_err(|wrong| wrong.locate(name, text))?;
    for change in overrides {
        change
            .apply(&mut tree)
            .map_err(|wrong| wrong.locate(name, text))?;
    }
    let settings = T::deserialize(&tree)
        .map_err(|complaint| diagnose::diagnose(complaint, &tree).locate(name, text))?;
    if let Some(wrong) = unread::unread::<T>(&mut tree) {
        return Err(wrong.locate(name, text));
    }
    match settings.validate() {
        Ok(()) => Ok(settings),
        Err(invalid) => Err(diagnose::refused(invalid, &tree).locate(name, text)),
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
