//! `pure train --config FILE`: its settings.

mod checkpoints;
mod evaluation;
mod foreign;
mod models;
mod online;
mod prompts;
mod rollouts;
mod update;

use std::path::PathBuf;

use pure_core::reward_model::ImplicitPrm;
use pure_core::{Baseline, MethodConfig, PolicyLoss, RewardShaping, RewardSource, TokenWeights};
use pure_model::{LoraConfig, Precision};
use pure_rollout::{EngineOptions, Sampling};
use pure_run::{CheckpointConfig, Chosen, LrScheduler, OptimizerConfig};
use pure_settings::{Invalid, Renaming, Validate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::checkpoints::every_ten;
pub use self::evaluation::EvaluationConfig;
pub use self::models::{ReferenceConfig, RewardModelConfig};
pub use self::online::OnlineConfig;
pub use self::prompts::PromptConfig;
pub use self::rollouts::{RolloutConfig, WithoutSignal};
pub use self::update::{OldLogProbs, UpdateConfig};
use crate::monitor::MonitorConfig;

pub(crate) const SOME: &str = "must be 1 or more";

/// The key and the reason of the first of these faults that is there.
fn first<const N: usize>(
    faults: [(bool, &'static str, &'static str); N],
) -> Option<(&'static str, &'static str)> {
    let found = faults.into_iter().find(|(is_there, ..)| *is_there);
    found.map(|(_, key, reason)| (key, reason))
}

/// Settings of the reinforcement learning of a policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyConfig {
    /// Folder of the run; the model will be in `model` in it.
    pub output: PathBuf,
    /// Folder of the model to begin with, in the layout of Hugging Face.
    pub model: PathBuf,
    /// Iterations, each of which samples answers, scores them and updates the policy. A hundred show whether a reward is
    /// learned, or hacked: in the paper sums collapse within tens of them; its own runs have 500.
    #[serde(default = "hundred")]
    pub iterations: usize,
    /// Seed of the order of the prompts and of sampling.
    #[serde(default)]
    pub seed: u64,
    /// Answers of an iteration that are written to `samples.jsonl`, those of its first prompts.
    #[serde(default = "four")]
    pub num_completions_to_log: usize,
    /// The prompts that the policy learns from.
    #[serde(default)]
    pub prompts: PromptConfig,
    /// How answers are sampled.
    #[serde(default)]
    pub rollouts: RolloutConfig,
    /// The process reward model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward_model: Option<RewardModelConfig>,
    /// The reference policy, which is loaded if a KL coefficient is above 0, or rewards are shaped.
    #[serde(default)]
    pub reference: ReferenceConfig,
    /// From step rewards and outcomes to advantages: credit, reward, KL penalty, baseline.
    #[serde(default)]
    pub method: MethodConfig,
    /// The policy-gradient loss.
    #[serde(default)]
    pub loss: PolicyLoss,
    /// Weights of tokens and answers in the loss.
    #[serde(default)]
    pub weights: TokenWeights,
    /// How the policy learns from the answers of an iteration.
    #[serde(default)]
    pub update: UpdateConfig,
    /// Precision of the products: `bf16` keeps weights and optimizer in f32 and computes with rounded copies.
    #[serde(default)]
    pub precision: Precision,
    /// Adapters, which are then trained in place of all weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lora: Option<LoraConfig>,
    /// The learning rate over the updates.
    #[serde(default)]
    pub lr_scheduler: LrScheduler,
    /// Settings of AdamW.
    #[serde(default)]
    pub optimizer: OptimizerConfig,
    /// How the policy is evaluated, at each checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<EvaluationConfig>,
    /// What is watched for reward hacking, and what happens when it is seen.
    #[serde(default)]
    pub monitor: MonitorConfig,
    /// When the run is evaluated and saved.
    #[serde(default = "every_ten", deserialize_with = "checkpoints::deserialize")]
    pub checkpoints: CheckpointConfig,
}

fn hundred() -> usize {
    100
}

fn four() -> usize {
    4
}

impl PolicyConfig {
    /// Whether somebody must reward steps.
    pub(crate) fn uses_step_rewards(&self) -> bool {
        self.method.uses_step_rewards()
    }

    /// How the reward model learns, if it does.
    pub(crate) fn online(&self) -> Option<&OnlineConfig> {
        self.reward_model.as_ref()?.online.as_ref()
    }

    /// How the log-probabilities of the reward model become rewards, if it is implicit.
    pub(crate) fn implicit(&self) -> Option<ImplicitPrm> {
        self.online()?.implicit
    }

    pub(crate) fn online_mut(&mut self) -> Option<&mut OnlineConfig> {
        self.reward_model.as_mut()?.online.as_mut()
    }

