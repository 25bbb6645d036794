//! `pure data check`: what it says of good files and of bad ones.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{check, said};
use crate::command_line::{err, out, records};

fn fixture(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("crates/pure-data/tests/fixtures").join(name)
}

/// A file of step-labelled answers, gone when the folder is dropped.
fn file(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn a_good_file_is_shown_in_eighty_columns() {
    let bad_at = |step: usize| {
        let labels: Vec<bool> = (0..40).map(|index| index != step).collect();
        let steps: Vec<String> = (0..40).map(|index| format!("step {index}")).collect();
        json!({"prompt": format!("p{step}"), "completions": steps, "labels": labels}).to_string()
    };
    let soft =
        json!({"prompt": "q", "completions": ["ab", "cdef"], "labels": [0.75, null]}).to_string();
    let lines = [bad_at(0), bad_at(1), bad_at(1), bad_at(39), soft];
    let (_folder, path) = file("steps.jsonl", &lines.join("\n"));
    let output = check(&path, &[]);
    assert!(output.status.success(), "{}", err(&output));
    let table = out(&output);
    let row = |name: &str| {
        let row = table.lines().find(|line| line.starts_with(name));
        let row = row.unwrap_or_else(|| panic!("no {name}: {table}"));
        row[name.len()..]
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    // Its first lines hold the path, and are as long as that makes them.
    let (head, rest) = table.split_once("\n\n").unwrap();
    let head = head.replace('\n', " ");
    assert!(
        head.ends_with("5 answers to 4 prompts, in the form trl"),
        "{table}"
    );
    assert!(
        rest.lines().all(|line| line.chars().count() <= 80),
        "{table}"
    );
    assert_eq!(row("steps of an answer"), ["2", "40", "32.4", "40"]);
    assert_eq!(row("good ")[..2], ["156", "96.3"]);
    assert_eq!(row("bad ")[0], "4");
    assert_eq!(row("a probability")[0], "1");
    assert_eq!(row("none ")[0], "1");
    assert_eq!(row("nowhere")[0], "1");
    assert_eq!(row("step 2 ")[..2], ["2", "40.0"]);
    assert_eq!(row("later")[0], "1");
    assert!(
        table.contains("repeated: 1 answer with the same labels, 0 with other"),
        "{table}"
    );
    assert!(!table.contains("bad record"), "{table}");
}

#[test]
fn every_kind_of_bad_record_is_told_by_its_line() {
    let good = r#"{"prompt": "p", "completions": ["a"], "labels": [true]}"#;
    let kinds = [
        (good[..20].to_owned(), "not valid JSON"),
        (
            "[1]".to_owned(),
            "`record` is a list, but must be an object",
        ),
        (
            good.replace("[true]", "[true, false]"),
            "there are 2 labels for 1 steps",
        ),
        (good.replace("[true]", "[2]"), "label 1 is 2, but must be"),
        (
            good.replace("[true]", "true"),
            "`labels` is true or false, but must be a list",
        ),
        (good.replace("[\"a\"]", "[\" \"]"), "step 1 is empty"),
        (
            good.replace("[\"a\"]", "[]").replace("[true]", "[]"),
            "the answer has no step",
        ),
        (
            good.replace("[\"a\"]", "[1]"),
            "`completions[0]` is a number, but must be a text",
        ),
        (good.replace("\"p\"", "\"\""), "`prompt` is empty"),
        (
            good.replace("\"labels\"", "\"label\""),
            "there is no `labels`",
        ),
        (
            good.replace("{\"prompt\"", "{\"id\": [], \"prompt\""),
            "`id` is a list, but must be",
        ),
        (
            good[..30].to_owned(),
            "the file ends in the middle of a record",
        ),
    ];
    let bad: Vec<&str> = kinds.iter().map(|(line, _)| line.as_str()).collect();
    let (_folder, path) = file("steps.jsonl", &format!("{good}\n\n{}", bad.join("\n")));

    let output = check(&path, &["--json", "--faults", "20"]);
    assert_eq!(output.status.code(), Some(1));
    let report = &records(&output)[0];
    assert_eq!(
        (&report["answers"], &report["bad_records"]),
        (&json!(1), &json!(12))
    );
    for (index, (line, reason)) in kinds.iter().enumerate() {
        let fault = &report["faults"][index];
        assert_eq!(fault["line"], index + 3, "{line}");
        assert!(
            fault["reason"].as_str().unwrap().starts_with(reason),
            "{line}: {fault}"
        );
    }

    let output = check(&path, &["--faults", "3"]);
    assert_eq!(output.status.code(), Some(1));
    let table = out(&output);
    assert!(
        table.contains("\n12 bad records\nline 3: not valid JSON"),
        "{table}"
    );
    assert!(
        table.contains("\nline 5: there are 2 labels for 1 steps\nand 9 more"),
        "{table}"
    );
    assert!(!table.contains("line 6"), "{table}");
}

#[test]
fn what_a_terminal_would_obey_is_escaped_and_long_reasons_are_wrapped() {
    let name = format!("\\u001b[31m{}", "x".repeat(5_000));
    let (_folder, path) = file("steps.jsonl", &format!(r#"{{"{name}": 1, "b": 2}}"#));
    let table = out(&check(&path, &[]));
    assert!(
        table.contains("\\u{1b}[31mxxx") && !table.contains('\x1b'),
        "{table}"
    );
    assert!(table.len() < 1_000, "{table}");

    let (_folder, path) = file("steps.jsonl", r#"{"a": 1}"#);
    let table = out(&check(&path, &[]));
    let reason: Vec<&str> = table
        .lines()
        .skip_while(|line| !line.starts_with("line 1:"))
        .collect();
    assert!(reason.len() > 1 && reason[1].starts_with("    "), "{table}");
    assert!(
        reason.iter().all(|line| line.chars().count() <= 80),
        "{table}"
    );
}

#[test]
fn other_forms_and_layouts_are_told_apart_or_asked_for() {
    let form = |name: &str, options: &[&str]| {
        let output = check(&fixture(name), &[&["--json"], options].concat());
        let report = records(&output).remove(0);
        (
            report["form"].as_str().map(str::to_owned),
            report["answers"].as_u64().unwrap(),
        )
    };
    let some = |form: &str| Some(form.to_owned());
    assert_eq!(form("prm800k.jsonl", &[]), (some("prm800k"), 13));
    assert_eq!(
        form("math_shepherd.jsonl", &["--layout", "jsonl"]).0,
        some("math-shepherd")
    );
    if cfg!(feature = "parquet") {
        assert_eq!(form("steps_int64_zstd.parquet", &[]), (some("trl"), 3));
    }
    assert_eq!(form("prm800k.jsonl", &["--form", "trl"]), (some("trl"), 0));

    let ignored = |neutral: &str| {
        let options = ["--json", "--neutral", neutral];
        let report = records(&check(&fixture("prm800k.jsonl"), &options)).remove(0);
        report["labels"].clone()
    };
    let (bad, good, none) = (ignored("bad"), ignored("good"), ignored("ignored"));
    let count = |labels: &Value, of: &str| labels[of].as_u64().unwrap();
    assert!(count(&bad, "bad") > count(&none, "bad"));
    assert!(count(&good, "good") > count(&none, "good"));
    assert!(count(&none, "ignored") > count(&bad, "ignored"));
}

#[test]
#[cfg(not(feature = "parquet"))]
fn a_build_without_parquet_says_what_it_lacks() {
    let output = check(&fixture("steps_int64_zstd.parquet"), &[]);
    assert_eq!(output.status.code(), Some(1));
    let message = said(&output);
    assert!(message.contains("built without `parquet`"), "{message}");
}

#[test]
#[cfg(feature = "parquet")]
fn parquet_of_other_columns_is_refused_and_its_bad_rows_are_told() {
    let output = check(&fixture("other_columns.parquet"), &["--json"]);
    assert_eq!(
        (output.status.code(), out(&output)),
        (Some(1), String::new())
    );
    let message = said(&output);
    assert!(
        message.contains("`text`, `score`") && message.contains("rename the columns"),
        "{message}"
    );

    let output = check(&fixture("steps_double_nan.parquet"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output).contains("3 bad records\nrow 1: label 1 is \"NaN\""),
        "{}",
        out(&output)
    );
}

#[test]
fn a_file_that_is_missing_or_none_of_these_is_an_error_that_names_it() {
    let (_folder, notes) = file("notes.txt", "some notes");
    let missing = notes.with_file_name("missing.jsonl");
    let folder = notes.parent().unwrap().to_owned();
    for (path, words) in [
        (&missing, ["missing.jsonl", "check the path"]),
        (&notes, ["`some notes`", "--layout"]),
        (&folder, ["is a folder", "check the path"]),
    ] {
        let output = check(path, &[]);
        assert_eq!(output.status.code(), Some(1));
        let message = said(&output);
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    }
}
