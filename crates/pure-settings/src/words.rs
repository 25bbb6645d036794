//! Values and kinds of values, named as somebody who writes TOML would.

use serde::de::{Expected, Unexpected};

/// What holds settings.
pub(super) const TABLE: &str = "a table";

/// What a kind without settings is.
pub(super) const NAME_ALONE: &str = "a name alone";

/// Longer strings are cut in messages.
const SHOWN: usize = 60;

/// What was found.
pub(super) fn found(value: Unexpected<'_>) -> String {
    match value {
        Unexpected::Str(text) => string(text),
        Unexpected::Signed(number) => number.to_string(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Float(number) => format!("{number:?}"),
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Map => TABLE.to_owned(),
        Unexpected::Seq => "an array".to_owned(),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        other => other.to_string(),
    }
}

fn string(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("the string {:?}...", &text[..end]),
        None => format!("the string {text:?}"),
    }
}

/// What was expected, from what serde calls it.
pub(super) fn expected(kind: &dyn Expected) -> String {
    let kind = kind.to_string();
    let whole = |least: &str, most: &str| format!("a whole number from {least} to {most}");
    let (kind, least) = match kind.strip_prefix("a nonzero ") {
        Some(integer) => (integer.to_owned(), "1"),
        None => (kind, "0"),
    };
    match kind.as_str() {
        "u8" => whole(least, "255"),
        "u16" => whole(least, "65535"),
        "u32" => whole(least, "4294967295"),
        "u64" | "usize" | "u128" => format!("a whole number, {least} or more"),
        "i8" => whole("-128", "127"),
        "i16" => whole("-32768", "32767"),
        "i32" => whole("-2147483648", "2147483647"),
        "i64" | "isize" | "i128" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "path string" => "a path, as a string".to_owned(),
        "a sequence" => "an array".to_owned(),
        "a map" => TABLE.to_owned(),
        "variant identifier" => "the name of a kind".to_owned(),
        other => named_kind(other),
    }
}

/// How serde's names of kinds begin, and what somebody who writes TOML calls them.
const KINDS: [(&str, &str); 7] = [
    ("unit struct ", NAME_ALONE),
    ("unit variant ", NAME_ALONE),
    ("struct ", TABLE),
    ("internally tagged enum ", TABLE),
    ("adjacently tagged enum ", TABLE),
    ("tuple struct ", "an array"),
    ("tuple variant ", "an array"),
];

fn named_kind(kind: &str) -> String {
    if let Some(count) = kind.strip_prefix("a tuple of size ") {
        return format!("an array of length {count}");
    }
    let known = KINDS.iter().find(|(start, _)| kind.starts_with(start));
    known.map_or(kind, |(_, name)| name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_strings_are_cut_between_characters() {
        let said = found(Unexpected::Str(&"é".repeat(100)));
        assert_eq!(said, format!("the string \"{}\"...", "é".repeat(60)));
    }

    #[test]
    fn kinds_are_named_without_rust() {
        let cases = [
            ("u8", "a whole number from 0 to 255"),
            ("a nonzero u8", "a whole number from 1 to 255"),
            ("usize", "a whole number, 0 or more"),
            ("struct Optimizer", "a table"),
            ("a tuple of size 2", "an array of length 2"),
            ("a character", "a character"),
        ];
        for (kind, name) in cases {
            assert_eq!(expected(&kind), name);
        }
    }
}
