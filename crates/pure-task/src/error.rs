//! Everything that can be wrong with settings, prompts or files, in words for a person.

use std::fmt;

use crate::chain::PromptFault;

/// What went wrong, and what was expected instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] pure_files::Error),
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
    /// A text is no prompt of the task.
    #[error("`{prompt}` is no prompt of the built-in task: {source}")]
    Prompt {
        /// The text, shortened if it is long.
        prompt: String,
        /// What is wrong with it.
        source: PromptFault,
    },
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
