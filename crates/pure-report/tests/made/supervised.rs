//! Runs of fine-tuning and of reward models that are made up, in folders as `pure sft` and `pure prm train` write them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

const STARTS: &str = r#"{"at":"2026-01-31T12:00:59Z","version":"0.1.0","device":"cpu (2 threads, x86_64)"}
{"at":"2026-02-01T08:00:00Z","version":"0.2.0","device":"cuda:0 (NVIDIA <H200>)"}
"#;

/// The loss of a step: it falls, and goes up and down with the seed.
pub fn loss(step: u64, seed: u64) -> f64 {
    let waves = 0.2 * (1.7 * step as f64 + seed as f64).sin();
    0.5 + 1.5 * (-(step as f64) / 12.0).exp() + waves * (-(step as f64) / 40.0).exp()
}

/// Tokens that a step reads.
pub const TOKENS: u64 = 50_000;

/// A run of 40 steps, evaluated after every tenth.
pub fn sft(folder: &Path, name: &str, seed: u64, learning_rate: f64) -> PathBuf {
    let run = folder.join(name);
    fs::create_dir_all(&run).unwrap();
    let config = format!(
        "output = \"runs/{name}\"\nmodel = \"models/tiny\"\ndata = \"gsm8k_train.jsonl\"\nseed = {seed}\n\n\
         [batch]\ntrain_batch_size = 32\n\n[lr_scheduler]\nlearning_rate = {learning_rate}\n"
    );
    fs::write(run.join("config.toml"), config).unwrap();
    fs::write(run.join("starts.jsonl"), STARTS).unwrap();
    let held_out = |step| json!({"loss": loss(step, seed) + 0.05});
    fs::write(run.join("metrics.jsonl"), metrics(40, 0, seed, held_out)).unwrap();
    run
}

/// A run of two stages, of 20 steps and of 10, evaluated after every tenth.
pub fn reward_model(folder: &Path, name: &str, seed: u64) -> PathBuf {
    let run = folder.join(name);
    let config = format!(
        "output = \"runs/{name}\"\nmodel = \"models/tiny\"\ndata = [\"steps.jsonl\", \"more.jsonl\"]\nseed = {seed}\n\n\
         [batch]\ntrain_batch_size = 64\n\n[[stages]]\ntrains = \"head\"\n\n[[stages]]\ntrains = \"all\"\n"
    );
    for (stage, (steps, before)) in [(20, 0), (10, 20)].into_iter().enumerate() {
        let folder = run.join(format!("stage-{}", stage + 1));
        fs::create_dir_all(&folder).unwrap();
        let held_out = |step| {
            let at = before + step;
            json!({
                "loss": loss(at, seed), "accuracy": 0.5 + 0.01 * at as f64, "recall_good": 0.9 - 0.005 * at as f64,
                "recall_bad": 0.4 + 0.01 * at as f64, "f1_bad": 0.6, "f1_good": 0.7, "auc": 0.6 + 0.008 * at as f64,
                "calibration_error": 0.2 - 0.004 * at as f64, "first_error": 0.5, "share_good": 0.65,
            })
        };
        let metrics = metrics(steps, before, seed, held_out);
        fs::write(folder.join("metrics.jsonl"), metrics).unwrap();
    }
    fs::write(run.join("config.toml"), config).unwrap();
    run
}

/// The lines of so many steps, of which the first follows on others.
fn metrics(steps: u64, before: u64, seed: u64, held_out: impl Fn(u64) -> Value) -> String {
    let mut text = String::new();
    for step in 1..=steps {
        let line = json!({
            "step": step, "split": "train", "learning_rate": 1e-4 * step as f64, "grad_norm": 1.0, "skipped": 0.0,
            "loss": loss(before + step, seed), "tokens": TOKENS, "time": {"step": 3.0},
        });
        writeln!(text, "{line}").unwrap();
        if step % 10 == 0 {
            let mut line = json!({"step": step, "split": "valid"});
            let Value::Object(measured) = held_out(step) else {
                unreachable!("measures are a table");
            };
            line.as_object_mut().unwrap().extend(measured);
            line["time"] = json!({"evaluation": 0.5});
            writeln!(text, "{line}").unwrap();
        }
    }
    text
}
