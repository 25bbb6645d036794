//! The settings that ship with the project, in this binary.

use std::path::Path;

use pure::settings::{self, ConfigError, Override, Validate};
use serde::de::DeserializeOwned;

/// A file of configs/chain.
pub struct Shipped {
    name: &'static str,
    pub text: &'static str,
}

macro_rules! shipped {
    ($name:literal) => {
        Shipped {
            name: concat!("configs/chain/", $name),
            text: include_str!(concat!("../../configs/chain/", $name)),
        }
    };
}

pub const MODEL: Shipped = shipped!("model.json");
pub const SFT: Shipped = shipped!("sft.toml");
pub const TRUNK: Shipped = shipped!("trunk.toml");
pub const PRM: Shipped = shipped!("prm.toml");
pub const PURE: Shipped = shipped!("pure.toml");

impl Shipped {
    /// The file's settings, changed by these, each as `--set` takes it.
    pub fn settings<T: DeserializeOwned + Validate>(
        &self,
        changes: impl Iterator<Item = &'static str>,
    ) -> Result<T, ConfigError> {
        let changes = changes
            .map(str::parse)
            .collect::<Result<Vec<Override>, _>>()?;
        Ok(settings::parse(Path::new(self.name), self.text, &changes)?.settings)
    }
}
