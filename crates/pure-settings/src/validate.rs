//! What settings know of each other, and of their past.

use super::renamed::Renaming;

/// Finds values that are right by themselves and impossible together.
pub trait Validate {
    /// Former names of settings, which go on working for a version. They are put right in this order.
    const RENAMED: &'static [Renaming] = &[];

    /// Names that other programs have for settings, in whatever table, and the key of the setting here, but for the names
    /// of what is everywhere, as `output_dir`. They are not read: an error about one of them tells the key.
    const FOREIGN: &'static [(&'static str, &'static str)] = &[];

    /// The keys of all settings, as [`keys`](crate::keys()) has them, so that an error about one in a wrong table can tell
    /// the right one.
    fn keys() -> Vec<String> {
        Vec::new()
    }

    /// Looks at all values together.
    ///
    /// # Errors
    ///
    /// [`Invalid`]: the setting at fault and what is wrong with it.
    fn validate(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// A setting that cannot be what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The setting by its own name, not an alias, as the errors write it: `optimizer.warmup_steps`,
    /// `stages[1].steps`.
    pub key: String,
    /// What is wrong, as it follows the key: `is more than the steps`.
    pub reason: String,
}

impl Invalid {
    /// Puts the fault of a table of settings, if it has one, under the table's name.
    pub fn within(table: &str, fault: Option<(&str, &str)>) -> Result<(), Self> {
        match fault {
            Some((key, reason)) => Err(Self::new(format!("{table}.{key}"), reason)),
            None => Ok(()),
        }
    }

    /// The fault of a setting, if it has one.
    pub fn at(key: &str, fault: Option<&str>) -> Result<(), Self> {
        fault.map_or(Ok(()), |reason| Err(Self::new(key, reason)))
    }

    /// The setting at fault, and what is wrong as it follows the key in a sentence.
    pub fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            reason: reason.into(),
        }
    }
}
