//! A run whose models stand on two devices.

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
    let gpu = ["reward_model.device=wgpu", "reference.device=wgpu"];
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
