//! Everything that can be wrong with settings or data, in words for a person.

use crate::label::Label;

/// What went wrong, where, and what was expected instead.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting has a value that has no meaning.
    #[error("`{key}` is {found}, but must be {expected}")]
    Setting {
        /// The setting.
        key: &'static str,
        /// Its value.
        found: String,
        /// What would be right.
        expected: &'static str,
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
    /// A response of a batch contradicts itself, or holds infinities or NaN.
    #[error("response {index}: {source}")]
    Response {
        /// Its place in the batch, counted from 0.
        index: usize,
        /// What is wrong with it.
        source: Fault,
    },
    /// A record contradicts itself, or holds infinities or NaN.
    #[error("record {index} (group {}, id {}): {source}", group.shortened(), id.shortened())]
    Record {
        /// Its place among the records, counted from 0.
        index: usize,
        /// The record's group.
        group: Label,
        /// The record's name.
        id: Label,
        /// What is wrong with it.
        source: Fault,
    },
    /// There is nothing to compare.
    #[error("there are no responses")]
    NoResponses,
}

/// What is wrong with one response, in words.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub(crate) String);

/// Refuses the value of a setting that is not `valid`.
pub(crate) fn check_setting(
    valid: bool,
    key: &'static str,
    found: impl std::fmt::Display,
    expected: &'static str,
) -> Result<(), Error> {
    if valid {
        return Ok(());
    }
    Err(Error::Setting {
        key,
        found: found.to_string(),
        expected,
    })
}

/// Refuses what is negative or infinite.
pub(crate) fn check_amount(key: &'static str, found: f64) -> Result<(), Error> {
    check_setting(found >= 0.0 && found.is_finite(), key, found, "0 or more")
}

/// Refuses what is not above 0, or infinite.
pub(crate) fn check_positive(key: &'static str, found: f64) -> Result<(), Error> {
    check_setting(found > 0.0 && found.is_finite(), key, found, "above 0")
}

/// Refuses what is out of the range of rewards.
pub(crate) fn check_f32(key: &'static str, found: f64) -> Result<(), Error> {
    let valid = found.abs() <= f64::from(f32::MAX);
    check_setting(valid, key, found, "finite")
}

/// Refuses what is not from 0 to 1.
pub(crate) fn check_discount(key: &'static str, found: f64) -> Result<(), Error> {
    check_setting((0.0..=1.0).contains(&found), key, found, "from 0 to 1")
}
