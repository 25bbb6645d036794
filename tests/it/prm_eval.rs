//! `pure prm eval` against transformers and scikit-learn (tests/golden/make_prm_eval.py).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_line::{err, out, records, run};
use crate::golden::folder;
use crate::prm::read_json;

pub fn golden(name: &str) -> String {
    text(&folder(&["prm_eval"]).join(name))
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The golden reward model with the tokenizer of these data.
pub fn prm() -> TempDir {
    let made = TempDir::new().unwrap();
    let copy =
        |from: PathBuf| fs::copy(&from, made.path().join(from.file_name().unwrap())).unwrap();
    for name in ["config.json", "model.safetensors"] {
        copy(folder(&["prm/token_cls"]).join(name));
    }
    for name in ["tokenizer.json", "tokenizer_config.json"] {
        copy(folder(&["prm_eval"]).join(name));
    }
    made
}

fn eval(options: &[&str]) -> Output {
    let prm = prm();
    let prm = text(prm.path());
    let arguments = ["prm", "eval", "--prm", &prm, "--device", "cpu"];
    run(&[&arguments, options].concat())
}

/// The report, whatever was skipped.
pub fn report(options: &[&str]) -> Value {
    let output = eval(&[options, &["--json"]].concat());
    let mut records = records(&output);
    assert_eq!(records.len(), 1, "{}", err(&output));
    records.remove(0)
}

/// That all that is expected was found, numbers to 1e-5.
pub fn assert_close(found: &Value, expected: &Value, place: &str) {
    match expected {
        Value::Object(fields) => {
            for (name, expected) in fields {
                assert_close(&found[name], expected, &format!("{place}.{name}"));
            }
        }
        Value::Array(elements) => {
            assert_eq!(
                found.as_array().map(Vec::len),
                Some(elements.len()),
                "{place}"
            );
            for (index, expected) in elements.iter().enumerate() {
                assert_close(&found[index], expected, &format!("{place}[{index}]"));
            }
        }
        _ => {
            let (found, expected) = (found.as_f64(), expected.as_f64().unwrap());
            let found = found.unwrap_or_else(|| panic!("{place} is no number"));
            assert!(
                (found - expected).abs() < 1e-5,
                "{place}: {found}, not {expected}"
            );
        }
    }
}

fn assert_first_errors(found: &Value, expected: &Value, threshold: &str) {
    assert_close(&found["quality"], &expected["at"][threshold], threshold);
    assert_close(
        &found["best_on_these"]["quality"]["f1"],
        &expected["best_f1"],
        "best",
    );
    assert_close(
        &found["threshold"],
        &json!(threshold.parse::<f64>().unwrap()),
        "threshold",
    );
}

#[test]
fn step_qualities_are_those_of_scikit_learn() {
    let expected = &read_json(Path::new(&golden("expected.json")))["steps"];
    for (threshold, batch_tokens) in [("0.5", "8192"), ("0.4", "100")] {
        let options = ["--threshold", threshold, "--batch-tokens", batch_tokens];
        let report = report(&[&options, &["--steps", &golden("steps.jsonl")][..]].concat());
        let found = &report["steps"][0];
        assert_close(&found["quality"], &expected["quality"], "quality");
        assert_eq!(found["answers"], expected["answers"]);
        assert_eq!(found["skipped"]["count"], expected["skipped"]);
        let bins = found["reliability"]["bins"].as_array().unwrap();
        let counts: Vec<&Value> = bins.iter().map(|bin| &bin["steps"]).collect();
        assert_eq!(json!(counts), expected["bins"]);
        assert_first_errors(&found["first_errors"], &expected["first_errors"], threshold);
    }
}

#[test]
fn first_errors_are_found_in_each_file_of_a_folder() {
    let expected = &read_json(Path::new(&golden("expected.json")))["process_bench"];
    for threshold in ["0.5", "0.4"] {
        let folder = golden("process_bench");
        let report = report(&["--process-bench", &folder, "--threshold", threshold]);
        let files = report["process_bench"].as_array().unwrap();
        let mut f1 = 0.0;
        for (found, name) in files.iter().zip(["a.jsonl", "b.json"]) {
            assert!(found["file"].as_str().unwrap().ends_with(name));
            assert_first_errors(&found["first_errors"], &expected[name], threshold);
            f1 += expected[name]["at"][threshold]["f1"].as_f64().unwrap() / 2.0;
        }
        assert_close(&report["process_bench_mean_f1"], &json!(f1), "mean");
    }
}

#[test]
fn samples_are_chosen_as_by_trying_every_subset() {
    let expected = &read_json(Path::new(&golden("expected.json")))["best_of"];
    let (samples, questions) = (golden("samples.jsonl"), golden("questions.jsonl"));
    let files = ["--best-of", &samples, "--questions", &questions];
    for aggregate in ["min", "soft-min", "mean", "product", "last"] {
        let report = report(&[&files, &["--aggregate", aggregate][..]].concat());
        let found = &report["best_of"];
        assert_close(found, &expected[aggregate], aggregate);
        assert_eq!(found["aggregate"], aggregate);
        assert_eq!(
            (&found["questions"], &found["problems"]),
            (&json!(14), &json!(14))
        );
        assert_eq!(
            (&found["samples"], &found["most_samples"]),
            (&json!(5), &json!(6))
        );
    }
}

#[test]
fn what_cannot_be_used_is_named_and_counted() {
    let made = TempDir::new().unwrap();
    let samples = made.path().join("samples.jsonl");
    let lines = [
        json!({"id": "q0", "text": "So 1.\n\n\\boxed{1}"}),
        json!({"id": null, "text": "1"}),
        json!({"id": "q99", "text": "1"}),
        json!({"id": "q0", "text": "x"}),
        json!({"id": "q1", "text": "So 1+1=2. ".repeat(20)}),
    ];
    fs::write(&samples, lines.map(|line| line.to_string() + "\n").concat()).unwrap();
    let (steps, questions) = (golden("steps.jsonl"), golden("questions.jsonl"));
    let samples = text(&samples);
    let output = eval(&[
        "--steps",
        &steps,
        "--best-of",
        &samples,
        "--questions",
        &questions,
    ]);
    assert_eq!(output.status.code(), Some(1));
    for words in [
        "3 records skipped",
        "answer \"s5\": ",
        "answer \"s11\": the text splits into 2",
        "line 18: there are",
        "4 records skipped",
        "line 2: there is no `id`",
        "line 3: no question is called \"q99\"",
        "line 4: ",
        "line 5: ",
    ] {
        assert!(err(&output).contains(words), "{words}: {}", err(&output));
    }
    let table = out(&output);
    assert!(
        table.contains("; 3 records skipped") && table.contains("; 4 records skipped"),
        "{table}"
    );
    assert!(table.contains("1 of 14 questions answered"), "{table}");
    // What can be used alone is no reason to fail.
    let whole = eval(&["--process-bench", &golden("process_bench/a.jsonl")]);
    assert!(whole.status.success(), "{}", err(&whole));
}

#[test]
fn tables_fit_a_terminal_and_say_what_flatters() {
    let (samples, questions) = (golden("samples.jsonl"), golden("questions.jsonl"));
    let steps = golden("steps.jsonl");
    let output = eval(&[
        "--steps",
        &steps,
        "--best-of",
        &samples,
        "--questions",
        &questions,
    ]);
    let table = out(&output);
    for words in [
        "area under the ROC curve",
        "bad steps",
        "┃",
        "flatters",
        "best of n",
        "majority",
    ] {
        assert!(table.contains(words), "{words}: {table}");
    }
    let own = table.lines().filter(|line| !line.contains(".jsonl"));
    let widest = own.map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 80, "{widest}: {table}");
}

