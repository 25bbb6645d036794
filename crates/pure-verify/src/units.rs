//! Units of measure: what is measured, and by how much the unit differs from its base.
//!
//! A unit is a product of powers of dimensions with a scale: `cm^2` is `length^2 * 1/10000`. A word
//! that is no unit but may stand behind a number (`18 eggs`) is a dimension of its own. Words that
//! change the number (`million`, `dozen`) are scales without a dimension; words that cannot be a
//! unit (`or`, `not`, `times`) make the whole text something else than a number.

use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow};

use crate::measures::{CHANGES_THE_NUMBER, letter, one, singular};
use crate::rational::Rational;

/// Bytes of the words that name a unit.
const MAX_PHRASE: usize = 80;

/// A unit of measure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// Dimensions and their powers, sorted by name; none twice, none with power zero.
    dimensions: Vec<(String, i32)>,
    /// How many base units one of these is.
    pub(crate) scale: Rational,
    /// Whether it is only a number written as a word, `million`; `hours per day` is not.
    is_scale: bool,
}

impl Unit {
    pub(crate) fn new(dimension: &str, scale: BigRational) -> Self {
        Self {
            dimensions: vec![(dimension.to_owned(), 1)],
            scale: Rational(scale),
            is_scale: false,
        }
    }

    /// A number that is written as a word behind another: `million`.
    pub(crate) fn factor(scale: BigRational) -> Self {
        Self {
            dimensions: vec![],
            scale: Rational(scale),
            is_scale: true,
        }
    }

    /// Whether it is nothing but a number written as a word, as in `million`.
    pub(crate) fn is_scale(&self) -> bool {
        self.is_scale
    }

    pub(crate) fn same_dimension(&self, other: &Self) -> bool {
        self.dimensions == other.dimensions
    }

    pub(crate) fn power(mut self, power: i32) -> Self {
        for (_, times) in &mut self.dimensions {
            *times *= power;
        }
        self.scale = Rational(Pow::pow(self.scale.0, power));
        self
    }

    pub(crate) fn times(mut self, other: Self) -> Self {
        for (name, power) in other.dimensions {
            match self.dimensions.binary_search_by(|(own, _)| own.cmp(&name)) {
                Ok(at) => self.dimensions[at].1 += power,
                Err(at) => self.dimensions.insert(at, (name, power)),
            }
        }
        self.dimensions.retain(|(_, power)| *power != 0);
        self.scale.0 *= other.scale.0;
        self.is_scale &= other.is_scale;
        self
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.scale.is_one() {
            write!(f, "{} ", self.scale.0)?;
        }
        for (at, (name, power)) in self.dimensions.iter().enumerate() {
            f.write_str(if at > 0 { " " } else { "" })?;
            f.write_str(name)?;
            if *power != 1 {
                write!(f, "^{power}")?;
            }
        }
        Ok(())
    }
}

/// The unit that `phrase` names, wherever it stands: `cm`, `square inches`, `miles per hour`.
/// A single letter counts only where the notation says that a unit is meant (`\text{ m}`).
pub(crate) fn named(phrase: &str, in_text: bool) -> Option<Unit> {
    if phrase.len() > MAX_PHRASE {
        return None;
    }
    let mut unit: Option<Unit> = None;
    let (mut inverse, mut next_power) = (false, 1);
    let mut times = |word: Unit, power: i32, inverse: bool| {
        let word = word.power(if inverse { -power } else { power });
        unit = Some(match unit.take() {
            Some(unit) => unit.times(word),
            None => word,
        });
    };
    let spaced = phrase
        .replace('/', " / ")
        .replace(['~', '.'], " ")
        .replace("\\,", " ");
    for word in spaced.split_whitespace() {
        match word {
            "/" | "per" => inverse = true,
            "square" | "sq" => next_power = 2,
            "cubic" | "cu" => next_power = 3,
            "squared" => return None,
            _ => {
                let (name, power) = match word.split_once('^') {
                    Some((name, power)) => {
                        let power = power.trim_matches(['{', '}']).parse().ok()?;
                        (name, power)
                    }
                    None => (word, next_power),
                };
                if !(-9..=9).contains(&power) {
                    return None;
                }
                let found = one(name).or_else(|| if in_text { letter(name) } else { None })?;
                times(found, power, inverse);
                inverse = false;
                next_power = 1;
            }
        }
    }
    unit
}

/// Any words as a unit, unless one of them would change what the number says.
pub(crate) fn counted(phrase: &str) -> Option<Unit> {
    let words: Vec<&str> = phrase.split_whitespace().take(4).collect();
    let fits = (1..=3).contains(&words.len())
        && words.iter().all(|word| {
            (3..=20).contains(&word.len())
                && word.bytes().all(|byte| byte.is_ascii_alphabetic())
                && !CHANGES_THE_NUMBER.contains(&word.to_ascii_lowercase().as_str())
        });
    if !fits {
        return None;
    }
    let name = words
        .iter()
        .map(|word| singular(&word.to_ascii_lowercase()).to_owned())
        .collect::<Vec<_>>()
        .join(" ");
    Some(Unit::new(&name, BigRational::one()))
}

/// Dollars, for the sign that stands before its number.
pub(crate) fn dollars() -> Unit {
    Unit::new("dollar", BigRational::from_integer(BigInt::one()))
}

#[cfg(test)]
mod tests {
    use super::{counted, named};

    #[test]
    fn a_unit_is_what_it_measures_and_how_much() {
        let area = named("square inches", true).unwrap();
        assert_eq!(
            area,
            named("in^2", true)
                .or_else(|| named("inches^2", true))
                .unwrap()
        );
        assert!(
            named("cm", false)
                .unwrap()
                .same_dimension(&named("km", false).unwrap())
        );
        assert_eq!(named("miles per hour", true), named("mph", true));
    }

    #[test]
    fn a_letter_is_a_unit_only_in_text() {
        assert!(named("m", true).is_some());
        assert!(named("m", false).is_none());
    }

    #[test]
    fn words_that_change_a_number_are_no_unit() {
        assert!(counted("eggs").is_some());
        assert!(counted("or six").is_none());
        assert!(counted("thirds").is_none());
        assert!(named("million", false).unwrap().is_scale());
    }
}
