//! `pure sft`, `pure prm train` and `pure train` as their users meet them.

#[cfg(all(target_os = "linux", feature = "dashboard"))]
mod dashboard;
mod demonstrations;
#[cfg(feature = "wgpu")]
mod devices;
#[cfg(target_os = "linux")]
pub mod forecasts;
#[cfg(target_os = "linux")]
mod full_disk;
#[cfg(unix)]
mod kills;
mod mistakes;
mod naming;
mod options;
mod policies;
mod resuming;
mod reward_models;
mod settings;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pure::task::chain::{Level, MakeOptions, make, vocabulary};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_line::{err, run};

pub use policies::{TRAIN, bench as policy_bench};

/// A folder with data of the built-in task, a model that knows its words, and settings.
pub struct Bench {
    folder: TempDir,
}

impl Bench {
    pub fn new() -> Self {
        let bench = Self {
            folder: TempDir::new().unwrap(),
        };
        let options = MakeOptions {
            level: Level::base(),
            train: 40,
            held_out: 10,
            others: 1,
            sft: 64,
            trunk: 1,
            steps: 40,
            ..MakeOptions::default()
        };
        make(&options, &bench.path("data")).unwrap();
        let config = json!({
            "model_type": "qwen2", "vocab_size": vocabulary().len(), "hidden_size": 16,
            "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
            "num_key_value_heads": 1, "max_position_embeddings": 256, "rope_theta": 10000.0,
            "eos_token_id": 0, "tie_word_embeddings": true,
        });
        fs::write(bench.path("shape.json"), config.to_string()).unwrap();
        let (shape, model) = (bench.path("shape.json"), bench.path("model"));
        let made = run(&[
            "init",
            "--config",
            text(&shape),
            "--tokenizer",
            text(&bench.path("data/tokenizer")),
            "--output",
            text(&model),
        ]);
        assert!(made.status.success(), "{}", err(&made));
        bench.settings("sft.toml", SFT);
        bench.settings("prm.toml", PRM);
        bench
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn settings(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The program, in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pure"));
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn journal(&self, name: &str) -> Vec<Value> {
        journal(&self.path(name))
    }

    fn weights(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name).join("model/model.safetensors")).unwrap()
    }
}

/// Lines of a run's journal, without times.
pub fn journal(run: &Path) -> Vec<Value> {
    let text = fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().remove("time");
        line
    });
    lines.collect()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub const SFT: &str = r#"
output = "sft"
model = "model"
data = "data/sft.jsonl"
raw = true
num_train_epochs = 12

[batch]
train_batch_size = 8
batch_tokens = 256

[lr_scheduler]
learning_rate = 1e-2
warmup_steps = 3
type = "cosine"

[optimizer]
weight_decay = 0.1

[checkpoints]
save_steps = 4
save_total_limit = 2
"#;

pub const PRM: &str = r#"
output = "prm"
model = "model"
data = ["data/steps.jsonl"]
held_out = "data/steps_held_out.jsonl"
raw = true
class_weights = [2.0, 1.0]

[batch]
train_batch_size = 10

[checkpoints]
save_steps = 3

[[stages]]
trains = "head"
num_train_epochs = 2
lr_scheduler = { learning_rate = 1e-2 }

[[stages]]
trains = "all"
num_train_epochs = 1
lr_scheduler = { learning_rate = 1e-3, type = "linear" }
"#;
