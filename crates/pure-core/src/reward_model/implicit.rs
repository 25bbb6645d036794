//! Implicit process rewards: a language model that learned from outcomes alone, read token by token.
//!
//! ```text
//! s_l = log p_phi(y_l) - log p_ref(y_l)           the reward of token l
//! r_t = beta sum_{l in step t} s_l                the reward of step t
//! loss = BCE(sigmoid(beta S), r)                  S = sum_l s_l, r the outcome, 1 if right
//! d loss / d S = beta (sigmoid(beta S) - r)       and d S / d log p_phi(y_l) = 1
//! ```
//!
//! `s`: `[tokens]`. "Free Process Rewards without Process Labels", arXiv 2412.01981; PRIME, arXiv
//! 2502.01456, where `phi` learns in every iteration from the verified answers of the policy, and token
//! rewards become advantages by [`Baseline::Prime`](crate::Baseline::Prime), with a step for each token.
//!
//! Departures: [`ImplicitReward::WorstStep`] is an own variant, the minimum form of PURE: `S` is then the
//! sum of the step that has the smallest, whose tokens alone learn. With step rewards and
//! [`Min`](crate::credit::Min) as the form of credit, the policy is paid by the same number.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{sigmoid, softplus};
use crate::answer::StepSpan;
use crate::error::{Error, check_positive};
use crate::numeric::to_f32;

/// Which token rewards say whether an answer is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImplicitReward {
    /// Those of all tokens, as published.
    #[default]
    TokenSum,
    /// Those of the step whose sum is the smallest, the first of equals.
    WorstStep,
}

/// An implicit reward model, as far as numbers go.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImplicitPrm {
    /// Factor of the log-ratios.
    pub beta: f64,
    /// Which token rewards say whether an answer is right.
    pub reward: ImplicitReward,
}

impl Default for ImplicitPrm {
    fn default() -> Self {
        Self {
            beta: 0.05,
            reward: ImplicitReward::TokenSum,
        }
    }
}

/// The reward of each token, from its log-probabilities under the reward model and the reference model.
///
/// # Panics
///
/// If the slices differ in length.
pub fn token_rewards(model: &[f32], reference: &[f32]) -> Vec<f32> {
    assert_eq!(
        model.len(),
        reference.len(),
        "two log-probabilities a token"
    );
    let pairs = model.iter().zip(reference);
    let reward =
        |(model, reference): (&f32, &f32)| to_f32(f64::from(*model) - f64::from(*reference));
    pairs.map(reward).collect()
}

impl ImplicitPrm {
    /// Refuses a factor that has no meaning.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if it is not above 0.
    pub fn check(&self) -> Result<(), Error> {
        check_positive("beta", self.beta)
    }

    /// The reward of each step, from those of the answer's tokens.
    ///
    /// # Panics
    ///
    /// If a step ends outside the answer.
    pub fn step_rewards(&self, tokens: &[f32], steps: &[StepSpan]) -> Vec<f32> {
        let sums = steps.iter().map(|step| sum(&tokens[step.range()]));
        sums.map(|sum| to_f32(self.beta * sum)).collect()
    }

    /// `S`, and the tokens whose rewards it sums.
    ///
    /// # Panics
    ///
    /// If a step ends outside the answer.
    pub fn answer(&self, tokens: &[f32], steps: &[StepSpan]) -> (f64, Range<usize>) {
        let all = (sum(tokens), 0..tokens.len());
        let of_step = |step: &StepSpan| (sum(&tokens[step.range()]), step.range());
        match self.reward {
            ImplicitReward::TokenSum => all,
            ImplicitReward::WorstStep => {
                let steps = steps.iter().filter(|step| !step.is_empty()).map(of_step);
                // `min_by` keeps the first of equals.
                steps.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or(all)
            }
        }
    }

    /// The loss of an answer from its `S` and outcome, and its slope by `S`, which is that by each
    /// log-probability in the sum.
    pub fn loss(&self, sum: f64, outcome: f32) -> (f64, f64) {
        let (logit, right) = (self.beta * sum, f64::from(outcome));
        let loss = right * softplus(-logit) + (1.0 - right) * softplus(logit);
        (loss, self.beta * (sigmoid(logit) - right))
    }
}

fn sum(rewards: &[f32]) -> f64 {
    rewards.iter().map(|reward| f64::from(*reward)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_rewarded_by_the_log_ratios_of_its_tokens() {
        let rewards = token_rewards(&[-1.0, -0.5, -2.0], &[-1.5, -0.5, -1.0]);
        assert_eq!(rewards, [0.5, 0.0, -1.0]);
        let steps = StepSpan::from_ends(&[1, 2], 3).unwrap();
        let half = ImplicitPrm {
            beta: 0.5,
            ..ImplicitPrm::default()
        };
        assert_eq!(half.step_rewards(&rewards, &steps), [0.25, -0.5]);
        assert_eq!(half.answer(&rewards, &steps), (-0.5, 0..3));
        let worst = ImplicitPrm {
            reward: ImplicitReward::WorstStep,
            ..half
        };
        assert_eq!(worst.answer(&rewards, &steps), (-1.0, 2..3));
        assert_eq!(worst.answer(&rewards, &[]), (-0.5, 0..3));
    }
}
