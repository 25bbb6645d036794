//! The baselines, from the totals of each answer; the [formulas](super) say what each subtracts.
//!
//! PURE, arXiv 2504.15275, section 3.4: [`TokenLeaveOneOut`](Baseline::TokenLeaveOneOut). RLOO: "Back
//! to Basics", arXiv 2402.14740. GRPO: DeepSeekMath, arXiv 2402.03300. Dr. GRPO: arXiv 2503.20783.
//! REINFORCE++: arXiv 2501.03262. MaxRL, PAPO and PRIME have files of their own beside this one.
//!
//! Departures: an answer alone in its group has baseline 0, where leaving one out would divide by 0.
//! What these methods change in the loss, as Dr. GRPO's constant length, belongs to the learner.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::totals::{EPSILON, Totals};
use super::{max_rl, papo, prime};
use crate::error::Error;
use crate::groups::Groups;
use crate::names::{by_name, name_of};
use crate::numeric::{ratio, to_f32};
use crate::response::ResponseBaseline;

/// What an answer is compared with; see the [formulas](crate::advantages).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Baseline {
    /// The others' outcomes, and their process returns per token of the generation limit: a constant,
    /// so that neither the batch nor the answer's own length moves it. The paper's.
    #[default]
    TokenLeaveOneOut,
    /// The others' whole returns, KL penalty included, per token of the width that the batch is padded
    /// to, here the generation limit. The verl branch's.
    PaddedLeaveOneOut,
    /// The others' process reward per token, subtracted at every step once for each of its tokens, and
    /// their outcomes. The main branch's with its token baseline.
    LengthLeaveOneOut,
    /// The others' process reward per step, subtracted at every step, and their outcomes. The main
    /// branch's with its step baseline, which one giant step exploits.
    StepLeaveOneOut,
    /// The others' total rewards; every token of an answer has the same advantage.
    Rloo,
    /// The group's mean total reward, differences divided by the group's deviation.
    Grpo,
    /// The group's mean total reward, differences left as they are.
    DrGrpo,
    /// The group's mean total reward, differences divided by that mean: MaxRL's.
    MaxRl,
    /// The group's mean outcome, differences divided by the group's deviation; and among right answers
    /// the mean process reward in the same way: PAPO's.
    Papo,
    /// The group's mean process reward per step, subtracted at every step, and its mean outcome, own
    /// rewards included, differences stretched for that: PRIME's.
    Prime,
    /// None within the group: returns are discounted by the token and always whitened over the batch.
    ReinforcePlusPlus {
        /// Discount of a reward, per token of distance.
        gamma: f64,
    },
    /// Nothing.
    None,
}

/// Every name, then where the first four come from.
const NAMES: [(&str, Baseline); 16] = [
    ("token-leave-one-out", Baseline::TokenLeaveOneOut),
    ("padded-leave-one-out", Baseline::PaddedLeaveOneOut),
    ("length-leave-one-out", Baseline::LengthLeaveOneOut),
    ("step-leave-one-out", Baseline::StepLeaveOneOut),
    ("rloo", Baseline::Rloo),
    ("grpo", Baseline::Grpo),
    ("dr-grpo", Baseline::DrGrpo),
    ("max-rl", Baseline::MaxRl),
    ("papo", Baseline::Papo),
    ("prime", Baseline::Prime),
    ("reinforce++", Baseline::ReinforcePlusPlus { gamma: 1.0 }),
    ("none", Baseline::None),
    ("paper", Baseline::TokenLeaveOneOut),
    ("verl", Baseline::PaddedLeaveOneOut),
    ("token", Baseline::LengthLeaveOneOut),
    ("step", Baseline::StepLeaveOneOut),
];

impl Baseline {
    /// How many units of its per-unit baseline a step of `tokens` tokens is charged.
    pub(crate) fn units(self, tokens: usize) -> f64 {
        match self {
            Self::LengthLeaveOneOut => tokens as f64 - 1.0,
            Self::StepLeaveOneOut | Self::Prime => 1.0,
            _ => 0.0,
        }
    }

    /// Whether all tokens of an answer have one baseline.
    pub(crate) fn is_constant(self) -> bool {
        !matches!(
            self,
            Self::LengthLeaveOneOut | Self::StepLeaveOneOut | Self::Prime
        )
    }

    /// The reward that all tokens of an answer have as their return, where answers are compared as
    /// wholes.
    pub(crate) fn of_whole(self, answer: &Totals) -> Option<f64> {
        match self {
            Self::Rloo | Self::Grpo | Self::DrGrpo | Self::MaxRl => Some(answer.reward),
            Self::Papo => Some(answer.beside),
            _ => None,
        }
    }

    /// What is added to the advantages of each answer beside the difference from its baseline.
    pub(crate) fn added(
        self,
        answers: &[Totals],
        groups: &Groups,
        process_coefficient: f64,
    ) -> Vec<f64> {
        match self {
            Self::Papo => papo::process_advantages(answers, groups, process_coefficient),
            _ => vec![0.0; answers.len()],
        }
    }

