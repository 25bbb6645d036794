//! Figures of a GPU's work.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::told;
use super::trace::{Event, Trace};
use crate::command_line::{err, pure, run};
use crate::training::forecasts::{enlarge, forecast};
use crate::training::policy_bench;

/// The shape of Qwen2.5-0.5B with fewer layers and words, and random weights: what a layer takes is told by the
/// difference between two depths.
fn model(folder: &Path, layers: usize) -> String {
    let shape = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/qwen2.5/0.5b.json");
    let mut shape: Value = serde_json::from_str(&fs::read_to_string(shape).unwrap()).unwrap();
    shape["num_hidden_layers"] = json!(layers);
    shape["vocab_size"] = json!(WORDS);
    for token in ["bos_token_id", "eos_token_id"] {
        shape[token] = json!(0);
    }
    let [config, model] = ["shape.json", "model"].map(|name| {
        let path = folder.join(format!("{layers}-{name}"));
        path.to_str().unwrap().to_owned()
    });
    fs::write(&config, shape.to_string()).unwrap();
    let made = run(&["init", "--config", &config, "--output", &model]);
    assert!(made.status.success(), "{}", err(&made));
    model
}

const WORDS: usize = 4096;
const ROWS: usize = 64;

/// Bytes of a draw that come to the host.
const DRAW: usize = 16;

/// Greedy answers of 64 rows at once.
fn generated(folder: &Path, layers: usize, dtype: &str) -> Trace {
    let model = model(folder, layers);
    let prompts = folder.join("prompts.jsonl");
    let lines: String = (0..ROWS)
        .map(|row| format!("{}\n", json!({"id": row, "prompt_ids": [row, 2, 3, 4, 5]})))
        .collect();
    fs::write(&prompts, lines).unwrap();
    let output = folder.join(format!("{layers}-answers.jsonl"));
    let mut command = pure(&["generate", "--device", "cuda", "--temperature", "0"]);
    command
        .args([
            "--max-new-tokens",
            "12",
            "--dtype",
            dtype,
            "--model",
            &model,
        ])
        .args([
            "--input",
            prompts.to_str().unwrap(),
            "--output",
            output.to_str().unwrap(),
        ]);
    told(command, folder)
}

/// Launches of a decode step in the middle of an answer, which brings to the host nothing but draws.
fn launches_of_a_step(trace: &Trace) -> usize {
    let of_step = |step: &[Event]| {
        let is_launch = |event: &&Event| matches!(event, Event::Launch(_));
        let is_read = |event: &&Event| matches!(event, Event::ToHost(_));
        assert_eq!(step.iter().filter(is_read).count(), 1);
        let sent = step.iter().map(|event| match event {
            Event::ToDevice(bytes) => *bytes,
            _ => 0,
        });
        assert!(sent.sum::<usize>() < 512 * ROWS);
        step.iter().filter(is_launch).count()
    };
    let mut counts: Vec<usize> = trace.steps(ROWS * DRAW).map(of_step).collect();
    assert!(counts.len() > 8);
    counts.sort_unstable();
    counts[counts.len() / 2]
}

#[test]
#[ignore = "NVRTC"]
fn a_layer_takes_few_launches_a_decode_step() {
    for dtype in ["f32", "bf16"] {
        let folder = TempDir::new().unwrap();
        let [two, four] =
            [2, 4].map(|layers| launches_of_a_step(&generated(folder.path(), layers, dtype)));
        println!("{dtype}: {two} launches with two layers, {four} with four");
        assert!((four - two) / 2 <= 12, "{dtype}: {two}, {four}");
    }
}

#[test]
#[ignore = "NVRTC"]
fn an_iteration_of_a_policy_with_reference_and_reward_model_compiles_every_kernel() {
    let bench = policy_bench();
    for dtype in ["f32", "bf16"] {
        let settings = format!(
            "train --config train.toml --device cuda --set iterations=1 --set precision={dtype} --set output={dtype}"
        );
        let arguments: Vec<&str> = settings.split(' ').collect();
        let trace = told(bench.command(&arguments), &bench.path(""));
        println!(
            "{dtype}: {} kernels, {} launches",
            trace.kernels(),
            trace.launches()
        );
        assert!(trace.kernels() > 100 && trace.launches() > 10 * trace.kernels());
    }
}

#[test]
#[ignore = "NVRTC"]
fn an_update_takes_its_forecast_of_memory_within_a_quarter() {
    let bench = policy_bench();
    enlarge(&bench);
    for dtype in ["f32", "bf16"] {
        let settings = format!(
            "sft --config sft.toml --set model=large --set max_steps=3 --set batch.train_batch_size=32 --set \
             batch.batch_tokens=1500 --set precision={dtype} --set output={dtype} --gpu-memory 80"
        );
        let arguments: Vec<&str> = settings.split_whitespace().collect();
        let said = forecast(&bench, &arguments);
        let arguments = arguments[..arguments.len() - 2].to_vec();
        let device = [arguments, vec!["--device", "cuda"]].concat();
        let peak = told(bench.command(&device), &bench.path("")).peak();
        let ratio = peak as f64 / said;
        println!(
            "{dtype}: {ratio:.2} of {:.0} MiB",
            said / f64::from(1 << 20)
        );
        assert!((0.75..1.25).contains(&ratio), "{dtype}: {ratio}");
    }
}
