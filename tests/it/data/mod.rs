//! `pure data` as its users meet it. What is read and made is tested in pure-data.

mod check;
mod judge;
mod make;
mod mix;
mod overlap;
mod select;

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::command_line::{err, run};

/// `pure data check` of a file.
fn check(file: &Path, options: &[&str]) -> Output {
    run(&[&["data", "check", file.to_str().unwrap()][..], options].concat())
}

/// A file of these records.
fn write(folder: &Path, name: &str, records: &[Value]) -> String {
    let path = folder.join(name);
    let lines = records.iter().map(|record| format!("{record}\n"));
    fs::write(&path, lines.collect::<String>()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What a command said on its error output, as one line wherever it was wrapped.
fn said(output: &Output) -> String {
    let words = err(output).replace('│', " ");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_wrong_command_line_of_data_exits_with_2() {
    for arguments in [
        &["data"][..],
        &["data", "make"],
        &["data", "make", "--out", "x", "--level", "hard"],
        &["data", "make", "--out", "x", "--train", "-1"],
        &["data", "check"],
        &["data", "check", "x", "--form", "dpo"],
        &["data", "check", "x", "--layout", "csv"],
        &["data", "check", "x", "--neutral", "maybe"],
        &["data", "overlap", "x"],
        &["data", "overlap", "x", "--within=much"],
        &["data", "mix", "x"],
        &["data", "select"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
