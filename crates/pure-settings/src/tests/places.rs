//! The spots that a command line draws.

use super::experiment::{GOOD, LEAST, read};

/// The bytes that are marked, with their line and column.
fn marked(text: &str, overrides: &[&str]) -> (String, usize, usize) {
    let error = read(text, overrides).unwrap_err();
    let place = error.place().unwrap();
    let span = place.span().unwrap();
    let (line, column) = (place.line().unwrap(), place.column().unwrap());
    (place.text()[span].to_owned(), line, column)
}

fn spot(text: &str, line: usize, column: usize) -> (String, usize, usize) {
    (text.to_owned(), line, column)
}

#[test]
fn wrong_keys_wrong_values_and_lacking_tables_are_marked() {
    let text = GOOD.replace("learning_rate", "learning_rte");
    assert_eq!(marked(&text, &[]), spot("learning_rte", 10, 1));
    let text = GOOD.replace("0.95]", "'é', 3]").replace("# An", "# Än");
    assert_eq!(marked(&text, &[]), spot("'é'", 11, 15));
    let text = GOOD.replace("learning_rate = 1e-4", "");
    assert_eq!(marked(&text, &[]), spot("optimizer", 9, 2));
    let text = GOOD.replace("\"cosine\"", "\"cosin\"");
    assert_eq!(marked(&text, &[]), spot("\"cosin\"", 15, 8));
}

#[test]
fn overrides_are_marked_in_their_own_text() {
    assert_eq!(marked(LEAST, &["sed=1"]), spot("sed", 1, 1));
    assert_eq!(marked(LEAST, &["seed= 'x' "]), spot("'x'", 1, 7));
    assert_eq!(marked(LEAST, &["seed=x"]), spot("x", 1, 6));
    let set = "schedule={kind='cosine', flor=1}";
    assert_eq!(marked(LEAST, &[set]), spot("flor", 1, 26));
}

#[test]
fn a_file_that_ends_too_early_is_marked_on_its_last_line() {
    let error = read("model = \"m\"\nbetas = [\n", &[]).unwrap_err();
    let place = error.place().unwrap();
    assert_eq!(place.line(), Some(2));
    assert!(place.column().unwrap() <= "betas = [\n".len());
}

#[test]
fn what_is_missing_from_the_whole_has_no_spot() {
    let error = read("", &[]).unwrap_err();
    let place = error.place().unwrap();
    assert_eq!((place.span(), place.line()), (None, None));
    assert_eq!(place.name(), "run.toml");
}

#[test]
fn the_fault_alone_is_the_source_of_the_error() {
    use std::error::Error as _;
    let error = read(LEAST, &["sed=1"]).unwrap_err();
    let fault = error.source().unwrap().to_string();
    assert_eq!(error.to_string(), format!("--set sed=1: {fault}"));
}
