//! Words that name a unit: `cm`, `square inches`, `miles per hour`, and `eggs`.

use num_rational::BigRational;
use num_traits::One;

use crate::expr::unit::Unit;

/// Bytes of the words that name a unit.
const MAX_PHRASE: usize = 80;
/// Words behind a number that change it or retract it.
const CHANGES_THE_NUMBER: &str = "\
    and are but choose cubed dividedby divided equal equals eighth eighths factorial fifth \
    fifths for fourth fourths greater half halves hundredth hundredths least less minus mod \
    modulo more most negative none nor not one only otherwise over plus point quarter quarters \
    root sixth sixths squared tenth tenths than the third thirds thousandth thousandths times \
    two three four five six seven eight nine ten unless when where while with wrong incorrect \
    false true infinity twice double triple mixed base trillionth wait actually maybe hmm \
    instead approximately about around almost nearly done zero undefined this that there here \
    percent radians";

/// The unit that `phrase` names, wherever it stands: `cm`, `square inches`, `miles per hour`.
/// A single letter, and `in`, count only where the notation says that a unit is meant (`\text{ m}`).
pub(crate) fn named(phrase: &str, in_text: bool) -> Option<Unit> {
    if phrase.len() > MAX_PHRASE {
        return None;
    }
    let mut unit: Option<Unit> = None;
    let (mut inverse, mut next_power) = (false, 1);
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
                    Some((name, power)) => (name, power.trim_matches(['{', '}']).parse().ok()?),
                    None => (word, next_power),
                };
                if !(-9..=9).contains(&power) {
                    return None;
                }
                let found = one(name).or_else(|| letter(name).filter(|_| in_text))?;
                let found = found.power(if inverse { -power } else { power });
                unit = Some(found.behind(unit));
                (inverse, next_power) = (false, 1);
            }
        }
    }
    unit
}

/// Any words as a unit of their own, unless one of them would change the number (`5 thirds`).
pub(crate) fn counted(phrase: &str) -> Option<Unit> {
    let lower = phrase.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().take(4).collect();
    let changes = |word: &str| CHANGES_THE_NUMBER.split(' ').any(|one| one == word);
    let fits = |word: &&str| {
        (3..=20).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_alphabetic())
            && !changes(word)
    };
    if !(1..=3).contains(&words.len()) || !words.iter().all(fits) {
        return None;
    }
    let name: Vec<&str> = words.into_iter().map(singular).collect();
    Some(Unit::new(&name.join(" "), BigRational::one()))
}

/// Dollars, for the sign that stands before its number.
pub(crate) fn dollars() -> Unit {
    Unit::new("dollar", BigRational::one())
}

fn ratio(above: i64, below: i64) -> BigRational {
    BigRational::new(above.into(), below.into())
}

fn singular(word: &str) -> &str {
    match word {
        "inches" => "inch",
        "feet" => "foot",
        "people" => "person",
        "men" => "man",
        "women" => "woman",
        "children" => "child",
        _ if word.ends_with("ss") => word,
        _ => word.strip_suffix('s').unwrap_or(word),
    }
}

/// Units that are a word.
fn one(word: &str) -> Option<Unit> {
    let lower = word.to_ascii_lowercase();
    let (dimension, above, below) = match singular(&lower) {
        "dozen" => ("", 12, 1),
        "hundred" => ("", 100, 1),
        "thousand" => ("", 1_000, 1),
        "million" => ("", 1_000_000, 1),
        "billion" => ("", 1_000_000_000, 1),
        "trillion" => ("", 1_000_000_000_000, 1),
        same @ ("unit" | "ton" | "month" | "euro" | "fahrenheit" | "kelvin" | "joule"
        | "newton" | "volt") => (same, 1, 1),
        "km" | "kilometer" | "kilometre" => ("meter", 1000, 1),
        "meter" | "metre" => ("meter", 1, 1),
        "dm" | "decimeter" | "decimetre" => ("meter", 1, 10),
        "cm" | "centimeter" | "centimetre" => ("meter", 1, 100),
        "mm" | "millimeter" | "millimetre" => ("meter", 1, 1000),
        "nm" | "nanometer" | "nanometre" => ("meter", 1, 1_000_000_000),
        "inch" => ("foot", 1, 12),
        "foot" | "ft" => ("foot", 1, 1),
        "yard" | "yd" => ("foot", 3, 1),
        "mile" | "mi" => ("foot", 5280, 1),
        "kg" | "kilogram" => ("gram", 1000, 1),
        "gram" | "gm" => ("gram", 1, 1),
        "mg" | "milligram" => ("gram", 1, 1000),
        "lb" | "pound" => ("pound", 1, 1),
        "oz" | "ounce" => ("ounce", 1, 1),
        "second" | "sec" => ("second", 1, 1),
        "minute" | "min" => ("second", 60, 1),
        "hour" | "hr" => ("second", 3600, 1),
        "day" => ("second", 86_400, 1),
        "week" => ("second", 604_800, 1),
        "year" | "yr" => ("month", 12, 1),
        "dollar" | "usd" => ("dollar", 1, 1),
        "cent" => ("dollar", 1, 100),
        "liter" | "litre" => ("liter", 1, 1),
        "ml" | "milliliter" | "millilitre" => ("liter", 1, 1000),
        "gallon" | "gal" => ("gallon", 1, 1),
        "mph" => return Some(one("mile")?.times(one("hour")?.power(-1))),
        "kmh" | "kph" => return Some(one("km")?.times(one("hour")?.power(-1))),
        "hz" | "hertz" => return Some(one("second")?.power(-1)),
        "radian" | "rad" => ("radian", 1, 1),
        "watt" => ("watt", 1, 1),
        "kw" | "kilowatt" => ("watt", 1000, 1),
        "mol" | "mole" => ("mole", 1, 1),
        _ => return None,
    };
    if dimension.is_empty() {
        return Some(Unit::factor(ratio(above, below)));
    }
    Some(Unit::new(dimension, ratio(above, below)))
}

/// Units that are a letter or `in`, where it is clear that a unit is meant.
fn letter(word: &str) -> Option<Unit> {
    let (dimension, scale) = match word {
        // More often a word than inches.
        "in" => return one("inch"),
        "m" => ("meter", 1),
        "s" => ("second", 1),
        "h" => ("second", 3600),
        "g" => ("gram", 1),
        "L" | "l" => ("liter", 1),
        "J" => ("joule", 1),
        "W" => ("watt", 1),
        "N" => ("newton", 1),
        "V" => ("volt", 1),
        "K" => ("kelvin", 1),
        "C" => ("celsius", 1),
        "F" => ("fahrenheit", 1),
        _ => return None,
    };
    Some(Unit::new(dimension, ratio(scale, 1)))
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
