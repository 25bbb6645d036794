//! `pure train --config FILE`: its settings.

mod evaluation;
mod models;
mod prompts;
mod rollouts;
mod update;

use std::path::PathBuf;

use pure_core::{Baseline, MethodConfig, PolicyLoss, RewardSource, TokenWeights};
use pure_rollout::Sampling;
use pure_run::{CheckpointConfig, Chosen, OptimizerConfig, Schedule};
use pure_settings::{Invalid, Validate};
use serde::{Deserialize, Serialize};

pub use self::evaluation::EvaluationConfig;
pub use self::models::{ReferenceConfig, RewardModelConfig};
pub use self::prompts::PromptConfig;
pub use self::rollouts::{RolloutConfig, WithoutSignal};
pub use self::update::{OldLogProbs, UpdateConfig};
use crate::monitor::MonitorConfig;

const SOME: &str = "must be 1 or more";

/// Settings of the reinforcement learning of a policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyConfig {
    /// Folder of the run; the model will be in `model` in it.
    pub output: PathBuf,
    /// Folder of the model to begin with, in the layout of Hugging Face.
    pub model: PathBuf,
    /// Iterations: each samples, scores and learns once.
    pub iterations: usize,
    /// Decides the order of the prompts and all samples.
    #[serde(default)]
    pub seed: u64,
    /// Answers of an iteration that are written to `samples.jsonl`, those of its first prompts.
    #[serde(default = "four")]
    pub samples: usize,
    /// What is asked.
    pub prompts: PromptConfig,
    /// How it is answered.
    pub rollouts: RolloutConfig,
    /// The process reward model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward_model: Option<RewardModelConfig>,
    /// The model that the policy is kept close to, if it is: the KL coefficients decide.
    #[serde(default)]
    pub reference: ReferenceConfig,
    /// From scores to advantages.
    #[serde(default)]
    pub method: MethodConfig,
    /// From advantages to the gradient.
    #[serde(default)]
    pub loss: PolicyLoss,
    /// Which tokens count in it.
    #[serde(default)]
    pub weights: TokenWeights,
    /// How an iteration is learned from.
    #[serde(default)]
    pub update: UpdateConfig,
    /// The learning rate over the updates.
    pub learning_rate: Schedule,
    /// Settings of AdamW.
    #[serde(default)]
    pub optimizer: OptimizerConfig,
    /// How good the policy is, at each checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<EvaluationConfig>,
    /// What is watched, and what happens then.
    #[serde(default)]
    pub monitor: MonitorConfig,
    /// When the run is evaluated and saved.
    #[serde(default = "ten")]
    pub checkpoints: CheckpointConfig,
}

fn four() -> usize {
    4
}

fn ten() -> CheckpointConfig {
    CheckpointConfig {
        every: 10,
        ..CheckpointConfig::default()
    }
}

impl PolicyConfig {
    /// Whether steps are paid.
    pub(crate) fn pays_steps(&self) -> bool {
        self.method.reward.source != RewardSource::Outcome
    }

    /// Whether the reference model has a say.
    pub(crate) fn needs_reference(&self) -> bool {
        self.method.kl.coefficient > 0.0 || self.loss.kl_coefficient > 0.0
    }

    /// The generation limit, `N` in baselines and in Dr. GRPO's mean.
    pub(crate) fn limit(&self) -> usize {
        self.method.limit.unwrap_or(self.rollouts.max_new_tokens)
    }

    /// From scores to advantages, with the generation limit.
    pub(crate) fn method(&self) -> MethodConfig {
        MethodConfig {
            limit: Some(self.limit()),
            ..self.method.clone()
        }
    }

    /// How answers are drawn in training.
    pub(crate) fn sampling(&self, end_tokens: Vec<u32>) -> Sampling {
        Sampling {
            temperature: self.rollouts.temperature,
            top_k: self.rollouts.top_k,
            top_p: self.rollouts.top_p,
            max_new_tokens: self.rollouts.max_new_tokens,
            end_tokens,
            seed: self.seed,
            ..Sampling::default()
        }
    }

    /// Answers of an iteration.
    pub(crate) fn answers(&self) -> usize {
        self.prompts
            .per_iteration
            .saturating_mul(self.rollouts.answers)
    }

    /// Updates of an iteration that lost no answer.
    pub(crate) fn updates(&self) -> usize {
        let answers = self.answers();
        let per_update = self.update.answers.unwrap_or(answers).max(1);
        self.update
            .epochs
            .saturating_mul(answers.div_ceil(per_update))
    }
}

impl Validate for PolicyConfig {
    fn validate(&self) -> Result<(), Invalid> {
        self.prompts.validate()?;
        self.rollouts.validate()?;
        self.update.validate()?;
        self.monitor.validate()?;
        Invalid::within("learning_rate", self.learning_rate.fault())?;
        Invalid::within("optimizer", self.optimizer.fault())?;
        Invalid::within("checkpoints", self.checkpoints.fault())?;
        let method = self.method().build();
        method.map_err(|error| Invalid::new("method", error.to_string()))?;
        within("loss", self.loss.check())?;
        within("weights", self.weights.check())?;
        if self.iterations == 0 {
            return Err(Invalid::new("iterations", SOME));
        }
        if let Some(evaluation) = &self.evaluation {
            evaluation.validate()?;
        }
        if self.evaluation.is_none() {
            let reason = "needs an `evaluation`, which there is none of";
            if self.checkpoints.result == Chosen::Best {
                return Err(Invalid::new("checkpoints.result", reason));
            }
            if self.checkpoints.patience.is_some() {
                return Err(Invalid::new("checkpoints.patience", reason));
            }
        }
        let compares = self.method.baseline != Baseline::None;
        if self.rollouts.answers == 1 && compares && !self.method.whiten {
            let reason = "is 1: nothing is left to compare an answer with, so nothing is learned; ask \
                          for more, or set `method.baseline` or `method.whiten`";
            return Err(Invalid::new("rollouts.answers", reason));
        }
        Ok(())
    }
}

/// Puts what the arithmetic says of a setting under the name of the setting's table.
fn within(table: &str, checked: Result<(), pure_core::Error>) -> Result<(), Invalid> {
    checked.map_err(|error| match error {
        pure_core::Error::Setting {
            key,
            found,
            expected,
        } => Invalid::new(
            format!("{table}.{key}"),
            format!("is {found}, but must be {expected}"),
        ),
        other => Invalid::new(table, other.to_string()),
    })
}
