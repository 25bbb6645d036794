//! The models beside the policy.

use std::path::PathBuf;

use pure_model::DeviceChoice;
use serde::{Deserialize, Serialize};

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

fn batch_tokens() -> usize {
    16_384
}
