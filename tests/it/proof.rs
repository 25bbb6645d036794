//! The example `train_pure`, in its quick form: the claims that it makes of itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use crate::command_line::{err, out};
use crate::training::journal;

const ARMS: [&str; 2] = ["soft-min+vr", "sum"];

/// The seed of all but the last run.
const SEED: u64 = 3;

/// The example, to be run in a folder.
fn example(folder: &TempDir, seed: u64, arguments: &[&str]) -> Command {
    let example = Path::new(env!("CARGO_BIN_EXE_pure")).with_file_name("examples/train_pure");
    let mut command = Command::new(example);
    let seed = seed.to_string();
    command
        .current_dir(folder)
        .args(["--quick", "--seed", &seed]);
    command.args(arguments);
    command
}

/// What it prints.
fn quickly(folder: &TempDir, seed: u64, arguments: &[&str]) -> String {
    let done = example(folder, seed, arguments)
        .output()
        .expect("it is there: cargo test builds examples, cargo test --test does not");
    assert!(done.status.success(), "{}", err(&done));
    out(&done)
}

fn of_seed(folder: &TempDir, seed: u64) -> PathBuf {
    folder.path().join(format!("runs/proof/quick/seed-{seed}"))
}

fn run(folder: &TempDir, seed: u64, arm: &str) -> PathBuf {
    of_seed(folder, seed).join(arm)
}

/// Runs the example until it begins to write a file or a folder, and kills it.
fn kill_at(folder: &TempDir, arguments: &[&str], path: &Path) {
    let mut command = example(folder, SEED, arguments);
    let mut running = command.stdout(Stdio::null()).spawn().unwrap();
    let partial = path.with_file_name(format!(
        "{}.partial",
        path.file_name().unwrap().to_str().unwrap()
    ));
    while !partial.exists() && !path.exists() {
        assert!(
            running.try_wait().unwrap().is_none(),
            "it ended before {}",
            path.display()
        );
        thread::yield_now();
    }
    running.kill().unwrap();
    running.wait().unwrap();
}

