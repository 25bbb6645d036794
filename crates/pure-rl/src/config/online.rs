//! How the reward model learns while the policy does.

use pure_core::reward_model::ImplicitPrm;
use pure_model::ModelConfig;
use pure_run::{BatchConfig, LrScheduler, OptimizerConfig};
use pure_settings::Invalid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SOME, first, within};

/// How the reward model learns while the policy does: from the answers of each iteration, once the policy has
/// learned from them.
///
/// Of those that are verified and whose outcomes rewards may use (`prompts.with_answer`), a right one makes each of
/// its steps likelier to be good, a wrong one makes it likelier that one of them is bad.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OnlineConfig {
    /// Answers of an optimizer step of the reward model; without it, all that it learns from in the iteration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_batch_size: Option<usize>,
    /// Passes of the reward model over the answers of an iteration.
    pub epochs: usize,
    /// Tokens of a forward pass when the reward model learns, padding included. Memory, and nothing else, depends
    /// on it.
    pub batch_tokens: usize,
    /// Whether activations are computed again in the backward pass, in place of being kept.
    pub gradient_checkpointing: bool,
    /// The learning rate of the reward model over its updates, of which as many are expected as
    /// `prompts.with_answer` makes likely.
    pub lr_scheduler: LrScheduler,
    /// Settings of AdamW for the reward model.
    pub optimizer: OptimizerConfig,
    /// Whether the reward model as it was is kept, to be measured beside the one that learns. It takes the memory
    /// of another reward model.
    pub compare_with_frozen: bool,
    /// How log-probabilities become rewards, where the reward model is a language model: an implicit one, whose reward
    /// of a step is how much likelier it finds the step's tokens than it did when the run began (PRIME). It takes the
    /// memory of another model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub implicit: Option<ImplicitPrm>,
}

impl Default for OnlineConfig {
    fn default() -> Self {
        Self {
            mini_batch_size: None,
            epochs: 1,
            batch_tokens: 8192,
            gradient_checkpointing: false,
            lr_scheduler: LrScheduler::default(),
            optimizer: OptimizerConfig::default(),
            compare_with_frozen: false,
            implicit: None,
        }
    }
}

impl OnlineConfig {
    /// Fills in what depends on the model alone.
    pub(crate) fn complete(&mut self, model: &ModelConfig) {
        self.lr_scheduler = self.lr_scheduler.or(1e-6, model, None);
    }

    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        const TABLE: &str = "reward_model.online";
        if let Some(implicit) = self.implicit {
            within(&format!("{TABLE}.implicit"), implicit.check())?;
        }
        let own = first([
            (
                self.implicit.is_some() && self.compare_with_frozen,
                "compare_with_frozen",
                "must be false where the reward model is implicit: its rewards are none when the run begins",
            ),
            (self.mini_batch_size == Some(0), "mini_batch_size", SOME),
            (self.epochs == 0, "epochs", SOME),
            (self.batch_tokens == 0, "batch_tokens", SOME),
        ]);
        Invalid::within(TABLE, own)?;
        Invalid::within(&format!("{TABLE}.lr_scheduler"), self.lr_scheduler.fault())?;
        Invalid::within(&format!("{TABLE}.optimizer"), self.optimizer.fault())
    }

    /// Updates of so many iterations in each of which so many answers are learned from.
    pub(crate) fn updates(&self, iterations: usize, answers: usize) -> usize {
        let per_update = self.mini_batch_size.unwrap_or(answers).max(1);
        let each = answers.div_ceil(per_update).saturating_mul(self.epochs);
        each.saturating_mul(iterations)
    }

    /// How gradients are computed.
    pub(crate) fn batch(&self) -> BatchConfig {
        BatchConfig {
            batch_tokens: Some(self.batch_tokens),
            gradient_checkpointing: self.gradient_checkpointing,
            ..BatchConfig::default()
        }
    }
}