    /// Whether the reference model has a say.
    pub(crate) fn needs_reference(&self) -> bool {
        self.has_kl() || self.is_shaped()
    }

    /// Whether the policy is kept close to the reference model.
    pub(crate) fn has_kl(&self) -> bool {
        self.method.kl.coefficient > 0.0 || self.loss.kl_coefficient > 0.0
    }

    /// Whether rewards are compared with those of answers of the reference model.
    pub(crate) fn is_shaped(&self) -> bool {
        let reward = &self.method.reward;
        reward.shaping != RewardShaping::None && reward.source != RewardSource::Outcome
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

    /// What the sampler may take.
    pub(crate) fn engine(&self) -> EngineOptions {
        EngineOptions {
            kv_cache: self.rollouts.kv_cache_mib.saturating_mul(1 << 20),
            max_num_seqs: self.rollouts.max_num_seqs,
        }
    }

    /// Answers of an iteration.
    pub(crate) fn answers(&self) -> usize {
        let prompts = self.prompts.per_iteration;
        prompts.saturating_mul(self.rollouts.num_generations)
    }

    /// Updates of an iteration that lost no answer.
    pub(crate) fn updates(&self) -> usize {
        let answers = self.answers();
        let per_update = self.update.mini_batch_size.unwrap_or(answers).max(1);
        let updates = answers.div_ceil(per_update);
        updates.saturating_mul(self.update.epochs)
    }
}

impl Validate for PolicyConfig {
    const RENAMED: &'static [Renaming] = &[
        ("samples", "num_completions_to_log"),
        ("prompts.max_tokens", "max_prompt_length"),
        ("rollouts.answers", "num_generations"),
        ("rollouts.kv_memory_mib", "kv_cache_mib"),
        ("rollouts.slots", "max_num_seqs"),
        ("update.answers", "mini_batch_size"),
        ("update.tokens", "batch_tokens"),
        ("update.recompute", "gradient_checkpointing"),
        ("update.largest_weight", "importance_sampling_cap"),
        ("learning_rate", "lr_scheduler"),
        ("lr_scheduler.peak", "learning_rate"),
        ("lr_scheduler.warmup", "warmup_steps"),
        ("lr_scheduler.decline", "type"),
        ("lr_scheduler.end", "min_lr_rate"),
        ("evaluation.answers", "num_generations"),
        ("checkpoints.every", "save_steps"),
        ("checkpoints.keep", "save_total_limit"),
        ("checkpoints.patience", "early_stopping_patience"),
    ];

    const FOREIGN: &'static [(&'static str, &'static str)] = foreign::NAMES;

    fn keys() -> Vec<String> {
        pure_settings::keys::<Self>()
    }

    fn validate(&self) -> Result<(), Invalid> {
        Invalid::at("precision", self.precision.fault())?;
        Invalid::within("prompts", self.prompts.fault())?;
        Invalid::within("lora", self.lora.as_ref().and_then(LoraConfig::fault))?;
        Invalid::within("rollouts", self.rollouts.fault())?;
        Invalid::within("update", self.update.fault())?;
        self.monitor.validate()?;
        Invalid::within("lr_scheduler", self.lr_scheduler.fault())?;
        Invalid::within("optimizer", self.optimizer.fault())?;
        Invalid::within("checkpoints", self.checkpoints.fault())?;
        self.online().map_or(Ok(()), OnlineConfig::validate)?;
        let method = self.method().build();
        method.map_err(|error| Invalid::new("method", error.to_string()))?;
        if self.reference.num_generations == 0 {
            return Err(Invalid::new("reference.num_generations", SOME));
        }
        within("loss", self.loss.check())?;
        within("weights", self.weights.check())?;
        if self.iterations == 0 {
            return Err(Invalid::new("iterations", SOME));
        }
        let evaluation = self.evaluation.as_ref();
        Invalid::within("evaluation", evaluation.and_then(EvaluationConfig::fault))?;
        if evaluation.is_none() {
            let needs = "needs an `evaluation`, which there is none of";
            let patience = self.checkpoints.early_stopping_patience;
            let unmeasured = first([
                (self.checkpoints.result == Chosen::Best, "result", needs),
                (patience.is_some(), "early_stopping_patience", needs),
            ]);
            Invalid::within("checkpoints", unmeasured)?;
        }
        let compares = self.method.baseline != Baseline::None;
        if self.rollouts.num_generations == 1 && compares && !self.method.whiten {
            let reason = "is 1: nothing is left to compare an answer with, so nothing is learned; ask \
                          for more, or set `method.baseline` or `method.whiten`";
            return Err(Invalid::new("rollouts.num_generations", reason));
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
