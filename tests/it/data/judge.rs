//! `pure data judge`: what it makes of sampled answers.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::check;
use crate::command_line::{err, out, run};

#[test]
fn answers_are_labelled_up_to_their_first_empty_step() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text = |name: &str| path(name).to_str().unwrap().to_owned();
    let question = json!({"id": "q", "prompt": "7+3*4=", "answer": "0"});
    fs::write(path("questions.jsonl"), question.to_string()).unwrap();
    let samples = [
        ("7+3=0\n\n0*4=0\n\n\\boxed{0}", "end"),
        ("7+3=1\n\nnow 1\n\n1*", "length"),
        // Ended by the end token where a step begins, and with a blank line too many.
        ("7+3=0\n\n", "end"),
        ("7+3=0\n\n0*4=1\n\n\n\n\\boxed{1}", "end"),
        ("", "end"),
        ("\n\n7+3=0\n\n", "length"),
    ];
    let lines = samples.map(|(text, finish)| {
        json!({"id": "q", "sample": 0, "tokens": [], "text": text, "finish": finish}).to_string()
    });
    fs::write(path("samples.jsonl"), lines.join("\n")).unwrap();

    let judged = run(&[
        "data",
        "judge",
        "--samples",
        &text("samples.jsonl"),
        "--questions",
        &text("questions.jsonl"),
        "--output",
        &text("steps.jsonl"),
    ]);
    assert!(judged.status.success(), "{}", err(&judged));
    let told = "4 answers, 1 of them right, 2 empty ones and 0 bad records left out\n";
    assert_eq!(out(&judged), told);

    let checked = check(&path("steps.jsonl"), &[]);
    assert!(checked.status.success(), "{}", err(&checked));
    let written = fs::read_to_string(path("steps.jsonl")).unwrap();
    let written: Vec<serde_json::Value> = written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .map(|line: serde_json::Value| json!([line["completions"], line["labels"]]))
        .collect();
    let expected = [
        json!([["7+3=0", "0*4=0", "\\boxed{0}"], [true, true, true]]),
        json!([["7+3=1", "now 1", "1*"], [false, true, false]]),
        json!([["7+3=0"], [true]]),
        json!([["7+3=0", "0*4=1"], [true, false]]),
    ];
    assert_eq!(written, expected);
}

#[test]
fn a_file_that_is_read_is_not_replaced() {
    let folder = TempDir::new().unwrap();
    let text = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in ["samples.jsonl", "questions.jsonl"] {
        fs::write(text(name), "kept").unwrap();
    }
    for output in ["samples.jsonl", "./questions.jsonl"] {
        let [samples, questions, output] = ["samples.jsonl", "questions.jsonl", output].map(text);
        let judged = run(&[
            "data",
            "judge",
            "--samples",
            &samples,
            "--questions",
            &questions,
            "--output",
            &output,
        ]);
        assert_eq!(judged.status.code(), Some(1));
        assert!(
            err(&judged).contains("--output would replace"),
            "{}",
            err(&judged)
        );
        assert_eq!(fs::read_to_string(&output).unwrap(), "kept");
    }
}
