//! Which command a run is of, as its settings tell.

use std::fmt;

use pure_core::Metric;
use pure_core::metrics::{POLICY_METRICS, PRM_METRICS, SFT_METRICS};
use toml::Table;

/// What a run trains. Runs of different kinds share no curve, so a report is of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A policy, by reinforcement learning.
    Policy,
    /// A language model, on demonstrations.
    Sft,
    /// A process reward model, on step labels.
    RewardModel,
}

impl Kind {
    /// That of a run with these settings, if it is of a command that is known.
    pub(crate) fn of(settings: &Table) -> Option<Self> {
        let has = |key: &str| settings.contains_key(key);
        if has("method") {
            return Some(Self::Policy);
        }
        let supervised = match has("stages") {
            true => Self::RewardModel,
            false => Self::Sft,
        };
        (has("data") && has("batch")).then_some(supervised)
    }

    /// All that a run of the kind measures.
    pub(crate) fn metrics(self) -> &'static [Metric] {
        match self {
            Self::Policy => &POLICY_METRICS,
            Self::Sft => &SFT_METRICS,
            Self::RewardModel => &PRM_METRICS,
        }
    }
}

/// The command.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Policy => "pure train",
            Self::Sft => "pure sft",
            Self::RewardModel => "pure prm train",
        })
    }
}