/// Every file that preparing leaves for reinforcement learning, by its path in the folder of a seed.
fn prepared(folder: &TempDir) -> BTreeMap<PathBuf, Vec<u8>> {
    let seed = of_seed(folder, SEED);
    let mut left = vec!["data", "init", "sft/model", "trunk/model", "prm/model"]
        .into_iter()
        .map(|name| seed.join(name))
        .collect::<Vec<_>>();
    let mut files = BTreeMap::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(path).unwrap();
            left.extend(entries.map(|entry| entry.unwrap().path()));
        } else {
            let name = path.strip_prefix(&seed).unwrap().to_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
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
    let [undisturbed, killed] = &folders;
    thread::scope(|scope| {
        scope.spawn(|| quickly(undisturbed, SEED, &[]));
        scope.spawn(|| {
            for name in ["data", "init/model", "sft/model", "data/hot_steps.jsonl"] {
                kill_at(killed, &[], &of_seed(killed, SEED).join(name));
            }
            quickly(killed, SEED, &[])
        });
    });
    let [first, second] = folders.each_ref().map(prepared);
    let names = [&first, &second].map(|files| files.keys().collect::<Vec<_>>());
    assert_eq!(names[0], names[1]);
    for (name, bytes) in &first {
        assert!(second[name] == *bytes, "{} differs", name.display());
    }
    for arm in ARMS {
        let [first, second] = folders.each_ref().map(|folder| run(folder, SEED, arm));
        assert_eq!(journal(&first), journal(&second));
        for file in ["samples.jsonl", "model/model.safetensors"] {
            let [first, second] = [&first, &second].map(|run| fs::read(run.join(file)).unwrap());
            assert!(first == second, "{arm}: {file}");
        }
    }

    // The claim, as far as twelve iterations and 64 prompts show it: process reward rises under both, accuracy rises
    // under the minimum and falls under the sum.
    let [folder, _] = &folders;
    let ends = |arm: &str, metric: &str| {
        let journal = journal(&run(folder, SEED, arm));
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
    let (start, minimum) = ends("soft-min+vr", "accuracy");
    assert!(
        minimum > start,
        "the minimum solves {start}, then {minimum}"
    );
    assert!(
        minimum > last + 0.1,
        "the minimum solves {minimum}, the sum {last}"
    );

    // What is there is not made again, but told again.
    let journals = ARMS.map(|arm| journal(&run(folder, SEED, arm)));
    let told = quickly(folder, SEED, &[]);
    assert_eq!(ARMS.map(|arm| journal(&run(folder, SEED, arm))), journals);
    for arm in ARMS {
        let said = told
            .lines()
            .find(|line| line.starts_with(&format!("{arm} ")));
        let said: Vec<&str> = said.unwrap().split_whitespace().skip(1).collect();
        let truth = row(&run(folder, SEED, arm));
        let truth: Vec<&str> = truth.split_whitespace().collect();
        assert_eq!(said[..truth.len()], truth, "{arm}");
    }
    let page = folder.path().join("runs/proof/quick/report.html");
    assert!(
        fs::read_to_string(page)
            .unwrap()
            .starts_with("<!doctype html>")
    );

    quickly(folder, 1, &["--arms", "sum"]);
    assert_ne!(
        journal(&run(folder, 1, "sum")),
        journal(&run(folder, SEED, "sum"))
    );
}

const TABLE: [&str; 5] = ["--table", "--arms", "soft-min,sum-weak", "--seeds", "2"];

#[test]
#[ignore = "three minutes: a table of four quick runs, twice"]
fn a_table_that_is_killed_goes_on_by_the_same_command_to_the_same_table() {
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let [undisturbed, killed] = &folders;
    let at = |folder: &TempDir, name: &str| folder.path().join("runs/table/quick").join(name);
    let told = thread::scope(|scope| {
        let told = scope.spawn(|| quickly(undisturbed, SEED, &TABLE));
        scope.spawn(|| {
            for name in [
                "seed-3/soft-min/checkpoints/step-000004",
                "seed-3/sum-weak/model",
                "seed-4/soft-min/checkpoints/step-000008",
            ] {
                kill_at(killed, &TABLE, &at(killed, name));
            }
            quickly(killed, SEED, &TABLE);
        });
        told.join().unwrap()
    });
    for file in ["table.json", "table.html"] {
        let [first, second] = folders.each_ref().map(|it| fs::read(at(it, file)).unwrap());
        assert!(first == second, "{file}");
    }
    let plan = "  seed 3, 0 of 1 finished: soft-min\n  seed 3, 0 of 1 finished: sum-weak\n";
    assert!(
        told.contains(plan) && told.contains("4 of 4 runs are finished"),
        "{told}"
    );

    // What it says of an arm is what its runs say.
    let text = fs::read_to_string(at(killed, "table.json")).unwrap();
    let table: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(table["early"], 4);
    for (arm, under, run) in [("soft-min", 0_usize, "soft-min"), ("sum", 1, "sum-weak")] {
        let arms = table["arms"].as_array().unwrap().iter();
        let over = arms.clone().find(|it| it["name"] == arm).unwrap()["under"].clone();
        assert_eq!(over[1 - under], Value::Null);
        let last = [3, 4].map(|seed| {
            let journal = journal(&at(killed, &format!("seed-{seed}/{run}")));
            let held_out = journal.iter().rfind(|line| line["split"] == "valid");
            held_out.unwrap()["accuracy"].as_f64().unwrap()
        });
        let mean = over[under]["last"]["mean"].as_f64().unwrap();
        assert!(
            (mean - last.iter().sum::<f64>() / 2.0).abs() < 1e-12,
            "{arm}: {mean}, {last:?}"
        );
    }
    // A run that was made by other settings is not taken for one of the table.
    let config = at(killed, "seed-3/soft-min/config.toml");
    let other = fs::read_to_string(&config)
        .unwrap()
        .replace("coefficient = 0.01", "coefficient = 0.02");
    fs::write(&config, other).unwrap();
    let refused = example(killed, SEED, &TABLE).output().unwrap();
    assert!(!refused.status.success());
    assert!(
        out(&refused).contains("seed-3/soft-min"),
        "{}",
        out(&refused)
    );
}
