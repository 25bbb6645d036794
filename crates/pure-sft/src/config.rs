//! `pure sft --config FILE`: its settings.

use std::path::PathBuf;

use pure_run::{BatchConfig, CheckpointConfig, OptimizerConfig, Schedule};
use pure_settings::{Invalid, Validate};
use serde::{Deserialize, Serialize};

/// Settings of supervised fine-tuning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SftConfig {
    /// Folder of the run; the model will be in `model` in it.
    pub output: PathBuf,
    /// Folder of the model to begin with, in the layout of Hugging Face.
    pub model: PathBuf,
    /// Prompts and completions, or conversations.
    pub data: PathBuf,
    /// The same, to evaluate with. Without it, a fiftieth of the data is put aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<PathBuf>,
    /// Whether prompts of text are taken as they are, without the chat template.
    #[serde(default)]
    pub raw: bool,
    /// Decides the order of the examples.
    #[serde(default)]
    pub seed: u64,
    /// How often every example is learned from.
    #[serde(default = "once")]
    pub epochs: usize,
    /// Steps, if they are to be fewer or more than the epochs have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
    /// What a step learns from.
    #[serde(default)]
    pub batch: BatchConfig,
    /// The learning rate over the steps.
    pub learning_rate: Schedule,
    /// Settings of AdamW.
    #[serde(default)]
    pub optimizer: OptimizerConfig,
    /// When the run is evaluated and saved.
    #[serde(default)]
    pub checkpoints: CheckpointConfig,
}

fn once() -> usize {
    1
}

impl Validate for SftConfig {
    fn validate(&self) -> Result<(), Invalid> {
        Invalid::within("batch", self.batch.fault())?;
        Invalid::within("learning_rate", self.learning_rate.fault())?;
        Invalid::within("optimizer", self.optimizer.fault())?;
        Invalid::within("checkpoints", self.checkpoints.fault())?;
        match (self.epochs, self.steps) {
            (0, _) => Err(Invalid::new("epochs", "must be 1 or more")),
            (_, Some(0)) => Err(Invalid::new("steps", "must be 1 or more")),
            _ => Ok(()),
        }
    }
}
