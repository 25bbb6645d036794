//! An arm with a strong reward model or with a weak one.

use pure::rl::PolicyConfig;
use pure::settings::ConfigError;

use crate::arms::{ARMS, Arm};
use crate::shipped;

/// How much a reward model has learned from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    Strong,
    Weak,
}

impl Strength {
    pub const ALL: [Self; 2] = [Self::Strong, Self::Weak];

    pub fn name(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Weak => "weak",
        }
    }

    /// What stands behind the name of what is strong without it.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Strong => "",
            Self::Weak => "-weak",
        }
    }

    /// It learns from one answer of so many.
    pub fn one_of(self) -> u32 {
        match self {
            Self::Strong => 1,
            Self::Weak => 8,
        }
    }
}

/// What a run is of, but for its seed.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    pub arm: &'static Arm,
    pub strength: Strength,
}

impl Variant {
    /// Every arm with a strong reward model, then with a weak one those that ask a reward model.
    pub fn all() -> Result<Vec<Self>, ConfigError> {
        let mut all = Vec::new();
        for strength in Strength::ALL {
            for arm in ARMS {
                let variant = Self { arm, strength };
                if variant.is_there()? {
                    all.push(variant);
                }
            }
        }
        Ok(all)
    }

    /// That of a name: an arm's, with `-weak` behind it for the weak reward model.
    pub fn named(name: &str) -> Result<Self, String> {
        let (of_arm, strength) = match name.strip_suffix(Strength::Weak.suffix()) {
            Some(of_arm) => (of_arm, Strength::Weak),
            None => (name, Strength::Strong),
        };
        let Some(arm) = ARMS.iter().find(|arm| arm.name == of_arm) else {
            let known = ARMS
                .iter()
                .map(|arm| format!("\n  {:<20} {}", arm.name, arm.about));
            let known: String = known.collect();
            return Err(format!(
                "there is no arm {name:?}; there are, each also as NAME-weak, with a weak reward model,{known}"
            ));
        };
        let variant = Self { arm, strength };
        match variant.is_there() {
            Ok(true) => Ok(variant),
            Ok(false) => Err(format!(
                "there is no arm {name:?}, for {of_arm:?} asks no reward model that was taught"
            )),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The name of its runs.
    pub fn name(&self) -> String {
        format!("{}{}", self.arm.name, self.strength.suffix())
    }

    /// The shipped settings with those of the arm.
    pub fn settings(&self) -> Result<PolicyConfig, ConfigError> {
        shipped::PURE.settings(self.arm.settings())
    }

    /// Whether it differs from others: what asks no reward model that was taught is the same with any.
    fn is_there(&self) -> Result<bool, ConfigError> {
        if self.strength == Strength::Strong {
            return Ok(true);
        }
        let asks = self.settings()?.method.uses_step_rewards();
        Ok(asks && self.arm.reward_model.is_taught())
    }
}
