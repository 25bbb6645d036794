//! What `--dry-run` says of memory, beside what the process takes.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use pure::task::chain::vocabulary;
use serde_json::json;

use super::{Bench, policy_bench};
use crate::command_line::{err, out};

/// A model of 17 million parameters.
pub fn enlarge(bench: &Bench) {
    let config = json!({
        "model_type": "qwen2", "vocab_size": vocabulary().len(), "hidden_size": 512,
        "intermediate_size": 2048, "num_hidden_layers": 4, "num_attention_heads": 8,
        "num_key_value_heads": 4, "max_position_embeddings": 256, "rope_theta": 10000.0,
        "eos_token_id": 0, "tie_word_embeddings": true,
    });
    fs::write(bench.path("large.json"), config.to_string()).unwrap();
    let tokenizer = "init --config large.json --tokenizer data/tokenizer --output large";
    let made = bench.run(&tokenizer.split(' ').collect::<Vec<_>>());
    assert!(made.status.success(), "{}", err(&made));
}

/// The most bytes that a command's process had.
fn measured(bench: &Bench, arguments: &[&str]) -> u64 {
    let mut command = bench.command(arguments);
    let command = command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut peak = 0;
    let path = format!("/proc/{}/status", child.id());
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(&path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak = kib.unwrap_or(0).max(peak);
        sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", err(&output));
    peak << 10
}

/// The largest moment by the last column of the forecast's table.
pub fn forecast(bench: &Bench, arguments: &[&str]) -> f64 {
    let said = out(&bench.run(&[arguments, &["--dry-run"]].concat()));
    let rows = said
        .lines()
        .filter_map(|line| line.strip_prefix("# memory "));
    let total = |row: &str| -> Option<f64> {
        let mut words = row.split_whitespace().rev();
        let unit = match words.next()? {
            "KiB" => 1_u64 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return None,
        };
        Some(words.next()?.parse::<f64>().ok()? * unit as f64)
    };
    rows.filter_map(total).fold(0.0, f64::max)
}

#[test]
fn what_a_dry_run_says_of_memory_is_within_a_seventh_of_what_the_process_takes() {
    let bench = policy_bench();
    enlarge(&bench);
    let sft = "sft --config sft.toml --set model=large --set max_steps=2 --set batch.train_batch_size=32 \
               --set batch.batch_tokens=1500 --set lr_scheduler.learning_rate=1e-5";
    // A forecast is of texts as long as they may be, so here they are.
    let train = "train --config train.toml --set model=large --set iterations=1 --set lr_scheduler.learning_rate=1e-6 \
                 --set rollouts.kv_cache_mib=1 --set update.batch_tokens=1500 --set prompts.per_iteration=16 \
                 --set update.mini_batch_size=32 --set prompts.max_prompt_length=14";
    let cases = [
        ("sft", format!("{sft} --set output=a")),
        (
            "sft, gradient checkpointing",
            format!("{sft} --set output=b --set batch.gradient_checkpointing=true"),
        ),
        (
            "sft, adapters",
            format!("{sft} --set output=c --set lora.rank=8"),
        ),
        (
            "sft, bf16",
            format!("{sft} --set output=d --set precision=bf16"),
        ),
        ("policy", format!("{train} --set output=e")),
        (
            "policy, adapters",
            format!("{train} --set output=f --set lora.rank=8"),
        ),
    ];
    // The program itself, with a model of some thousand parameters.
    let program = measured(
        &bench,
        &["sft", "--config", "sft.toml", "--set", "max_steps=2"],
    );
    let mut off = Vec::new();
    for (name, command) in &cases {
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let forecast = forecast(&bench, &arguments);
        let ratio = (measured(&bench, &arguments) - program) as f64 / forecast;
        println!(
            "{name}: {ratio:.2} of {:.0} MiB",
            forecast / f64::from(1 << 20)
        );
        if !(0.85..1.15).contains(&ratio) {
            off.push(format!("{name}: {ratio:.2}"));
        }
    }
    assert!(off.is_empty(), "{off:?}");
}
