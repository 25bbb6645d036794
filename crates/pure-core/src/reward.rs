//! Which rewards an answer is paid, with which coefficients.
//!
//! ```text
//! x_l = process * c_l + outcome * o [l is the last token] - coefficient * KL_l
//! ```
//!
//! `c` what a form of credit pays, `[tokens]`; `o` the outcome in its range; the last term is the KL
//! penalty, see [`KlConfig`](crate::KlConfig). A prompt without an answer has `o = 0` for all its
//! responses.
//!
//! Departures: none; the branches differ in the range of `o` and in when its coefficient counts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::names::named;
use crate::shaping::RewardShaping;

/// Which rewards are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub enum RewardSource {
    /// The process reward alone.
    #[serde(rename = "prm")]
    Process,
    /// The verified outcome alone.
    #[serde(rename = "vr")]
    Outcome,
    /// Both.
    #[default]
    #[serde(rename = "prm+vr")]
    Both,
}

const NAMES: [(&str, RewardSource); 3] = [
    ("prm", RewardSource::Process),
    ("vr", RewardSource::Outcome),
    ("prm+vr", RewardSource::Both),
];

named!(RewardSource, "reward", NAMES);

/// The outcome rewards of wrong and right answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeRange {
    /// 0 and 1; the verl branch's.
    #[default]
    ZeroToOne,
    /// -1 and 0, so that a right answer is paid as much as one whose prompt has no answer; the main
    /// branch's.
    MinusOneToZero,
}

impl OutcomeRange {
    /// The reward of an outcome, 0 where there is none.
    pub fn worth(self, outcome: Option<f32>) -> f64 {
        outcome.map_or(0.0, |outcome| match self {
            Self::ZeroToOne => f64::from(outcome),
            Self::MinusOneToZero => f64::from(outcome) - 1.0,
        })
    }
}

/// The process rewards of bad and good steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProcessRange {
    /// `P(good) - P(bad)`, from -1 to 1, as it is scored.
    #[default]
    MinusOneToOne,
    /// `P(good)`, from 0 to 1: so no step costs anything.
    ZeroToOne,
}

impl ProcessRange {
    /// The reward of a step in this range, from one that is scored from -1 to 1.
    pub fn worth(self, reward: f32) -> f32 {
        match self {
            Self::MinusOneToOne => reward,
            Self::ZeroToOne => (1.0 + reward) / 2.0,
        }
    }
}

/// Which rewards are paid, and their coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RewardConfig {
    /// Which rewards are paid.
    pub source: RewardSource,
    /// The coefficient of what credit pays.
    pub process_coefficient: f64,
    /// The range of process rewards.
    pub process_range: ProcessRange,
    /// What the process reward of an answer becomes before it is paid.
    pub shaping: RewardShaping,
    /// The coefficient of the outcome.
    pub outcome_coefficient: f64,
    /// The range of outcome rewards.
    pub outcome_range: OutcomeRange,
    /// Whether `outcome_coefficient` applies where the outcome is the only reward. In the verl branch
    /// it does not: a quirk.
    pub outcome_coefficient_alone: bool,
}

impl Default for RewardConfig {
    fn default() -> Self {
        Self {
            source: RewardSource::default(),
            process_coefficient: 1.0,
            process_range: ProcessRange::default(),
            shaping: RewardShaping::None,
            outcome_coefficient: 1.0,
            outcome_range: OutcomeRange::default(),
            outcome_coefficient_alone: true,
        }
    }
}

impl RewardConfig {
    /// What an answer is paid for its outcome.
    pub(crate) fn of_outcome(&self, outcome: Option<f32>) -> f64 {
        let coefficient = match self.source {
            RewardSource::Process => 0.0,
            RewardSource::Outcome if !self.outcome_coefficient_alone => 1.0,
            RewardSource::Outcome | RewardSource::Both => self.outcome_coefficient,
        };
        coefficient * self.outcome_range.worth(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_differ_by_one_except_without_an_answer() {
        let worth = |outcome| {
            (
                OutcomeRange::ZeroToOne.worth(outcome),
                OutcomeRange::MinusOneToZero.worth(outcome),
            )
        };
        assert_eq!(worth(Some(1.0)), (1.0, 0.0));
        assert_eq!(worth(Some(0.0)), (0.0, -1.0));
        assert_eq!(worth(None), (0.0, 0.0));
    }

    #[test]
    fn a_range_from_0_to_1_is_the_probability_that_a_step_is_good() {
        let worth = |reward| ProcessRange::ZeroToOne.worth(reward);
        assert_eq!([worth(-1.0), worth(0.0), worth(0.5)], [0.0, 0.5, 0.75]);
        assert_eq!(ProcessRange::MinusOneToOne.worth(-0.5), -0.5);
    }

    #[test]
    fn the_coefficient_counts_beside_the_process_reward_and_alone_unless_told() {
        let half = RewardConfig {
            outcome_coefficient: 0.5,
            ..RewardConfig::default()
        };
        assert_eq!(half.of_outcome(Some(1.0)), 0.5);
        let alone = RewardConfig {
            source: RewardSource::Outcome,
            ..half
        };
        assert_eq!(alone.of_outcome(Some(1.0)), 0.5);
        let quirk = RewardConfig {
            outcome_coefficient_alone: false,
            ..alone
        };
        assert_eq!(quirk.of_outcome(Some(1.0)), 1.0);
        let process = RewardConfig {
            source: RewardSource::Process,
            ..half
        };
        assert_eq!(process.of_outcome(Some(1.0)), 0.0);
    }
}
