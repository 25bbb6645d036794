//! A run whose models stand on two devices.

use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use super::Bench;
use super::policies::TRAIN;
use crate::command_line::err;

/// The step rewards of all answers, and the numbers of the only iteration.
fn iteration(bench: &Bench, output: &str, more: &[&str]) -> (Vec<f64>, Value) {
    let output_is = format!("output={output}");
    let arguments = ["train", "--config", "train.toml", "--device", "cpu"];
    let settings = [&output_is, "iterations=1"]
        .into_iter()
        .chain(more.iter().copied());
    let settings = settings.flat_map(|setting| ["--set", setting]);
    let arguments: Vec<&str> = arguments.into_iter().chain(settings).collect();
    let done = bench.run(&arguments);
    assert!(done.status.success(), "{}", err(&done));
    let samples = std::fs::read_to_string(bench.path(output).join("samples.jsonl")).unwrap();
    let rewards = samples.lines().flat_map(|line| {
        let sample: Value = serde_json::from_str(line).unwrap();
        let rewards = sample["rewards"].as_array().cloned().unwrap_or_default();
        rewards.into_iter().filter_map(|reward| reward.as_f64())
    });
    let mut journal = bench.journal(output);
    journal.retain(|line| line["split"] == "train");
    (rewards.collect(), journal.swap_remove(0))
}

#[test]
fn a_reward_model_and_a_reference_say_on_a_gpu_what_they_say_on_the_processor() {
    let bench = Bench::new();
    let prm = bench.run(&["prm", "train", "--config", "prm.toml", "--device", "cpu"]);
    assert!(prm.status.success(), "{}", err(&prm));
    bench.settings("train.toml", TRAIN);
    let (rewards, alone) = iteration(&bench, "alone", &[]);
    let gpu = [
        "reward_model.device=wgpu",
        "reward_model.offload=always",
        "reference.device=wgpu",
        "reference.offload=always",
    ];
    let (beside, both) = iteration(&bench, "both", &gpu);
    assert!(rewards.len() > 20 && rewards.len() == beside.len());
    for (one, two) in rewards.iter().zip(&beside) {
        assert!((one - two).abs() < 1e-4, "{one}, {two}");
    }
    assert_ne!(rewards, beside, "nothing was computed elsewhere");
    for name in ["process", "kl", "loss"] {
        let [one, two] = [&alone, &both].map(|line| line[name].as_f64().unwrap());
        assert!((one - two).abs() < 1e-4, "{name}: {one}, {two}");
    }
}

/// One shape of batch, so that a software GPU compiles its kernels once.
const OF_ONE_SHAPE: &str = "--set batch.packing=true --set batch.max_length=96 --set batch.batch_tokens=96 --set \
                            max_steps=8";

#[test]
fn an_optimizer_in_host_memory_trains_what_one_beside_the_model_trains_also_after_a_kill() {
    let bench = Bench::new();
    let sft = |output: &str, device: &str, offload: &str| {
        format!(
            "sft --config sft.toml --device {device} --set output={output} --set optimizer.offload={offload} {OF_ONE_SHAPE}"
        )
    };
    let killed = sft("gpu", "wgpu", "always");
    let arguments: Vec<&str> = killed.split_whitespace().collect();
    let mut child = bench
        .command(&arguments)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let saved = bench.path("gpu/checkpoints/step-000004");
    while !saved.exists() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before it was killed"
        );
        sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for command in [sft("cpu", "cpu", "never"), killed.clone()] {
        let done = bench.run(&command.split_whitespace().collect::<Vec<_>>());
        assert!(done.status.success(), "{}", err(&done));
    }
    let [cpu, gpu] = ["cpu", "gpu"].map(|output| bench.journal(output));
    assert_eq!(cpu.len(), gpu.len());
    for (cpu, gpu) in cpu.iter().zip(&gpu) {
        let [a, b] = [cpu, gpu].map(|line| line["loss"].as_f64().unwrap());
        assert!((a - b).abs() < 1e-4, "{a}, {b}");
    }
}
