//! `pure sft --config FILE`: its settings.

use std::path::PathBuf;

use pure_model::{LoraConfig, Precision};
use pure_run::{BatchConfig, CheckpointConfig, LrScheduler, OptimizerConfig};
use pure_settings::{Invalid, Renaming, Validate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of supervised fine-tuning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SftConfig {
    /// Folder of the run; the model will be in `model` in it.
    pub output: PathBuf,
    /// Folder of the model to begin with, in the layout of Hugging Face.
    pub model: PathBuf,
    /// Prompts and completions, conversations, or questions with worked answers, as MATH and GSM8K have them.
    pub data: PathBuf,
    /// The same, to evaluate with. Without it, a fiftieth of the data is put aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<PathBuf>,
    /// Whether prompts are taken as they are, without the model's chat template.
    #[serde(default)]
    pub raw: bool,
    /// Seed of the order of the examples.
    #[serde(default)]
    pub seed: u64,
    /// Passes over the data.
    #[serde(default = "once")]
    pub num_train_epochs: usize,
    /// Optimizer steps in all, in place of `num_train_epochs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_steps: Option<usize>,
    /// The examples of an optimizer step, and how they are computed.
    #[serde(default)]
    pub batch: BatchConfig,
    /// Precision of the products: `bf16` keeps weights and optimizer in f32 and computes with rounded copies.
    #[serde(default)]
    pub precision: Precision,
    /// Adapters, which are then trained in place of all weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lora: Option<LoraConfig>,
    /// The learning rate over the steps.
    #[serde(default)]
    pub lr_scheduler: LrScheduler,
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
    const RENAMED: &'static [Renaming] = &[
        ("epochs", "num_train_epochs"),
        ("steps", "max_steps"),
        ("batch.examples", "train_batch_size"),
        ("batch.tokens", "batch_tokens"),
        ("batch.max_tokens", "max_length"),
        ("learning_rate", "lr_scheduler"),
        ("lr_scheduler.peak", "learning_rate"),
        ("lr_scheduler.warmup", "warmup_steps"),
        ("lr_scheduler.decline", "type"),
        ("lr_scheduler.end", "min_lr_rate"),
        ("checkpoints.every", "save_steps"),
        ("checkpoints.keep", "save_total_limit"),
        ("checkpoints.patience", "early_stopping_patience"),
    ];

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("batch_size", "batch.train_batch_size"),
        ("per_device_train_batch_size", "batch.batch_tokens"),
        ("gradient_accumulation_steps", "batch.train_batch_size"),
        ("max_seq_length", "batch.max_length"),
        ("dataset", "data"),
        ("dataset_name", "data"),
        ("train_file", "data"),
        ("eval_dataset", "held_out"),
        ("validation_file", "held_out"),
    ];

    fn keys() -> Vec<String> {
        pure_settings::keys::<Self>()
    }

    fn validate(&self) -> Result<(), Invalid> {
        Invalid::at("precision", self.precision.fault())?;
        Invalid::within("lora", self.lora.as_ref().and_then(LoraConfig::fault))?;
        Invalid::within("batch", self.batch.fault())?;
        Invalid::within("lr_scheduler", self.lr_scheduler.fault())?;
        Invalid::within("optimizer", self.optimizer.fault())?;
        Invalid::within("checkpoints", self.checkpoints.fault())?;
        match (self.num_train_epochs, self.max_steps) {
            (0, _) => Err(Invalid::new("num_train_epochs", "must be 1 or more")),
            (_, Some(0)) => Err(Invalid::new("max_steps", "must be 1 or more")),
            _ => Ok(()),
        }
    }
}
