//! Runs on a GPU beside those on the processor: curves, a kill in the middle, memory.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use super::{device, present};
use crate::command_line::err;
use crate::training::{Bench, TRAIN, policy_bench};

/// Batches of one shape, so that a software GPU compiles its kernels once.
const OF_ONE_SHAPE: &str =
    "--set batch.packing=true --set batch.max_length=96 --set batch.batch_tokens=96";

/// Runs a command of the bench to its end, on a device.
fn trained(bench: &Bench, command: &str, device: &str) {
    let arguments: Vec<&str> = command.split_whitespace().collect();
    let done = bench.run(&[&arguments[..], &["--device", device]].concat());
    assert!(done.status.success(), "{}", err(&done));
}

/// Holds the numbers of two journals to each other, line by line.
fn assert_same_curves(found: &[Value], right: &[Value], names: &[&str]) {
    assert_eq!(found.len(), right.len());
    let mut compared = 0;
    for (found, right) in found.iter().zip(right) {
        for name in names {
            let [Some(a), Some(b)] = [found, right].map(|line| line[name].as_f64()) else {
                continue;
            };
            assert!((a - b).abs() < 1e-4, "{name}: {a}, on the processor {b}");
            compared += 1;
        }
    }
    assert!(compared >= right.len(), "{compared}");
}

#[test]
#[ignore = "a GPU backend"]
fn fifty_steps_of_fine_tuning_follow_those_of_the_processor_also_after_a_kill() {
    let (bench, gpu) = (Bench::new(), present().to_string());
    let sft = |output: &str| {
        format!("sft --config sft.toml --set max_steps=50 --set output={output} {OF_ONE_SHAPE}")
    };
    let killed = sft("gpu");
    let arguments: Vec<&str> = killed.split_whitespace().collect();
    let mut child = bench
        .command(&[&arguments[..], &["--device", &gpu]].concat())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !bench.path("gpu/checkpoints/step-000020").exists() {
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none(), "it ended before it was killed");
        sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    trained(&bench, &killed, &gpu);
    trained(&bench, &sft("cpu"), "cpu");
    let [found, right] = ["gpu", "cpu"].map(|run| bench.journal(run));
    assert!(right.len() >= 50);
    assert_same_curves(&found, &right, &["loss"]);
}

#[test]
#[ignore = "a GPU backend"]
fn five_iterations_of_a_policy_follow_those_of_the_processor() {
    let (bench, gpu) = (policy_bench(), present().to_string());
    // Nothing that a number's last bits could tip over.
    let settings = TRAIN.replace("[monitor]", "[monitor.rest]");
    let settings = settings.split("[monitor.rest]").next().unwrap();
    fs::write(bench.path("plain.toml"), settings).unwrap();
    for (output, device) in [("gpu", gpu.as_str()), ("cpu", "cpu")] {
        let run = format!(
            "train --config plain.toml --set iterations=5 --set output={output} --set rollouts.max_new_tokens=12 --set \
             lr_scheduler.learning_rate=1e-3 --set num_completions_to_log=12"
        );
        trained(&bench, &run, device);
    }
    let samples = |run: &str| fs::read_to_string(bench.path(run).join("samples.jsonl")).unwrap();
    let texts = |run: &str| -> Vec<Value> {
        let lines = samples(run);
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        lines.map(|line: Value| line["text"].clone()).collect()
    };
    let (found, right) = (texts("gpu"), texts("cpu"));
    assert!(right.len() >= 60, "{}", right.len());
    let other = found
        .iter()
        .zip(&right)
        .position(|(found, right)| found != right);
    assert_eq!(other, None, "another text was drawn");
    let [found, right] = ["gpu", "cpu"].map(|run| bench.journal(run));
    let names = ["loss", "process", "kl", "entropy", "accuracy", "policy_gap"];
    assert_same_curves(&found, &right, &names);
}

/// Bytes that a process has.
#[cfg(target_os = "linux")]
fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}

#[test]
#[ignore = "a GPU backend"]
#[cfg(target_os = "linux")]
fn two_hundred_steps_take_no_more_memory_than_fifty() {
    // Of a software GPU, whose memory is the host's.
    let _ = device();
    let (bench, gpu) = (Bench::new(), present().to_string());
    let sft = format!(
        "sft --config sft.toml --set max_steps=200 --set num_train_epochs=60 --set output=long --set \
         checkpoints.save_steps=100 --device {gpu} {OF_ONE_SHAPE}"
    );
    let arguments: Vec<&str> = sft.split_whitespace().collect();
    let mut child = bench
        .command(&arguments)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let steps = || {
        let journal = fs::read_to_string(bench.path("long/metrics.jsonl")).unwrap_or_default();
        journal
            .lines()
            .filter(|line| line.contains("\"train\""))
            .count()
    };
    let (mut early, mut most) = (0, 0);
    while child.try_wait().unwrap().is_none() {
        let held = resident(child.id());
        match steps() {
            0..50 => early = early.max(held),
            _ => most = most.max(held),
        }
        sleep(Duration::from_millis(20));
    }
    assert_eq!(steps(), 200);
    assert!(early > 0 && most < early + early / 10, "{early}, {most}");
}
