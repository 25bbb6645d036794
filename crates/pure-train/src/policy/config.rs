//! `pure train --config FILE`: its settings.

use std::path::PathBuf;

use pure_core::{Baseline, MethodConfig, PolicyLoss, RewardSource, TokenWeights};
use pure_model::DeviceChoice;
use pure_rollout::Sampling;
use pure_verify::Mode;
use serde::{Deserialize, Serialize};

use super::monitor::MonitorConfig;
use crate::config::{Invalid, Validate};
use crate::{CheckpointConfig, Chosen, OptimizerConfig, Schedule};

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

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptConfig {
    /// Prompts, with answers or without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// How many an iteration asks.
    pub per_iteration: usize,
    /// Share of the answers that rewards may use; the others are measured with, and that is all.
    #[serde(default = "all")]
    pub with_answer: f64,
    /// Whether prompts of text are taken as they are, without the chat template.
    #[serde(default)]
    pub raw: bool,
    /// What a prompt of text is put into, at `{}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The longest prompt; longer ones are left out, and counted.
    #[serde(default = "kibi")]
    pub max_tokens: usize,
    /// How answers are verified.
    #[serde(default)]
    pub verifier: Mode,
}

/// How prompts are answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RolloutConfig {
    /// Answers to each prompt.
    pub answers: usize,
    /// The longest answer.
    pub max_new_tokens: usize,
    /// Divides the logits.
    #[serde(default = "one")]
    pub temperature: f64,
    /// Only the likeliest tokens that together have this probability.
    #[serde(default = "one")]
    pub top_p: f64,
    /// Only so many of the likeliest tokens; 0 for all.
    #[serde(default)]
    pub top_k: usize,
    /// What becomes of groups whose answers are all paid the same.
    #[serde(default)]
    pub without_signal: WithoutSignal,
    /// Megabytes for keys and values.
    #[serde(default = "two_gibi")]
    pub kv_memory_mib: u64,
    /// Answers that grow at once, at most.
    #[serde(default = "slots")]
    pub slots: usize,
}

/// What becomes of groups whose answers are all paid the same, so that comparing them says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum WithoutSignal {
    /// They stay.
    #[default]
    Keep,
    /// They are left out.
    Drop,
    /// They are left out, and other prompts asked in their place (DAPO's dynamic sampling).
    Refill {
        /// How often, at most, in an iteration.
        rounds: usize,
    },
}

/// The process reward model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewardModelConfig {
    /// Its folder.
    pub model: PathBuf,
    /// The text of the token that it judges steps at; else what its folder says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
    /// Where it computes; else where the policy does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceChoice>,
    /// Tokens that it reads at once.
    #[serde(default = "batch_tokens")]
    pub batch_tokens: usize,
}

/// The model that the policy is kept close to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReferenceConfig {
    /// Its folder; else that of the model to begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<PathBuf>,
    /// Where it computes; else where the policy does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceChoice>,
}

/// How an iteration is learned from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateConfig {
    /// Answers of one step of the optimizer; else all of the iteration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers: Option<usize>,
    /// How often each answer is learned from.
    pub epochs: usize,
    /// Tokens that are computed at once, pads included: memory, and nothing else, depends on it.
    pub tokens: usize,
    /// Whether several answers share a row; none sees another.
    pub packing: bool,
    /// Whether layers are computed again in the backward pass, in place of being kept.
    pub recompute: bool,
    /// Which log-probabilities the ratio starts from.
    pub old_log_probs: OldLogProbs,
    /// The most that a token weighs for having been drawn from another policy than the one that is
    /// trained: truncated importance weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_weight: Option<f64>,
    /// An update whose mean ratio is above this is left out, as OpenRLHF does.
    pub exploding_ratio: f64,
}

/// Which log-probabilities the ratio starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OldLogProbs {
    /// The sampler's.
    #[default]
    Sampler,
    /// Computed once more, as the trainer computes.
    Trainer,
}

/// How good the policy is, at each checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationConfig {
    /// Prompts with answers that are not trained on.
    pub prompts: PathBuf,
    /// How many of them, from the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Answers to each, sampled as in training.
    #[serde(default = "one_answer")]
    pub answers: usize,
    /// Whether the likeliest answer is taken as well.
    #[serde(default = "yes")]
    pub greedy: bool,
}

fn four() -> usize {
    4
}

fn one_answer() -> usize {
    1
}

fn kibi() -> usize {
    1024
}

fn slots() -> usize {
    256
}

fn two_gibi() -> u64 {
    2048
}

fn batch_tokens() -> usize {
    16_384
}

fn one() -> f64 {
    1.0
}

fn all() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}

fn ten() -> CheckpointConfig {
    CheckpointConfig {
        every: 10,
        ..CheckpointConfig::default()
    }
}

