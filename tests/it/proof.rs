//! The example `train_pure`, in its quick form: the claims that it makes of itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use crate::command_line::{err, out};
use crate::training::journal;

const ARMS: [&str; 2] = ["soft-min+vr", "sum"];

/// What the example prints when it is run in a folder.
fn quickly(folder: &TempDir, arguments: &[&str]) -> String {
    let example = Path::new(env!("CARGO_BIN_EXE_pure")).with_file_name("examples/train_pure");
    let mut command = Command::new(example);
    command.current_dir(folder).arg("--quick").args(arguments);
    let done = command
        .output()
        .expect("it is there: cargo test builds examples, cargo test --test does not");
    assert!(done.status.success(), "{}", err(&done));
    out(&done)
}

fn run(folder: &TempDir, seed: u64, arm: &str) -> PathBuf {
    let run = format!("runs/proof/quick/seed-{seed}/{arm}");
    folder.path().join(run)
}

/// The answers of one evaluation.
struct Evaluation(Vec<Value>);

impl Evaluation {
    fn mean(&self, of: impl Fn(&Value) -> f64) -> f64 {
        self.0.iter().map(of).sum::<f64>() / self.0.len() as f64
    }

    fn accuracy(&self) -> f64 {
        100.0 * self.mean(|answer| answer["outcome"].as_f64().unwrap())
    }
}

/// What a run's row in the table must say up to its collapse, from nothing but its answers.
fn row(run: &Path) -> String {
    let samples = fs::read_to_string(run.join("samples.jsonl")).unwrap();
    let answers = samples.lines().map(serde_json::from_str::<Value>);
    let answers: Vec<Value> = answers.collect::<Result<_, _>>().unwrap();
    let drawn = |how: &str| -> Vec<Evaluation> {
        let of = |step: u64| {
            let of_step = answers.iter().filter(|answer| {
                answer["split"] == "valid" && answer["drawn"] == how && answer["step"] == step
            });
            Evaluation(of_step.cloned().collect())
        };
        let evaluations = (0..=12).map(of);
        evaluations.filter(|it| !it.0.is_empty()).collect()
    };
    let (sampled, greedy) = (drawn("sampled"), drawn("greedy"));
    let accuracies: Vec<f64> = sampled.iter().map(Evaluation::accuracy).collect();
    let last = &sampled[sampled.len() - 1];
    [
        format!("{:.1} %", accuracies[0]),
        format!("{:.1} %", accuracies.iter().copied().fold(0.0, f64::max)),
        format!("{:.1} %", last.accuracy()),
        format!("{:.1} %", greedy[greedy.len() - 1].accuracy()),
        format!(
            "{:.1} %",
            100.0 * last.mean(|it| f64::from(it["finish"] == "end"))
        ),
        format!(
            "{:.1}",
            last.mean(|it| it["step_ends"].as_array().unwrap().len() as f64)
        ),
        format!("{:.1}", last.mean(|it| it["tokens"].as_f64().unwrap())),
        format!("{:.2}", last.mean(|it| it["paid"].as_f64().unwrap())),
    ]
    .join("  ")
}

#[test]
#[ignore = "two minutes: three quick runs from nothing"]
fn the_proof_is_the_same_twice_says_what_its_answers_say_and_is_another_from_another_seed() {
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    thread::scope(|scope| {
        for folder in &folders {
            scope.spawn(|| quickly(folder, &[]));
        }
    });
    for arm in ARMS {
        let [first, second] = folders.each_ref().map(|folder| run(folder, 0, arm));
        assert_eq!(journal(&first), journal(&second));
        for file in ["samples.jsonl", "model/model.safetensors"] {
            let [first, second] = [&first, &second].map(|run| fs::read(run.join(file)).unwrap());
            assert!(first == second, "{arm}: {file}");
        }
    }

    // The claim, as far as twelve iterations show it: process reward rises under both, and the sum unlearns to solve.
    let [folder, _] = &folders;
    let ends = |arm: &str, metric: &str| {
        let journal = journal(&run(folder, 0, arm));
        let held_out = journal.iter().filter(|line| line["split"] == "valid");
        let numbers: Vec<f64> = held_out.filter_map(|line| line[metric].as_f64()).collect();
        (numbers[0], numbers[numbers.len() - 1])
    };
    for arm in ARMS {
        let (first, last) = ends(arm, "process");
        assert!(last > first, "{arm}: process reward {first} to {last}");
    }
    let (first, last) = ends("sum", "accuracy");
    assert!(last < first - 0.1, "the sum solves {first}, then {last}");
    let (_, minimum) = ends("soft-min+vr", "accuracy");
    assert!(
        minimum > last + 0.1,
        "the minimum solves {minimum}, the sum {last}"
    );

    // What is there is not made again, but told again.
    let journals = ARMS.map(|arm| journal(&run(folder, 0, arm)));
    let told = quickly(folder, &[]);
    assert_eq!(ARMS.map(|arm| journal(&run(folder, 0, arm))), journals);
    for arm in ARMS {
        let said = told
            .lines()
            .find(|line| line.starts_with(&format!("{arm} ")));
        let said: Vec<&str> = said.unwrap().split_whitespace().skip(1).collect();
        let truth = row(&run(folder, 0, arm));
        let truth: Vec<&str> = truth.split_whitespace().collect();
        assert_eq!(said[..truth.len()], truth, "{arm}");
    }
    let page = folder.path().join("runs/proof/quick/report.html");
    assert!(
        fs::read_to_string(page)
            .unwrap()
            .starts_with("<!doctype html>")
    );

    quickly(folder, &["--seed", "1", "--arms", "sum"]);
    assert_ne!(
        journal(&run(folder, 1, "sum")),
        journal(&run(folder, 0, "sum"))
    );
}
