//! `pure prm train --config FILE`: its settings.

use std::path::PathBuf;

use pure_model::{LoraConfig, ModelConfig, Precision, PromptFormat};
use pure_run::{BatchConfig, CheckpointConfig, LrScheduler, OptimizerConfig, SchedulerType};
use pure_settings::{Invalid, Renaming, Validate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::loss::PrmLoss;
use crate::layout::Layout;

/// Settings of the training of a process reward model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrmConfig {
    /// Folder of the run; the model will be in `model` in it.
    pub output: PathBuf,
    /// Folder of the model to begin with: a language model, or a reward model to go on with.
    pub model: PathBuf,
    /// Step-labelled answers, in any form that is read.
    pub data: Vec<PathBuf>,
    /// The same, to evaluate with. Without it, a fiftieth of the data is put aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<PathBuf>,
    /// The answers of `data`, labelled in another way, such as by a judge where `data` is labelled by Monte-Carlo:
    /// only those are learned from whose first error both have at the same step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consensus: Option<PathBuf>,
    /// The head of a reward model that begins from a language model.
    #[serde(default)]
    pub head: HeadConfig,
    /// The text that steps are judged at, at its last token.
    #[serde(default = "newline")]
    pub marker: String,
    /// Where it stands: in the place of a step's last token, which must then be one, or appended, the steps being turned
    /// into tokens one by one.
    #[serde(default)]
    pub layout: Layout,
    /// Whether prompts are taken as they are, without the chat template.
    #[serde(default)]
    pub raw: bool,
    /// What a prompt is put into, at `{prompt}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// What is minimised: `cross-entropy`, or `pqm`, which ranks the steps of an answer.
    #[serde(default)]
    pub loss: PrmLoss,
    /// Weights of the labels in the cross-entropy: bad, good.
    #[serde(default = "even")]
    pub class_weights: [f64; 2],
    /// Decides the head's first weights and the order of the answers.
    #[serde(default)]
    pub seed: u64,
    /// What a step learns from.
    #[serde(default)]
    pub batch: BatchConfig,
    /// Precision of the products: `bf16` keeps weights and optimizer in f32 and computes with rounded copies.
    #[serde(default)]
    pub precision: Precision,
    /// Adapters, which are then trained in place of the decoder's weights, beside the whole head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lora: Option<LoraConfig>,
    /// Settings of AdamW.
    #[serde(default)]
    pub optimizer: OptimizerConfig,
    /// When the run is evaluated and saved.
    #[serde(default)]
    pub checkpoints: CheckpointConfig,
    /// What is trained, one after the other; the default is that of PURE.
    #[serde(default = "two_stages")]
    pub stages: Vec<StageConfig>,
}

/// The layout of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HeadConfig {
    /// One linear layer with a bias, as transformers' token classification has it.
    #[default]
    TokenClassification,
    /// Two linear layers, as in Qwen2.5-Math-PRM.
    TwoLayers,
}

/// One stage of the training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageConfig {
    /// Which parameters are trained.
    pub trains: Trained,
    /// Passes over the data.
    pub num_train_epochs: usize,
    /// The learning rate over the stage's steps.
    #[serde(default)]
    pub lr_scheduler: LrScheduler,
}

/// Which parameters are trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trained {
    /// Those of the head; the decoder is frozen.
    Head,
    /// All: head and decoder, or the adapters of the decoder.
    All,
}

fn newline() -> String {
    "\n".to_owned()
}

fn even() -> [f64; 2] {
    [1.0; 2]
}

fn two_stages() -> Vec<StageConfig> {
    let stage = |trains, num_train_epochs| StageConfig {
        trains,
        num_train_epochs,
        lr_scheduler: LrScheduler {
            kind: SchedulerType::Linear,
            ..LrScheduler::default()
        },
    };
    vec![stage(Trained::Head, 3), stage(Trained::All, 1)]
}

