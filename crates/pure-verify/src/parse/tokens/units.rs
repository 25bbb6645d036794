//! Words that name a unit: `cm`, `square inches`, `miles per hour`, and `eggs`.

use num_rational::BigRational;
use num_traits::One;

use crate::expr::unit::Unit;
use crate::parse::tokens::measures::{CHANGES_THE_NUMBER, letter, one, singular};

/// Bytes of the words that name a unit.
const MAX_PHRASE: usize = 80;

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

/// Any words as a unit of their own, unless one of them would change the number (`5 thirds`).
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
    Unit::new("dollar", BigRational::one())
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
        assert!(named("million", false).unwrap().is_scale);
    }
}