impl Default for UpdateConfig {
    fn default() -> Self {
        Self {
            answers: None,
            epochs: 1,
            tokens: 8192,
            packing: false,
            recompute: false,
            old_log_probs: OldLogProbs::Sampler,
            largest_weight: None,
            exploding_ratio: 200.0,
        }
    }
}

impl PolicyConfig {
    /// Whether steps are paid.
    pub(super) fn pays_steps(&self) -> bool {
        self.method.reward.source != RewardSource::Outcome
    }

    /// Whether the reference model has a say.
    pub(super) fn needs_reference(&self) -> bool {
        self.method.kl.coefficient > 0.0 || self.loss.kl_coefficient > 0.0
    }

    /// The line from scores to advantages; the generation limit is known here.
    pub(super) fn method(&self) -> MethodConfig {
        let limit = Some(self.rollouts.max_new_tokens);
        MethodConfig {
            limit: self.method.limit.or(limit),
            ..self.method.clone()
        }
    }

    /// How answers are drawn in training.
    pub(super) fn sampling(&self, end_tokens: Vec<u32>) -> Sampling {
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

    /// Updates of an iteration that lost no answer.
    pub(super) fn updates(&self) -> usize {
        let answers = self.prompts.per_iteration * self.rollouts.answers;
        let per_update = self.update.answers.unwrap_or(answers).max(1);
        self.update.epochs * answers.div_ceil(per_update)
    }
}

impl Validate for PolicyConfig {
    fn validate(&self) -> Result<(), Invalid> {
        self.prompts.validate()?;
        self.rollouts.validate()?;
        self.update.validate()?;
        self.monitor.validate(&self.checkpoints)?;
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
        if let Some(evaluation) = &self.evaluation
            && evaluation.answers == 0
            && !evaluation.greedy
        {
            let reason = "must be 1 or more where `greedy` is false";
            return Err(Invalid::new("evaluation.answers", reason));
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

impl PromptConfig {
    fn validate(&self) -> Result<(), Invalid> {
        let invalid = |key: &str, reason: &str| Err(Invalid::new(format!("prompts.{key}"), reason));
        let has_place = |template: &String| template.matches("{}").count() == 1;
        match self {
            Self {
                per_iteration: 0, ..
            } => invalid("per_iteration", SOME),
            Self { max_tokens: 0, .. } => invalid("max_tokens", SOME),
            Self { with_answer, .. } if !(0.0..=1.0).contains(with_answer) => {
                invalid("with_answer", "must be a share, from 0 to 1")
            }
            Self {
                template: Some(template),
                ..
            } if !has_place(template) => {
                invalid("template", "must have one place for the prompt, `{}`")
            }
            _ => Ok(()),
        }
    }
}

impl RolloutConfig {
    fn validate(&self) -> Result<(), Invalid> {
        let invalid =
            |key: &str, reason: &str| Err(Invalid::new(format!("rollouts.{key}"), reason));
        match self {
            Self { answers: 0, .. } => invalid("answers", SOME),
            Self {
                max_new_tokens: 0, ..
            } => invalid("max_new_tokens", SOME),
            Self {
                kv_memory_mib: 0, ..
            } => invalid("kv_memory_mib", SOME),
            Self { slots: 0, .. } => invalid("slots", SOME),
            // At 0 there is nothing to learn from: all answers of a group are one.
            Self { temperature, .. } if !(temperature.is_finite() && *temperature > 0.0) => {
                invalid("temperature", "must be over 0")
            }
            Self { top_p, .. } if !(*top_p > 0.0 && *top_p <= 1.0) => {
                invalid("top_p", "must be over 0 and at most 1")
            }
            Self {
                without_signal: WithoutSignal::Refill { rounds: 0 },
                ..
            } => invalid("without_signal", "has no rounds: `drop` says that"),
            _ => Ok(()),
        }
    }
}

impl UpdateConfig {
    fn validate(&self) -> Result<(), Invalid> {
        let invalid = |key: &str, reason: &str| Err(Invalid::new(format!("update.{key}"), reason));
        match self {
            Self {
                answers: Some(0), ..
            } => invalid("answers", SOME),
            Self { epochs: 0, .. } => invalid("epochs", SOME),
            Self { tokens: 0, .. } => invalid("tokens", SOME),
            Self {
                largest_weight: Some(weight),
                ..
            } if weight.is_nan() || *weight < 1.0 => invalid("largest_weight", SOME),
            Self {
                exploding_ratio, ..
            } if exploding_ratio.is_nan() || *exploding_ratio <= 1.0 => {
                invalid("exploding_ratio", "must be over 1 (inf leaves nothing out)")
            }
            _ => Ok(()),
        }
    }
}