impl PrmConfig {
    /// The same with the learning rates of stages that name none.
    pub(crate) fn complete(mut self, model: &ModelConfig) -> Self {
        for stage in &mut self.stages {
            let scheduler = stage.lr_scheduler;
            stage.lr_scheduler = match stage.trains {
                Trained::Head => scheduler.or_exactly(1e-4),
                Trained::All => scheduler.or(1e-6, model, self.lora.as_ref()),
            };
        }
        self
    }

    /// How prompts are rendered.
    pub(crate) fn prompts(&self) -> PromptFormat {
        PromptFormat {
            raw: self.raw,
            template: self.template.clone(),
        }
    }
}

impl Validate for PrmConfig {
    const RENAMED: &'static [Renaming] = &[
        ("stages[].epochs", "num_train_epochs"),
        ("stages[].learning_rate", "lr_scheduler"),
        ("stages[].lr_scheduler.peak", "learning_rate"),
        ("stages[].lr_scheduler.warmup", "warmup_steps"),
        ("stages[].lr_scheduler.decline", "type"),
        ("stages[].lr_scheduler.end", "min_lr_rate"),
        ("batch.examples", "train_batch_size"),
        ("batch.tokens", "batch_tokens"),
        ("batch.max_tokens", "max_length"),
        ("checkpoints.every", "save_steps"),
        ("checkpoints.keep", "save_total_limit"),
        ("checkpoints.patience", "early_stopping_patience"),
    ];

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("lr", "stages[].lr_scheduler.learning_rate"),
        ("lr_scheduler_type", "stages[].lr_scheduler.type"),
        ("warmup_ratio", "stages[].lr_scheduler.warmup_steps"),
        ("lr_warmup_steps", "stages[].lr_scheduler.warmup_steps"),
        ("batch_size", "batch.train_batch_size"),
        ("per_device_train_batch_size", "batch.batch_tokens"),
        ("gradient_accumulation_steps", "batch.train_batch_size"),
        ("max_seq_length", "batch.max_length"),
        ("dataset", "data"),
        ("dataset_name", "data"),
        ("train_file", "data"),
        ("eval_dataset", "held_out"),
        ("validation_file", "held_out"),
        ("step_separator", "marker"),
    ];

    fn keys() -> Vec<String> {
        pure_settings::keys::<Self>()
    }

    fn validate(&self) -> Result<(), Invalid> {
        Invalid::at("precision", self.precision.fault())?;
        Invalid::within("lora", self.lora.as_ref().and_then(LoraConfig::fault))?;
        Invalid::within("batch", self.batch.fault())?;
        Invalid::within("optimizer", self.optimizer.fault())?;
        Invalid::within("checkpoints", self.checkpoints.fault())?;
        let is_weight = |weight: f64| weight.is_finite() && weight > 0.0;
        if !self.class_weights.into_iter().all(is_weight) {
            return Err(Invalid::new("class_weights", "must be over 0"));
        }
        if let PrmLoss::Pqm(pqm) = self.loss {
            let checked = pqm.check();
            checked.map_err(|error| Invalid::new("loss.pqm", error.to_string()))?;
            if self.class_weights != even() {
                let reason = "are of the cross-entropy: the ranking of `loss = \"pqm\"` has none";
                return Err(Invalid::new("class_weights", reason));
            }
        }
        let places = |template: &String| template.matches("{prompt}").count();
        if self.template.as_ref().is_some_and(|it| places(it) != 1) {
            let reason = "must have one place for the prompt, `{prompt}`";
            return Err(Invalid::new("template", reason));
        }
        if self.data.is_empty() {
            return Err(Invalid::new("data", "names no file"));
        }
        if self.stages.is_empty() {
            return Err(Invalid::new("stages", "has no stage"));
        }
        for (number, stage) in self.stages.iter().enumerate() {
            let name = format!("stages[{number}]");
            if stage.num_train_epochs == 0 {
                let fault = ("num_train_epochs", "must be 1 or more");
                Invalid::within(&name, Some(fault))?;
            }
            Invalid::within(&format!("{name}.lr_scheduler"), stage.lr_scheduler.fault())?;
        }
        Ok(())
    }
}