#[test]
fn the_page_holds_the_curves_and_loads_nothing() {
    let made = TempDir::new().unwrap();
    let page = made.path().join("page.html");
    let odd = made.path().join("<b>&.jsonl");
    fs::copy(golden("steps.jsonl"), &odd).unwrap();
    let (samples, questions) = (golden("samples.jsonl"), golden("questions.jsonl"));
    let (page, odd) = (text(&page), text(&odd));
    let output = eval(&[
        "--steps",
        &odd,
        "--process-bench",
        &golden("process_bench"),
        "--best-of",
        &samples,
        "--questions",
        &questions,
        "--html",
        &page,
    ]);
    let html = fs::read_to_string(&page).unwrap_or_else(|_| panic!("{}", err(&output)));
    assert_eq!(html.matches("<svg ").count(), 2);
    assert!(html.contains("color-scheme: light dark") && html.contains("name=viewport"));
    assert!(html.contains("&lt;b&gt;&amp;.jsonl") && html.contains("3 records skipped"));
    for loads in [
        "http", "src=", "href", "url(", "@import", "<script", "<b>", "NaN", "inf",
    ] {
        assert!(!html.contains(loads), "{loads}");
    }
}

#[test]
fn a_report_of_nothing_is_dashes_and_not_a_failure() {
    let made = TempDir::new().unwrap();
    let (empty, page) = (
        made.path().join("empty.jsonl"),
        made.path().join("page.html"),
    );
    fs::write(&empty, "").unwrap();
    let (empty, page) = (text(&empty), text(&page));
    let questions = golden("questions.jsonl");
    let output = eval(&[
        "--steps",
        &empty,
        "--process-bench",
        &empty,
        "--best-of",
        &empty,
        "--questions",
        &questions,
        "--html",
        &page,
    ]);
    assert!(output.status.success(), "{}", err(&output));
    assert!(out(&output).contains("0 answers"), "{}", out(&output));
    assert!(!fs::read_to_string(page).unwrap().contains("NaN"));
}

#[test]
fn a_wrong_command_line_is_told_before_the_model_is_read() {
    let data = golden("samples.jsonl");
    for wrong in [
        &[][..],
        &["--best-of", &data],
        &["--questions", &data],
        &["--steps", &data, "--threshold", "1.5"],
        &["--steps", &data, "--aggregate", "min"],
        &[
            "--best-of",
            &data,
            "--questions",
            &data,
            "--aggregate",
            "median",
        ],
    ] {
        assert_eq!(eval(wrong).status.code(), Some(2), "{wrong:?}");
    }
    let empty = TempDir::new().unwrap();
    let output = eval(&["--process-bench", &text(empty.path())]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("holds no"), "{}", err(&output));
}
