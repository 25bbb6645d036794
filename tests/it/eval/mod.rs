//! `pure eval` as its users meet it, with a tiny model of random weights that writes text.

mod broken;
mod comparing;
mod judged;
mod measured;
mod resuming;
mod searched;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_line::{err, run};

/// A folder with a model, benchmarks and what evaluations leave.
struct Place {
    folder: TempDir,
}

/// A sample as its line has it.
struct Line(Value);

impl Line {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    fn is_right(&self) -> bool {
        self.0["correct"].as_bool().unwrap()
    }
}

impl Place {
    fn new() -> Self {
        let place = Self {
            folder: TempDir::new().unwrap(),
        };
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (config, tokenizer) = (
            root.join("configs/tiny.json"),
            root.join("tests/golden/tokenizer"),
        );
        let made = run(&[
            "init",
            "--config",
            config.to_str().unwrap(),
            "--tokenizer",
            tokenizer.to_str().unwrap(),
            "--output",
            &place.text("model"),
        ]);
        assert!(made.status.success(), "{}", err(&made));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// A file of problems, answered so.
    fn benchmark(&self, name: &str, answers: &[&str]) {
        let line = |(number, answer): (usize, &&str)| {
            let question = question(name, number);
            let problem =
                json!({"id": format!("p{number}"), "question": question, "answer": answer});
            format!("{problem}\n")
        };
        let lines = answers.iter().enumerate().map(line);
        self.write(name, &lines.collect::<String>());
    }

    /// The arguments of an evaluation.
    fn arguments(&self, benchmarks: &[&str], output: &str, more: &[&str]) -> Vec<String> {
        let mut arguments = vec!["eval".to_owned(), "--benchmark".to_owned()];
        arguments.extend(benchmarks.iter().map(|name| self.text(name)));
        let model = [
            "--model",
            &self.text("model"),
            "--output",
            &self.text(output),
        ];
        let most: &[&str] = match more.contains(&"--max-new-tokens") {
            true => &[],
            false => &["--max-new-tokens", "40"],
        };
        let rest = model
            .iter()
            .chain(&["--device", "cpu"])
            .chain(most)
            .chain(more);
        arguments.extend(rest.map(|&text| text.to_owned()));
        arguments
    }

    fn eval(&self, benchmarks: &[&str], output: &str, more: &[&str]) -> Output {
        let arguments = self.arguments(benchmarks, output, more);
        run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn evaluated(&self, benchmarks: &[&str], output: &str, more: &[&str]) -> Value {
        let done = self.eval(benchmarks, output, more);
        assert!(done.status.success(), "{}", err(&done));
        self.results(output)
    }

    fn results(&self, output: &str) -> Value {
        let text = fs::read_to_string(self.path(output).join("results.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn samples(&self, file: &str) -> Vec<Line> {
        let text = fs::read_to_string(self.path(file)).unwrap();
        let lines = text.lines();
        lines
            .map(|line| Line(serde_json::from_str(line).unwrap()))
            .collect()
    }

    /// All that an evaluation left, by name.
    fn left(&self, output: &str) -> Vec<(String, Vec<u8>)> {
        fn walk(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => walk(&path, found),
                    false => found.push((path.display().to_string(), fs::read(&path).unwrap())),
                }
            }
        }
        let mut found = Vec::new();
        let root = self.path(output);
        walk(&root, &mut found);
        let root = root.display().to_string();
        for (name, _) in &mut found {
            *name = name.trim_start_matches(&root).to_owned();
        }
        found.sort();
        found
    }

    /// A benchmark of which a model that draws is right now and then: each problem is answered by what the first of
    /// its samples to have an answer says.
    fn solvable(&self, name: &str) {
        let drawn = [&DRAWN[..], &["--template", "{prompt} = \\boxed{"]].concat();
        self.benchmark(name, &["1"; 12]);
        self.evaluated(&[name], "tried", &drawn);
        let stem = name.trim_end_matches(".jsonl");
        let samples = self.samples(&format!("tried/{stem}/samples.jsonl"));
        let answer = |number: usize| {
            let of = samples
                .iter()
                .filter(|of| of.text("id") == format!("p{number}"));
            let mut answers = of
                .map(|of| of.text("extracted"))
                .filter(|of| !of.is_empty());
            answers.next().unwrap_or("1").to_owned()
        };
        let answers: Vec<String> = (0..12).map(answer).collect();
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        self.benchmark(name, &answers);
        fs::remove_dir_all(self.path("tried")).unwrap();
    }
}

/// Six samples of each problem.
const DRAWN: [&str; 6] = ["--n", "6", "--temperature", "1", "--seed", "3"];

fn question(benchmark: &str, number: usize) -> String {
    format!("{benchmark}: what is {number} + {}?", number * 7 % 5)
}

/// What went wrong, on one line.
fn told(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", err(output));
    let text = err(output).replace('│', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
