//! What an answer's process reward becomes before it is paid.
//!
//! PAR, preference as reward (arXiv 2502.18770), compares it with what reference answers to the same
//! prompt get:
//!
//! ```text
//! p' = (1 / M) sum_m sigmoid(k (p - p_ref_m))
//! ```
//!
//! `p` what credit pays the answer in all, `p_ref_m` the same of the `M` reference answers, `k` the slope,
//! 1 as published. From 0 to 1, and 1/2 for an answer as good as the references: bounded, so that no
//! reward can be driven up without end, and steep only around what the reference policy does. It is the
//! probability, after Bradley and Terry, that the answer is preferred to a reference answer.
//!
//! Departures: the published `p` is one number of a reward model of whole answers; here any form of credit
//! may give it. `p'` is paid at the answer's last token, whatever steps were paid, and multiplied by the
//! process coefficient. There M is 10; here as many as are given.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, check_positive};

/// What an answer's process reward becomes before it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum RewardShaping {
    /// It stays, and is paid step by step.
    #[default]
    None,
    /// How likely the answer is preferred to reference answers, paid at its last token: PAR.
    Par {
        /// Factor of the difference of two rewards.
        #[serde(default = "one")]
        slope: f64,
    },
}

fn one() -> f64 {
    1.0
}

impl RewardShaping {
    /// An answer's reward in place of `reward`, where `references` are those of the reference answers.
    /// Unchanged where there is no shaping, or no reference.
    pub fn shape(self, reward: f64, references: &[f64]) -> f64 {
        match self {
            Self::Par { slope } if !references.is_empty() => {
                let preferred = |reference: &f64| sigmoid(slope * (reward - reference));
                references.iter().map(preferred).sum::<f64>() / references.len() as f64
            }
            Self::None | Self::Par { .. } => reward,
        }
    }

    pub(crate) fn check(self) -> Result<(), Error> {
        match self {
            Self::None => Ok(()),
            Self::Par { slope } => check_positive("slope", slope),
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    (1.0 + (-x).exp()).recip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reward_becomes_the_mean_probability_of_being_preferred() {
        let par = RewardShaping::Par { slope: 2.0 };
        // 0.5 against 0.5 and 0: (sigmoid(0) + sigmoid(1)) / 2.
        let expected = (0.5 + 1.0 / (1.0 + (-1.0_f64).exp())) / 2.0;
        assert!((par.shape(0.5, &[0.5, 0.0]) - expected).abs() < 1e-15);
        assert_eq!(par.shape(0.7, &[0.7]), 0.5);
    }

    #[test]
    fn it_is_bounded_and_better_answers_get_more() {
        let par = RewardShaping::Par { slope: 1.0 };
        let references = [0.3, -0.4, 0.1];
        let shaped = [f64::MIN, -1.0, 0.0, 1.0, f64::MAX].map(|p| par.shape(p, &references));
        assert_eq!((shaped[0], shaped[4]), (0.0, 1.0));
        assert!(shaped.is_sorted() && shaped[1] < shaped[2] && shaped[2] < shaped[3]);
        assert_eq!(RewardShaping::None.shape(-3.0, &references), -3.0);
    }

    #[test]
    fn files_may_leave_the_slope_out() {
        let read = |text: &str| serde_json::from_str::<RewardShaping>(text);
        assert_eq!(read(r#""none""#).unwrap(), RewardShaping::None);
        let par = RewardShaping::Par { slope: 1.0 };
        assert_eq!(read(r#"{"par": {}}"#).unwrap(), par);
        assert!(read(r#"{"par": {"k": 1}}"#).is_err());
        assert!(RewardShaping::Par { slope: 0.0 }.check().is_err());
    }
}
