//! Runs that end before their end.

use std::fs;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use super::{Bench, policy_bench};
use crate::command_line::{err, interrupt, out};

/// Starts a command and waits until there are so many lines in a journal, or until it has ended.
fn start_until(bench: &Bench, arguments: &[&str], journal: &Path, lines: usize) -> Child {
    let mut command = bench.command(arguments);
    let mut child = command
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if count(journal) >= lines {
            break;
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "it does not begin"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

pub fn count(journal: &Path) -> usize {
    fs::read_to_string(journal)
        .unwrap_or_default()
        .lines()
        .count()
}

/// Starts a command and kills it as soon as there are so many lines in a journal, before it ends.
pub fn kill_after(bench: &Bench, arguments: &[&str], journal: &Path, lines: usize) {
    kill(start_until(bench, arguments, journal, lines));
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success(), "it ended by itself");
}

/// Starts a command and presses Ctrl-C as soon as there are so many lines more than before. Where it is
/// begun with interrupts ignored, as by `nohup`, it hears of none before it listens.
pub fn interrupt_after(bench: &Bench, arguments: &[&str], journal: &Path, more: usize) -> Output {
    let mut child = start_until(bench, arguments, journal, count(journal) + more);
    match child.try_wait().unwrap() {
        // Its number may be another's by now.
        Some(_) => child.wait_with_output().unwrap(),
        None => interrupt(child),
    }
}

#[test]
fn a_run_that_is_done_is_not_done_again() {
    let bench = Bench::new();
    let done = bench.run(&["sft", "--config", "sft.toml"]);
    assert!(done.status.success(), "{}", err(&done));
    assert_eq!(out(&done), "sft/model\n");
    // 63 examples, 8 a step, twelve times; an evaluation every 4 steps.
    let journal = bench.journal("sft");
    assert_eq!(journal.len(), 96 + 24);

    let again = bench.run(&["sft", "--config", "sft.toml"]);
    assert!(again.status.success() && err(&again).contains("done already"));
    assert_eq!(out(&again), "sft/model\n");
    assert_eq!(bench.journal("sft"), journal);
}

#[test]
fn the_head_of_a_reward_model_learns_alone_first() {
    let bench = Bench::new();
    let done = bench.run(&["prm", "train", "--config", "prm.toml"]);
    assert!(done.status.success(), "{}", err(&done));
    let weights = |name: &str| {
        let path = bench.path(name).join("model.safetensors");
        let bytes = fs::read(path).unwrap();
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        file.tensor("model.embed_tokens.weight")
            .unwrap()
            .data()
            .to_vec()
    };
    assert!(weights("model") == weights("prm/stage-1/model"));
    assert!(weights("model") != weights("prm/model"));
}

#[test]
fn a_damaged_checkpoint_is_told_of_and_the_one_before_is_used() {
    let bench = Bench::new();
    let arguments = ["sft", "--config", "sft.toml"];
    let journal = bench.path("sft/metrics.jsonl");
    kill_after(&bench, &arguments, &journal, 16);
    let mut checkpoints: Vec<_> = fs::read_dir(bench.path("sft/checkpoints"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none())
        .collect();
    checkpoints.sort();
    let last = checkpoints.last().unwrap().join("optimizer.bpk");
    let mut bytes = fs::read(&last).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&last, bytes).unwrap();

    let resumed = bench.run(&arguments);
    assert!(resumed.status.success(), "{}", err(&resumed));
    let said = err(&resumed);
    assert!(
        said.contains("optimizer.bpk is not what was written"),
        "{said}"
    );
    let whole = bench.run(&["sft", "--config", "sft.toml", "--set", "output=whole"]);
    assert!(whole.status.success());
    assert!(bench.weights("sft") == bench.weights("whole"));
}

#[test]
fn ctrl_c_loses_no_step() {
    let bench = Bench::new();
    let arguments = [
        "sft",
        "--config",
        "sft.toml",
        "--set",
        "num_train_epochs=2000",
    ];
    let journal = bench.path("sft/metrics.jsonl");
    for more in [2, 7] {
        let ended = interrupt_after(&bench, &arguments, &journal, more);
        assert_eq!(ended.status.code(), Some(1), "{}", err(&ended));
        let said = err(&ended);
        assert!(said.contains("the same command goes on"), "{said}");
        let journal = bench.journal("sft");
        let steps = journal.iter().filter(|line| line["split"] == "train");
        let saved = format!("{} steps are saved", steps.count());
        assert!(said.contains(&saved), "{saved}: {said}");
    }
}

#[test]
fn fine_tuning_that_is_interrupted_goes_on_to_the_same_bits() {
    let bench = Bench::new();
    // Long enough that most of them come in time.
    let long = [
        "sft",
        "--config",
        "sft.toml",
        "--set",
        "num_train_epochs=40",
        "--set",
    ];
    let whole = bench.run(&[&long[..], &["output=whole"]].concat());
    assert!(whole.status.success(), "{}", err(&whole));
    let stopped = [&long[..], &["output=stopped"]].concat();
    let journal = bench.path("stopped/metrics.jsonl");
    // Before a leg's end, at it, after it; twice in a leg.
    let mut interruptions = 0;
    for more in [1, 2, 4, 1, 1, 5, 13] {
        let ended = interrupt_after(&bench, &stopped, &journal, more);
        interruptions += usize::from(!ended.status.success());
    }
    assert!(interruptions > 2, "{interruptions}");
    let resumed = bench.run(&stopped);
    assert!(resumed.status.success(), "{}", err(&resumed));
    assert_eq!(bench.journal("stopped"), bench.journal("whole"));
    assert!(bench.weights("stopped") == bench.weights("whole"));
}

/// Begins a command, and again while it runs.
fn refuses_a_second_process(bench: &Bench, command: &str, run: &str, journal: &str) {
    let arguments: Vec<&str> = command.split(' ').collect();
    let mut first = start_until(bench, &arguments, &bench.path(run).join(journal), 1);
    let second = bench.run(&arguments);
    assert_eq!(second.status.code(), Some(1), "{command}");
    let said = err(&second);
    assert!(said.contains("in use by another process"), "{said}");
    assert!(first.try_wait().unwrap().is_none(), "{command}: it goes on");
    kill(first);
    // Nobody is there any more.
    let steps = count(&bench.path(run).join(journal));
    let third = start_until(bench, &arguments, &bench.path(run).join(journal), steps + 5);
    kill(third);
}

#[test]
fn a_result_has_the_tokenizer_that_the_run_began_with_whatever_becomes_of_the_models_folder() {
    let bench = Bench::new();
    let tokenizer = fs::read(bench.path("model/tokenizer.json")).unwrap();
    let arguments = ["sft", "--config", "sft.toml"];
    let mut run = start_until(&bench, &arguments, &bench.path("sft/metrics.jsonl"), 1);
    fs::remove_dir_all(bench.path("model")).unwrap();
    assert!(run.wait().unwrap().success());
    assert!(fs::read(bench.path("sft/model/tokenizer.json")).unwrap() == tokenizer);
    assert!(bench.path("sft/model/generation_config.json").exists());
}

#[test]
fn one_process_at_a_time_works_in_a_run() {
    let bench = policy_bench();
    for (command, run, journal) in [
        (
            "sft --config sft.toml --set num_train_epochs=2000",
            "sft",
            "metrics.jsonl",
        ),
        (
            "prm train --config prm.toml --set stages=[{trains=\"all\",num_train_epochs=2000,lr_scheduler={learning_rate=1e-3}}] --set output=judge",
            "judge",
            "stage-1/metrics.jsonl",
        ),
        (
            "train --config train.toml --set iterations=2000",
            "policy",
            "metrics.jsonl",
        ),
    ] {
        refuses_a_second_process(&bench, command, run, journal);
    }
}

#[test]
fn a_run_stops_when_nothing_improves_and_can_result_in_its_best_model() {
    let bench = Bench::new();
    let arguments = [
        "sft",
        "--config",
        "sft.toml",
        "--set",
        "num_train_epochs=60",
        "--set",
        "lr_scheduler.learning_rate=0.5",
        "--set",
        "checkpoints.early_stopping_patience=3",
        "--set",
        "checkpoints.result=best",
    ];
    let run = bench.run(&arguments);
    assert!(run.status.success(), "{}", err(&run));
    assert!(err(&run).contains("nothing improves"), "{}", err(&run));
    let journal = bench.journal("sft");
    let held_out = journal.iter().filter(|line| line["split"] == "valid");
    let held_out: Vec<f64> = held_out
        .map(|line| line["loss"].as_f64().unwrap())
        .collect();
    let best = held_out.iter().copied().fold(f64::INFINITY, f64::min);
    let since = held_out
        .iter()
        .rev()
        .position(|&loss| loss == best)
        .unwrap();
    assert_eq!(since, 3, "{held_out:?}");

    // What it results in is as good as the best was.
    let again = bench.run(&[
        "sft",
        "--config",
        "sft.toml",
        "--set",
        "model=sft/model",
        "--set",
        "output=again",
        "--set",
        "max_steps=1",
        "--set",
        "lr_scheduler={learning_rate=1e-30}",
    ]);
    assert!(again.status.success(), "{}", err(&again));
    let journal = bench.journal("again");
    let found = journal.last().unwrap()["loss"].as_f64().unwrap();
    assert!((found - best).abs() < 1e-6, "{found}, best {best}");
}

#[test]
fn fine_tuning_that_is_done_goes_on_with_more_steps_and_not_with_fewer() {
    let bench = Bench::new();
    let run = |output: &str, steps: usize| {
        let (output, steps) = (format!("output={output}"), format!("max_steps={steps}"));
        let command = [
            "sft",
            "--config",
            "sft.toml",
            "--set",
            "lr_scheduler.type=constant",
        ];
        bench.run(&[&command[..], &["--set", &output, "--set", &steps]].concat())
    };
    for (output, steps) in [("longer", 8), ("longer", 12), ("whole", 12)] {
        let done = run(output, steps);
        assert!(done.status.success(), "{}", err(&done));
    }
    assert!(bench.weights("longer") == bench.weights("whole"));
    let refused = run("longer", 4);
    assert!(!refused.status.success());
    let said = err(&refused);
    assert!(
        said.contains("has made 12 steps, more than the 4"),
        "{said}"
    );
}
