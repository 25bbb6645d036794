//! An iteration is worth many steps of supervised learning, so a policy is evaluated and saved each ten of them,
//! also where others of these settings are given.

use pure_run::{CheckpointConfig, Chosen};
use serde::{Deserialize, Deserializer};

pub(super) fn every_ten() -> CheckpointConfig {
    CheckpointConfig {
        save_steps: 10,
        ..CheckpointConfig::default()
    }
}

/// The same settings with another default.
#[derive(Deserialize)]
#[serde(
    remote = "CheckpointConfig",
    deny_unknown_fields,
    default = "every_ten"
)]
struct EveryTen {
    save_steps: usize,
    save_total_limit: usize,
    result: Chosen,
    early_stopping_patience: Option<usize>,
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<CheckpointConfig, D::Error> {
    EveryTen::deserialize(deserializer)
}