    /// Compares every answer with its group: what is subtracted from its returns, and the scale of what
    /// is left, `advantage = (return - baseline) * scale`.
    pub(crate) fn compare(
        self,
        answers: &[Totals],
        groups: &Groups,
        limit: usize,
    ) -> impl Iterator<Item = (ResponseBaseline, f64)> {
        let mut totals = vec![Totals::default(); groups.count()];
        for (index, answer) in answers.iter().enumerate() {
            totals[groups.place(index)] += *answer;
        }
        let whole = move |totals: &Totals| self.of_whole(totals).unwrap_or(totals.reward);
        let mut squares = vec![0.0; groups.count()];
        for (index, answer) in answers.iter().enumerate() {
            let place = groups.place(index);
            let mean = whole(&totals[place]) / totals[place].answers;
            squares[place] += (whole(answer) - mean).powi(2);
        }
        answers.iter().enumerate().map(move |(index, own)| {
            let place = groups.place(index);
            self.compare_one(own, &totals[place], squares[place], limit as f64)
        })
    }

    fn compare_one(
        self,
        own: &Totals,
        group: &Totals,
        squares: f64,
        limit: f64,
    ) -> (ResponseBaseline, f64) {
        let others = group.answers - 1.0;
        let of_others = |sum: f64, own: f64| ratio(sum - own, others);
        let outcome = of_others(group.paid.outcome, own.paid.outcome);
        let (constant, per_unit) = match self {
            Self::TokenLeaveOneOut => {
                let returns = of_others(group.process_returns, own.process_returns);
                (outcome + ratio(returns, limit), 0.0)
            }
            Self::PaddedLeaveOneOut => (ratio(of_others(group.returns, own.returns), limit), 0.0),
            Self::LengthLeaveOneOut => {
                let process = group.paid.process - own.paid.process;
                (outcome, ratio(process, group.tokens - own.tokens))
            }
            Self::StepLeaveOneOut => {
                let process = of_others(group.process_per_step, own.process_per_step);
                (outcome, process)
            }
            Self::Rloo => (of_others(group.reward, own.reward), 0.0),
            Self::Grpo | Self::DrGrpo | Self::MaxRl if others > 0.0 => {
                (group.reward / group.answers, 0.0)
            }
            Self::Papo if others > 0.0 => (group.beside / group.answers, 0.0),
            Self::Prime if others > 0.0 => prime::baseline(group),
            _ => (0.0, 0.0),
        };
        let deviation = match others > 0.0 {
            true => (squares / others).sqrt(),
            // One answer has no deviation.
            false => 1.0,
        };
        let scale = match self {
            Self::Grpo | Self::Papo => (deviation + EPSILON).recip(),
            Self::MaxRl if others > 0.0 => max_rl::scale(constant),
            Self::Prime if others > 0.0 => prime::scale(group),
            _ => 1.0,
        };
        let baseline = ResponseBaseline {
            constant: to_f32(constant),
            per_unit: to_f32(per_unit),
            kind: self,
        };
        (baseline, scale)
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReinforcePlusPlus { gamma } => write!(f, "reinforce++:{gamma}"),
            named => f.write_str(name_of(&NAMES, named)),
        }
    }
}

impl FromStr for Baseline {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.strip_prefix("reinforce++:").map(str::parse) {
            Some(Ok(gamma)) if (0.0..=1.0).contains(&gamma) => {
                Ok(Self::ReinforcePlusPlus { gamma })
            }
            _ => by_name("baseline", &NAMES, text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Paid;

    #[test]
    fn names_go_out_and_come_back() {
        for (name, baseline) in NAMES {
            assert_eq!(name.parse::<Baseline>().unwrap(), baseline);
            assert_eq!(baseline.to_string().parse::<Baseline>().unwrap(), baseline);
        }
        assert!("reinforce++:2".parse::<Baseline>().is_err());
        assert!("mean".parse::<Baseline>().is_err());
    }

    #[test]
    fn files_name_it_by_a_word() {
        let read = |text: &str| serde_json::from_str::<Baseline>(text).unwrap();
        assert_eq!(read(r#""dr-grpo""#), Baseline::DrGrpo);
        let discounted = read(r#"{"reinforce-plus-plus": {"gamma": 0.99}}"#);
        assert_eq!(discounted, Baseline::ReinforcePlusPlus { gamma: 0.99 });
    }

    #[test]
    fn an_answer_alone_in_its_group_has_no_baseline() {
        let alone = Totals {
            answers: 1.0,
            tokens: 4.0,
            paid: Paid {
                process: 1.0,
                outcome: 1.0,
            },
            process_per_step: 1.0,
            reward: 2.0,
            ..Totals::default()
        };
        let groups = Groups::of([0].into_iter());
        for (name, baseline) in NAMES {
            let (subtracted, scale) = baseline.compare(&[alone], &groups, 8).next().unwrap();
            let found = (subtracted.constant, subtracted.per_unit);
            assert_eq!(found, (0.0, 0.0), "{name}");
            assert!(scale.is_finite() && scale > 0.9, "{name}");
        }
    }

    #[test]
    fn a_group_of_equal_rewards_compares_to_nothing() {
        let groups = Groups::of([0; 3].into_iter());
        let answer = Totals {
            answers: 1.0,
            tokens: 4.0,
            reward: 0.7,
            ..Totals::default()
        };
        for baseline in [Baseline::Rloo, Baseline::Grpo, Baseline::DrGrpo] {
            let (subtracted, scale) = baseline.compare(&[answer; 3], &groups, 8).next().unwrap();
            let advantage = f64::from(0.7_f32 - subtracted.constant) * scale;
            assert!(advantage.abs() < 1e-6, "{baseline}: {advantage}");
        }
    }
}
