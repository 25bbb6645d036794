//! The program as its users meet it: what it prints, and how it exits.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

use crate::golden::folder;

pub fn pure(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pure"));
    command.args(arguments).env("NO_COLOR", "1");
    command
}

pub fn run(arguments: &[&str]) -> Output {
    pure(arguments).output().unwrap()
}

pub fn run_with_input(arguments: &[&str], input: &str) -> Output {
    let mut command = pure(arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // At the same time, for the program answers while it reads. It may end before it has read
        // everything, and then has its reasons.
        scope.spawn(move || drop(stdin.write_all(input.as_bytes())));
        child.wait_with_output().unwrap()
    })
}

/// What a terminal shows of the program, to which this is typed.
#[cfg(target_os = "linux")]
pub fn on_terminal(arguments: &[&str], typed: &str) -> String {
    let quoted = arguments.iter().map(|word| format!("'{word}'"));
    let line = format!(
        "{} {}",
        env!("CARGO_BIN_EXE_pure"),
        quoted.collect::<Vec<_>>().join(" ")
    );
    let mut script = Command::new("script");
    script
        .args(["-qec", &line, "/dev/null"])
        .env("NO_COLOR", "1");
    let script = script.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = script.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(typed.as_bytes()).unwrap();
    // At the end of its input it would type the end of a file, which ends a conversation in the middle of an answer.
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    out(&output)
}

/// Presses Ctrl-C, and waits for the end.
pub fn interrupt(child: Child) -> Output {
    let mut interrupt = Command::new("kill");
    let interrupt = interrupt.args(["-INT", &child.id().to_string()]);
    assert!(interrupt.status().unwrap().success());
    child.wait_with_output().unwrap()
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub fn records(output: &Output) -> Vec<Value> {
    let lines = out(output);
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub fn tiny() -> PathBuf {
    folder(&["models"]).join("qwen2_tied")
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_processor_is_listed_among_the_devices() {
    let output = run(&["devices"]);
    assert!(output.status.success());
    assert!(out(&output).contains("cpu"), "{}", out(&output));
    let listed = records(&run(&["devices", "--json"]));
    assert!(listed.iter().any(|device| device["device"] == "cpu"));
}

#[test]
fn a_device_that_is_absent_is_refused_with_those_that_are_present() {
    let model = tiny();
    let arguments = [
        "logprobs",
        "--model",
        text(&model),
        "--input",
        "-",
        "--device",
        "cpu:9",
    ];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).contains("cpu:9") && err(&output).contains("present: "),
        "{}",
        err(&output)
    );
}

#[cfg(unix)]
#[test]
fn nothing_is_read_from_a_device_that_never_ends() {
    for command in [
        "verify --input /dev/zero",
        "credit --input /dev/zero",
        "credit explain --input /dev/zero",
        "credit --input - --config /dev/zero",
    ] {
        let output = run(&command.split(' ').collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(1), "{command}");
        let said = err(&output);
        assert!(said.contains("/dev/zero is a device"), "{said}");
    }
}

#[test]
fn a_line_that_is_no_text_is_refused_and_those_behind_it_are_judged() {
    let good = r#"{"id": 1, "prediction": "\\boxed{2}", "answer": "2"}"#;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let lines = [b"\xff\xfe\n", good.as_bytes(), b"\n"].concat();
    file.write_all(&lines).unwrap();
    let output = run(&["verify", "--input", text(file.path())]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let records = records(&output);
    assert_eq!(
        (&records[0]["line"], &records[1]["correct"]),
        (&json!(1), &json!(true))
    );
    let error = records[0]["error"].as_str().unwrap();
    assert!(error.contains("not valid UTF-8"), "{error}");
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    for arguments in [
        &["logprobs"][..],
        &["devices", "--color"],
        &["info", "--model", "x", "--batch", "0"],
        &[
            "logprobs",
            "--model",
            "x",
            "--input",
            "-",
            "--temperature",
            "0",
        ],
        &[
            "logprobs", "--model", "x", "--input", "-", "--device", "tpu",
        ],
        &["logprobs", "--model", "x", "--input", "-", "--dtype", "f8"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
