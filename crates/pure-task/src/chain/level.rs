//! How hard a problem is.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::error::check_setting;

/// The shape of problems. Two levels have no prompt in common: a prompt tells its number of
/// operations, its modulus and whether it has brackets.
///
/// | preset | operations | modulus | brackets | problems |
/// | --- | --- | --- | --- | --- |
/// | `base` | 5 | 10 | no | 2 * 10^8 |
/// | `long` | 12 | 10 | no | 5 * 10^18 |
/// | `wide` | 6 | 97 | no | 6 * 10^16 |
/// | `nested` | 8 | 97 | yes | over 5 * 10^21 |
///
/// The wide modulus is prime, so that a product is 0 only if a factor is, and 28,227 facts make the
/// table to be learnt, against 300.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// How many operations a problem has.
    pub operations: usize,
    /// What all arithmetic is modulo.
    pub modulus: u32,
    /// Whether problems have brackets, which change the order of working.
    #[serde(default)]
    pub brackets: bool,
}

impl Level {
    /// Most operations of a problem.
    pub const MOST_OPERATIONS: usize = 64;
    /// Largest modulus: the vocabulary has one token for each number below it.
    pub const LARGEST_MODULUS: u32 = 100;
    /// The modulus that a prompt need not mention.
    pub const UNSPOKEN_MODULUS: u32 = 10;
    /// Fewest problems of a level, so that every split of it has many.
    pub const FEWEST_PROBLEMS: u64 = 4096;

    /// Every preset with its name, the easiest first.
    pub const PRESETS: [(&'static str, Self); 4] = [
        ("base", Self::base()),
        ("long", Self::long()),
        ("wide", Self::wide()),
        ("nested", Self::nested()),
    ];

    /// Five operations modulo 10.
    pub const fn base() -> Self {
        Self::of(5, Self::UNSPOKEN_MODULUS, false)
    }

    /// Twelve operations modulo 10.
    pub const fn long() -> Self {
        Self::of(12, Self::UNSPOKEN_MODULUS, false)
    }

    /// Six operations modulo 97.
    pub const fn wide() -> Self {
        Self::of(6, 97, false)
    }

    /// Eight operations modulo 97, with brackets.
    pub const fn nested() -> Self {
        Self::of(8, 97, true)
    }

    pub(super) const fn of(operations: usize, modulus: u32, brackets: bool) -> Self {
        Self {
            operations,
            modulus,
            brackets,
        }
    }

    /// The name of the preset that this is.
    pub fn name(&self) -> Option<&'static str> {
        let preset = Self::PRESETS.iter().find(|(_, level)| level == self);
        preset.map(|(name, _)| *name)
    }

    /// # Errors
    ///
    /// [`Error::Setting`] if there are no such problems, or too few.
    pub fn validate(&self) -> Result<(), Error> {
        let fewest = if self.brackets { 2 } else { 1 };
        check_setting(
            (fewest..=Self::MOST_OPERATIONS).contains(&self.operations),
            "operations",
            self.operations,
            format_args!("between {fewest} and {}", Self::MOST_OPERATIONS),
        )?;
        check_setting(
            (2..=Self::LARGEST_MODULUS).contains(&self.modulus),
            "modulus",
            self.modulus,
            format_args!("between 2 and {}", Self::LARGEST_MODULUS),
        )?;
        check_setting(
            self.problems() >= Self::FEWEST_PROBLEMS,
            "operations",
            self.operations,
            format_args!(
                "more: modulo {} there are only {} such problems, and {} are needed",
                self.modulus,
                self.problems(),
                Self::FEWEST_PROBLEMS
            ),
        )
    }

    /// How many problems there are without counting where brackets may stand; at most `u64::MAX`.
    fn problems(&self) -> u64 {
        let numbers = u64::from(self.modulus);
        let more = (3 * numbers).saturating_pow(self.operations as u32);
        numbers.saturating_mul(more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_valid_and_knows_its_name() {
        for (name, level) in Level::PRESETS {
            level.validate().unwrap();
            assert_eq!(level.name(), Some(name));
        }
    }

    #[test]
    fn levels_without_enough_problems_are_refused() {
        for (operations, modulus, brackets) in [
            (0, 10, false),
            (65, 10, false),
            (5, 1, false),
            (5, 101, false),
            (1, 100, true),
            (1, 10, false),
            (3, 2, false),
        ] {
            let level = Level::of(operations, modulus, brackets);
            assert!(level.validate().is_err(), "{level:?}");
        }
    }

    #[test]
    fn an_unknown_field_of_a_file_is_refused() {
        let level = r#"{"operations": 5, "modulus": 10}"#;
        assert_eq!(serde_json::from_str::<Level>(level).unwrap(), Level::base());
        let typo = r#"{"operations": 5, "modulus": 10, "bracket": true}"#;
        assert!(serde_json::from_str::<Level>(typo).is_err());
    }
}
