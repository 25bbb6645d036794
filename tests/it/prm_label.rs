//! `pure prm label` as its users meet it: what it writes, what it refuses, how it goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use pure::task::chain::{Problem, vocabulary, write_tokenizer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_line::{err, interrupt, out, records, run};

/// A folder with a model that knows the words of the built-in task and nothing else of it, and answers.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self {
            folder: TempDir::new().unwrap(),
        };
        let config = json!({
            "model_type": "qwen2", "vocab_size": vocabulary().len(), "hidden_size": 16,
            "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
            "num_key_value_heads": 1, "max_position_embeddings": 256, "rope_theta": 10000.0,
            "eos_token_id": 0,
        });
        fs::write(bench.path("shape.json"), config.to_string()).unwrap();
        let (shape, model) = (bench.path("shape.json"), bench.path("model"));
        let made = ["init", "--config", text(&shape), "--output", text(&model)];
        let made = run(&made);
        assert!(made.status.success(), "{}", err(&made));
        write_tokenizer(&model).unwrap();
        bench.write("answers.jsonl", &answers(&bench));
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, lines: &[Value]) {
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(self.path(name), lines).unwrap();
    }

    fn command(&self, input: &str, output: &str, more: &[&str]) -> Vec<String> {
        let (model, input, output) = (self.path("model"), self.path(input), self.path(output));
        let arguments = [
            "prm",
            "label",
            "--model",
            text(&model),
            "--input",
            text(&input),
            "--output",
            text(&output),
            "--device",
            "cpu",
        ];
        let arguments = arguments.iter().chain(more);
        arguments.map(|&argument| argument.to_owned()).collect()
    }

    fn label(&self, input: &str, output: &str, more: &[&str]) -> Output {
        let quick = ["--samples", "4", "--max-new-tokens", "40"];
        let arguments = self.command(input, output, &[&quick, more].concat());
        run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn lines(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(name)).unwrap();
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Step-labelled answers of the built-in task, with the right final answers.
fn answers(bench: &Bench) -> Vec<Value> {
    let data = bench.path("data");
    let sizes = "--train=1 --held-out=1 --others=1 --sft=1 --trunk=1 --steps=30";
    let made: Vec<&str> = ["data", "make", "--out", text(&data)]
        .into_iter()
        .chain(sizes.split(' '))
        .collect();
    assert!(run(&made).status.success());
    let mut answers = bench.lines("data/steps.jsonl");
    for answer in &mut answers {
        let problem: Problem = answer["prompt"].as_str().unwrap().parse().unwrap();
        answer["answer"] = json!(problem.answer());
    }
    answers
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What was said, without the line breaks of a diagnostic.
fn said(output: &Output) -> String {
    let words: Vec<String> = err(output)
        .split_whitespace()
        .filter(|word| *word != "│")
        .map(str::to_owned)
        .collect();
    words.join(" ")
}

#[test]
fn labels_stand_in_trls_form_beside_what_they_were_made_of() {
    let bench = Bench::new();
    let output = bench.label("answers.jsonl", "labels.jsonl", &["--json"]);
    assert!(output.status.success(), "{}", err(&output));
    let (given, found) = (bench.lines("answers.jsonl"), bench.lines("labels.jsonl"));
    assert_eq!(found.len(), 30);
    for (given, found) in given.iter().zip(&found) {
        for field in ["id", "prompt", "completions"] {
            assert_eq!(given[field], found[field]);
        }
        assert_eq!(found["answer"], given["answer"].to_string());
        let steps = found["completions"].as_array().unwrap();
        let finished = steps[steps.len() - 1]
            .as_str()
            .unwrap()
            .starts_with("\\boxed{");
        for step in 0..steps.len() {
            let right = found["right"][step].as_u64().unwrap();
            let itself = finished && step + 1 == steps.len();
            assert_eq!(found["samples"][step], if itself { 1 } else { 4 });
            assert_eq!(found["labels"][step], right > 0);
        }
        if finished {
            let boxed = format!("\\boxed{{{}}}", given["answer"]);
            assert_eq!(
                found["labels"][steps.len() - 1],
                steps[steps.len() - 1] == boxed
            );
        }
    }
    let summary = &records(&output)[0];
    assert_eq!(
        (&summary["answers"], &summary["bad_records"]),
        (&json!(30), &json!(0))
    );
    let agreement = &summary["agreement"];
    assert_eq!(agreement["answers"], 30);
    let counts = [
        "good_called_good",
        "good_called_bad",
        "bad_called_good",
        "bad_called_bad",
    ];
    let sum: u64 = counts
        .iter()
        .map(|name| agreement[name].as_u64().unwrap())
        .sum();
    assert_eq!(agreement["steps"], sum);

    // A command that has nothing left to do says the same again.
    let again = bench.label("answers.jsonl", "labels.jsonl", &["--json"]);
    assert_eq!(out(&again), out(&output));
    // And so, in a table, for a person.
    let shown = out(&bench.label("answers.jsonl", "labels.jsonl", &[]));
    assert!(
        shown.contains("30 answers") && shown.contains("known bad"),
        "{shown}"
    );
    let checked = bench.path("labels.jsonl");
    assert!(run(&["data", "check", text(&checked)]).status.success());
}

#[test]
fn neither_batches_nor_breaks_change_the_file() {
    let bench = Bench::new();
    for method in [&["--soft"][..], &["--method", "binary-search"]] {
        let with = |output: &str, batch: &str| {
            let output = bench.label(
                "answers.jsonl",
                output,
                &[method, &["--batch", batch]].concat(),
            );
            assert!(output.status.success(), "{}", err(&output));
        };
        with("whole.jsonl", "64");
        let whole = fs::read(bench.path("whole.jsonl")).unwrap();
        with("parts.jsonl", "7");
        assert!(fs::read(bench.path("parts.jsonl")).unwrap() == whole);
        // Cut anywhere, as a kill in the middle of a write leaves it: the rest is made again.
        for cut in [0, 1, whole.len() / 3, whole.len() - 1] {
            fs::write(bench.path("parts.jsonl"), &whole[..cut]).unwrap();
            with("parts.jsonl", "5");
            assert!(
                fs::read(bench.path("parts.jsonl")).unwrap() == whole,
                "cut at {cut}"
            );
        }
        for name in ["whole.jsonl", "parts.jsonl"] {
            fs::remove_file(bench.path(name)).unwrap();
        }
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_whole_lines_that_the_same_command_goes_on_with() {
    let bench = Bench::new();
    let slow = "--samples 64 --max-new-tokens 100 --temperature 1.5 --batch 1";
    let slow: Vec<&str> = slow.split(' ').collect();
    let command = |output: &str| bench.command("answers.jsonl", output, &slow);
    let mut child = Command::new(env!("CARGO_BIN_EXE_pure"))
        .args(command("stopped.jsonl"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let written = || fs::read(bench.path("stopped.jsonl")).unwrap_or_default();
    while !written().contains(&b'\n') {
        assert!(child.try_wait().unwrap().is_none(), "it ended too early");
        std::thread::sleep(Duration::from_millis(5));
    }
    let stopped = interrupt(child);
    assert_eq!(stopped.status.code(), Some(1));
    let message = err(&stopped);
    assert!(message.contains("the same command goes on"), "{message}");
    let there = bench.lines("stopped.jsonl").len();
    assert!((1..30).contains(&there));
    assert!(
        message.contains(&format!("stopped after {there} of 30")),
        "{message}"
    );

    for output in ["stopped.jsonl", "whole.jsonl"] {
        let arguments = command(output);
        let output = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(output.status.success(), "{}", err(&output));
    }
    assert!(written() == fs::read(bench.path("whole.jsonl")).unwrap());
}

#[test]
fn records_that_cannot_be_used_are_named_and_left_out() {
    let bench = Bench::new();
    let good = |id: &str| json!({"id": id, "prompt": "1+2=", "steps": ["1+2=3\n\n", "now 3"], "answer": 3});
    let mut lines = vec![
        good("first"),
        json!({"id": "no answer", "prompt": "1+2=", "steps": ["1+2=3"]}),
        json!({"id": "foreign", "prompt": "What?", "steps": ["1+2=3"], "answer": 3}),
        json!({"id": "foreign step", "prompt": "1+2=", "steps": ["It is 3"], "answer": 3}),
        json!({"id": "long", "prompt": "1+2=", "steps": vec!["now 3"; 100], "answer": 3}),
        good("first"),
        good("last"),
    ];
    bench.write("mixed.jsonl", &lines);
    let output = bench.label("mixed.jsonl", "mixed.out", &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let message = err(&output);
    for words in [
        "mixed.jsonl, line 2: there is no `answer`",
        "line 3: ",
        "line 4: the steps of answer 4 cannot be turned into tokens",
        "line 5: request 5 has a prompt of",
        "line 6: the id `first` was used before, on line 1",
        "5 of 7 records cannot be used",
    ] {
        assert!(message.contains(words), "{words}: {message}");
    }
    let found = bench.lines("mixed.out");
    let ids: Vec<&Value> = found.iter().map(|line| &line["id"]).collect();
    assert_eq!(ids, ["first", "last"]);
    // What separates steps is not of them.
    assert_eq!(found[0]["completions"], json!(["1+2=3", "now 3"]));
    assert_eq!(found[0]["samples"], json!([4, 4]));
    let summary = &records(&output)[0];
    assert_eq!(summary["agreement"], Value::Null);
    assert_eq!(summary["faults"][4]["line"], 6);

    // More lines at the end of the input are labelled next.
    lines.push(good("more"));
    bench.write("mixed.jsonl", &lines);
    bench.label("mixed.jsonl", "mixed.out", &[]);
    assert_eq!(bench.lines("mixed.out")[2]["id"], "more");
}

#[test]
fn labels_of_two_kinds_do_not_meet_in_one_file() {
    let bench = Bench::new();
    let refused = |input: &str, output: &str, more: &[&str]| {
        let before = fs::read(bench.path(output)).unwrap();
        let refused = bench.label(input, output, more);
        assert_eq!(refused.status.code(), Some(1));
        assert_eq!(fs::read(bench.path(output)).unwrap(), before);
        said(&refused)
    };
    fs::write(bench.path("dear.txt"), "something dear\n").unwrap();
    let message = refused("answers.jsonl", "dear.txt", &[]);
    assert!(message.contains("is there already"), "{message}");
    assert!(!bench.path("dear.txt.settings.json").exists());

    let made = bench.label("answers.jsonl", "labels.jsonl", &[]);
    assert!(made.status.success(), "{}", err(&made));
    for (more, words) in [
        (
            &["--seed", "1"][..],
            "`labels.sampling.seed` was 0 and is 1",
        ),
        (&["--soft"], "\"any-right\""),
        (&["--method", "binary-search"], "\"binary-search\""),
        (&["--temperature", "0.8"], "was 0.7 and is 0.8"),
        (&["--raw"], "`raw` was false and is true"),
    ] {
        let message = refused("answers.jsonl", "labels.jsonl", more);
        assert!(message.contains(words), "{words}: {message}");
    }
    let mut others = bench.lines("answers.jsonl");
    others[1]["answer"] = json!(77);
    bench.write("others.jsonl", &others);
    let message = refused("others.jsonl", "labels.jsonl", &[]);
    assert!(
        message.contains("line 2: it labels the answer"),
        "{message}"
    );
}

#[test]
fn settings_without_meaning_are_refused_before_anything_is_written() {
    let bench = Bench::new();
    for (more, words) in [
        (
            &["--method", "binary-search", "--soft"][..],
            "--method monte-carlo",
        ),
        (
            &["--method", "binary-search", "--threshold", "0.5"],
            "share",
        ),
        (&["--threshold", "0"], "`threshold` is 0"),
        (&["--temperature=-1"], "`temperature` is -1"),
    ] {
        let output = bench.label("answers.jsonl", "labels.jsonl", more);
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(words), "{}", err(&output));
        assert!(!bench.path("labels.jsonl").exists());
    }
    let both = bench.label(
        "answers.jsonl",
        "labels.jsonl",
        &["--soft", "--threshold", "0.5"],
    );
    assert_eq!(both.status.code(), Some(2));
}
