//! Any bytes: an answer or an error with a place inside of the file, and never a panic.

use proptest::prelude::*;
use proptest::sample::Index;

use super::experiment::{Experiment, GOOD, read};
use crate::{ConfigError, Override, load, parse};

/// A place is a spot of its text, and the sentence is one line.
fn is_sound(result: Result<Experiment, ConfigError>) -> Result<(), TestCaseError> {
    let Err(error) = result else { return Ok(()) };
    let said = error.to_string();
    prop_assert!(!said.is_empty());
    if let Some(place) = error.place() {
        let lines = place.text().lines().count().max(1);
        if let Some(line) = place.line() {
            prop_assert!((1..=lines).contains(&line), "{said}");
            let width = place
                .text()
                .lines()
                .nth(line - 1)
                .unwrap_or("")
                .chars()
                .count();
            // The end of a line, and its break, can be at fault too.
            let column = place.column().unwrap();
            prop_assert!((1..=width + 2).contains(&column), "{said}: {column}");
        }
        if let Some(span) = place.span() {
            prop_assert!(place.text().get(span).is_some(), "{said}");
        }
    }
    Ok(())
}

/// Pieces of TOML, to be put together in ways that nobody would.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[",
        "]",
        "{",
        "}",
        "=",
        ".",
        ",",
        "\"",
        "'",
        "\"\"\"",
        "#",
        "\n",
        "\r\n",
        "\r",
        " ",
        "[[",
        "]]",
        "model",
        "optimizer",
        "schedule",
        "kind",
        "stages",
        "a",
        "é",
        "1",
        "-1",
        "1e5",
        "nan",
        "2026-01-01",
        "true",
        "\\u00e9",
        "\u{0}",
        "\u{feff}",
        "weights",
        "constant",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A good file of which pieces are cut, doubled or replaced.
fn mutated() -> impl Strategy<Value = String> {
    let change = (any::<Index>(), 0..30usize, pieces());
    prop::collection::vec(change, 1..4).prop_map(|changes| {
        let mut letters: Vec<char> = GOOD.chars().collect();
        for (index, cut, put) in changes {
            let start = index.index(letters.len() + 1);
            let end = (start + cut).min(letters.len());
            letters.splice(start..end, put.chars());
        }
        letters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn mutated_files_are_read_or_refused(text in mutated()) {
        is_sound(read(&text, &[]))?;
    }

    #[test]
    fn lines_of_a_good_file_in_any_order_are_read_or_refused(
        lines in Just(GOOD.lines().collect::<Vec<_>>()).prop_shuffle(),
        kept in 0..30usize,
    ) {
        let kept = kept.min(lines.len());
        is_sound(read(&lines[..kept].join("\n"), &[]))?;
    }

    #[test]
    fn strings_are_read_or_refused(text in prop_oneof![any::<String>(), pieces()]) {
        is_sound(read(&text, &[]))?;
    }

    #[test]
    fn overrides_are_read_or_refused(
        sets in prop::collection::vec(prop_oneof![
            pieces(),
            (pieces(), pieces()).prop_map(|(key, value)| format!("{key}={value}")),
            ("(model|seed|optimizer.[a-z]{1,3}|schedule(.kind)?|weights.a)", pieces())
                .prop_map(|(key, value)| format!("{key}={value}")),
        ], 0..4)
    ) {
        let sets: Vec<Override> = sets.iter().filter_map(|set| set.parse().ok()).collect();
        is_sound(parse("run.toml".as_ref(), GOOD, &sets).map(|loaded| loaded.settings))?;
    }

    #[test]
    fn bytes_are_read_or_refused(bytes in any::<Vec<u8>>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.toml");
        std::fs::write(&path, bytes).unwrap();
        is_sound(load(&path, &[]).map(|loaded| loaded.settings))?;
    }
}

#[test]
fn keys_in_values_in_keys_do_not_exhaust_the_stack() {
    let key = "a.".repeat(70) + "a";
    let mut text = String::new();
    for _ in 0..70 {
        text += &format!("{key} = {{ ");
    }
    text += &"}".repeat(70);
    is_sound(read(&text, &[])).unwrap();
    is_sound(read(&format!("[{}a]", "a.".repeat(100_000)), &[])).unwrap();
    assert!(
        format!("{}a=1", "a.".repeat(100_000))
            .parse::<Override>()
            .is_err()
    );
}
