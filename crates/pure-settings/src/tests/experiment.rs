//! The settings that the tests read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{ConfigError, Invalid, Override, Validate, parse};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    pub model: PathBuf,
    #[serde(default)]
    pub seed: u64,
    #[serde(default = "ten")]
    pub steps: u32,
    pub note: Option<String>,
    pub optimizer: Optimizer,
    #[serde(default)]
    pub schedule: Schedule,
    #[serde(default)]
    pub baseline: Baseline,
    #[serde(default)]
    pub precision: Precision,
    #[serde(default)]
    pub stages: Vec<Stage>,
    #[serde(default)]
    pub weights: BTreeMap<String, f64>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Optimizer {
    pub learning_rate: f64,
    #[serde(default = "betas")]
    pub betas: (f32, f32),
    #[serde(default)]
    pub warmup_steps: u32,
    #[serde(default, alias = "clip")]
    pub max_grad_norm: Option<f32>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Schedule {
    #[default]
    Constant,
    Cosine {
        floor: f64,
        #[serde(default)]
        decay_steps: Option<u8>,
    },
    Pieces(Pieces),
    Flat(Flat),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pieces {
    pub at: Vec<u32>,
    pub last: Last,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Last {
    pub rate: f64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Flat;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Baseline {
    #[default]
    Rloo,
    TokenLeaveOneOut,
    ReinforcePlusPlus {
        gamma: f64,
    },
    Limit(u8),
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    #[default]
    F32,
    Bf16,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    pub data: PathBuf,
    #[serde(default)]
    pub shuffle: bool,
}

impl Validate for Experiment {
    fn validate(&self) -> Result<(), Invalid> {
        if self.optimizer.warmup_steps > self.steps {
            let reason = format!("is more than the {} steps", self.steps);
            return Err(Invalid::new("optimizer.warmup_steps", reason));
        }
        if self.stages.len() > 1 && self.stages[1].shuffle {
            return Err(Invalid::new("stages[1].shuffle", "is only for the first"));
        }
        if self.seed == 13 && self.note.is_none() {
            return Err(Invalid::new("note", "must explain the seed"));
        }
        Ok(())
    }
}

fn ten() -> u32 {
    10
}

fn betas() -> (f32, f32) {
    (0.9, 0.999)
}

/// A file in which most is given.
pub const GOOD: &str = r#"# An experiment.
model = "out/base"
seed = 7
steps = 1_000
note = "tried \"twice\""
baseline = { reinforce-plus-plus = { gamma = 1 } }
precision = "bf16"

[optimizer]
learning_rate = 1e-4
betas = [0.9, 0.95]
warmup_steps = 20

[schedule]
kind = "cosine"
floor = 0.1

[[stages]]
data = "data/easy.jsonl"
shuffle = true

[[stages]]
data = "data/hard.jsonl"

[weights]
"two words" = 0.5
"#;

/// The least that must be given.
pub const LEAST: &str = "model = \"m\"\n[optimizer]\nlearning_rate = 1\n";

/// Reads a file and overrides.
pub fn read(text: &str, overrides: &[&str]) -> Result<Experiment, ConfigError> {
    let overrides: Result<Vec<Override>, _> = overrides.iter().map(|text| text.parse()).collect();
    Ok(parse("run.toml".as_ref(), text, &overrides?)?.settings)
}

/// The one line that is said of a wrong file.
pub fn said(text: &str, overrides: &[&str]) -> String {
    read(text, overrides).expect_err(text).to_string()
}

/// What is said of the good file with one piece of it changed.
pub fn changed(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "{from}");
    said(&GOOD.replace(from, to), &[])
}

/// What is said of the least file with a line before its table.
pub fn top(line: &str) -> String {
    said(&format!("{line}\n{LEAST}"), &[])
}

/// What is said of the least file with more lines in its table.
pub fn bottom(lines: &str) -> String {
    said(&format!("{LEAST}{lines}\n"), &[])
}
