//! The models beside the policy.

use std::path::PathBuf;

use pure_model::{DeviceChoice, Offload, Precision};
use pure_prm::{Layout, Marker, PrmPreset, StepTokens};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::online::OnlineConfig;

/// The process reward model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RewardModelConfig {
    /// Its folder.
    pub model: PathBuf,
    /// The family of models that it is of, where its folder does not say what it was taught to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<PrmPreset>,
    /// The text that it judges a step at; without it, as the preset or its folder says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
    /// Whether that replaces a step's last token or is appended; without it, as the preset or its folder says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    /// Device that it computes on; without it, the policy's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub device: Option<DeviceChoice>,
    /// Precision of its products; without it, the policy's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// Whether it waits in host memory outside of its phase.
    #[serde(default)]
    pub offload: Offload,
    /// Tokens of a forward pass, padding included.
    #[serde(default = "batch_tokens")]
    pub batch_tokens: usize,
    /// How it learns while the policy does; without it, it stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<OnlineConfig>,
}

impl RewardModelConfig {
    /// What is said of how it reads steps.
    pub(crate) fn step_tokens(&self) -> StepTokens {
        StepTokens {
            separators: Vec::new(),
            marker: self.marker.clone().map_or(Marker::OfModel, Marker::Text),
            layout: self.layout,
            preset: self.preset,
        }
    }
}

/// The reference policy, which the KL terms keep the policy close to, and with whose answers shaped rewards compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReferenceConfig {
    /// Its folder; without it, that of the model to begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<PathBuf>,
    /// Device that it computes on; without it, the policy's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub device: Option<DeviceChoice>,
    /// Precision of its products; without it, the policy's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// Whether it waits in host memory outside of its phase.
    pub offload: Offload,
    /// Answers of the reference policy to each prompt, where `method.reward.shaping` compares with them.
    pub num_generations: usize,
}

impl Default for ReferenceConfig {
    fn default() -> Self {
        Self {
            model: None,
            device: None,
            precision: None,
            offload: Offload::default(),
            num_generations: 10,
        }
    }
}

impl ReferenceConfig {
    /// Whether it is the model that the policy begins from, where the policy is.
    pub(crate) fn is_base(&self) -> bool {
        self.model.is_none() && self.device.is_none() && self.precision.is_none()
    }
}

fn batch_tokens() -> usize {
    16_384
}
