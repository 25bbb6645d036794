//! The loss that moves a policy along its advantages, and its gradient.
//!
//! With `l` a token's log-probability now, `l0` the one it was sampled at, `q` that of the reference
//! model, `H` the entropy at its position, `A` its advantage:
//!
//! ```text
//! rho    = exp(l - l0)
//! policy = - w min(rho A, clip(rho, 1 - low, 1 + high) A)          PPO, arXiv 1707.06347, eq. 7
//! loss   = sum over tokens of s (policy + kl D(l, q) - entropy H)
//! ```
//!
//! `s` is the token's weight in the mean of the loss, `w` multiplies its policy term alone (1, unless
//! tokens are selected or the sampler drew from another distribution). `D` is an estimate of the KL
//! divergence.
//!
//! | mean | `s` of a token, of `n` answers with `L_i` tokens | where from |
//! | --- | --- | --- |
//! | [`Tokens`](LossMean::Tokens) | `1 / sum L_i` | verl, DAPO |
//! | [`Answers`](LossMean::Answers) | `1 / (n L_i)` | OpenRLHF, GRPO |
//! | [`Limit`](LossMean::Limit) | `1 / (n N)`, `N` the generation limit | Dr. GRPO, arXiv 2503.20783 |
//!
//! The mean is taken over a whole mini-batch, so that accumulating its gradient over micro-batches
//! changes nothing. (verl takes the mean of each micro-batch and then of these means: its loss depends
//! on the memory of the machine.)
//!
//! The gradient is written out, since the loss needs no more of the model than two numbers a token.
//! Where both branches of the minimum are equal, as at `rho = 1`, that of `rho A` counts.
//!
//! Departures: none in the loss. `largest_ratio` is PPO's dual clip (arXiv 1912.09729): `rho` itself
//! is cut there, which matters for `A < 0`, where the minimum has no bound. With the sampler's own
//! log-probabilities as `l0` it makes `rho` a truncated importance weight.

use std::ops::AddAssign;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, check_amount, check_setting};
use crate::kl::KlEstimator;
use crate::numeric::to_f32;

/// Settings of the loss. Every field may be left out of a file.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyLoss {
    /// Clip range of the importance ratio below 1: PPO's epsilon.
    pub clip_low: f64,
    /// Clip range of the importance ratio above 1. DAPO (arXiv 2503.14476) leaves more room here than below.
    pub clip_high: f64,
    /// Dual clip (arXiv 1912.09729): bound of the importance ratio itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_ratio: Option<f64>,
    /// What the loss is averaged over.
    pub mean: LossMean,
    /// Coefficient of the KL divergence in the loss, GRPO's beta, beside or in place of the penalty in the reward.
    pub kl_coefficient: f64,
    /// Estimator of the KL divergence in the loss.
    pub kl_estimator: KlEstimator,
    /// Coefficient of the entropy bonus.
    pub entropy_coefficient: f64,
}

/// What the mean of the loss is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LossMean {
    /// All tokens alike.
    #[default]
    Tokens,
    /// Answers alike, and in each its tokens alike.
    Answers,
    /// All tokens alike, divided by a number that does not depend on how long answers are.
    Limit,
}

impl Default for PolicyLoss {
    fn default() -> Self {
        Self {
            clip_low: 0.2,
            clip_high: 0.2,
            largest_ratio: None,
            mean: LossMean::Tokens,
            kl_coefficient: 0.0,
            kl_estimator: KlEstimator::K3,
            entropy_coefficient: 0.0,
        }
    }
}

/// A token to learn from: all that its loss is made of, except what the model says of it now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossToken {
    /// The token that was sampled. The loss does not look at it; whoever asks the model for its
    /// log-probability does.
    pub token: u32,
    /// Its log-probability when it was sampled.
    pub old_log_prob: f32,
    /// Its log-probability under the reference model; not looked at without a KL coefficient.
    pub reference: f32,
    /// Its advantage.
    pub advantage: f32,
    /// The weight of its policy term: importance sampling, selection of tokens.
    pub policy_weight: f32,
    /// The weight of its whole loss in the mean, [`LossMean::token_weight`].
    pub loss_weight: f32,
}

/// Statistics of a mini-batch, as sums that add up over its micro-batches.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PolicyStats {
    /// The loss.
    pub loss: f64,
    /// Its part that follows the advantages.
    pub policy: f64,
    /// The mean estimate of the KL divergence, weighted as the loss is, before its coefficient.
    pub kl: f64,
    /// The mean entropy, weighted as the loss is.
    pub entropy: f64,
    /// Tokens.
    pub tokens: f64,
    /// Tokens whose ratio was clipped, so that they moved nothing.
    pub clipped: f64,
    /// Sum of `rho` over tokens.
    pub ratio: f64,
    /// Sum of `l0 - l` over tokens: `KL(old || now)`, estimated.
    pub moved: f64,
    /// Sum of `|l - l0|` over tokens.
    pub gap: f64,
    /// The largest `|l - l0|`.
    pub largest_gap: f64,
}

impl AddAssign for PolicyStats {
    fn add_assign(&mut self, other: Self) {
        self.loss += other.loss;
        self.policy += other.policy;
        self.kl += other.kl;
        self.entropy += other.entropy;
        self.tokens += other.tokens;
        self.clipped += other.clipped;
        self.ratio += other.ratio;
        self.moved += other.moved;
        self.gap += other.gap;
        self.largest_gap = self.largest_gap.max(other.largest_gap);
    }
}

/// The gradient of the loss.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LossGradient {
    /// By each token's log-probability.
    pub log_probs: Vec<f32>,
    /// By the entropy at each token's position.
    pub entropies: Vec<f32>,
}

impl LossMean {
    /// The weight in the mean of each token of an answer with `length` tokens, in a mini-batch of
    /// `answers` answers with `tokens` tokens together; `limit` is the generation limit.
    pub fn token_weight(self, length: usize, answers: usize, tokens: usize, limit: usize) -> f64 {
        let (length, answers, limit) = (length as f64, answers as f64, limit as f64);
        let of = match self {
            Self::Tokens => tokens as f64,
            Self::Answers => answers * length,
            Self::Limit => answers * limit,
        };
        1.0 / of.max(1.0)
    }
}

impl PolicyLoss {
    /// Refuses settings that have no meaning.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for the first of them.
    pub fn check(&self) -> Result<(), Error> {
        let low = (0.0..1.0).contains(&self.clip_low);
        check_setting(low, "clip_low", self.clip_low, "from 0 to under 1")?;
        check_amount("clip_high", self.clip_high)?;
        check_amount("kl_coefficient", self.kl_coefficient)?;
        check_amount("entropy_coefficient", self.entropy_coefficient)?;
        let bound = self.largest_ratio.unwrap_or(f64::INFINITY);
        check_setting(bound >= 1.0, "largest_ratio", bound, "1 or more")
    }

    /// The loss of some tokens, and its gradient.
    ///
    /// # Shapes
    ///
    /// - `log_probs`, `entropies`, `tokens`: one entry a token
    ///
    /// # Panics
    ///
    /// If they differ in length.
    pub fn of(
        &self,
        log_probs: &[f32],
        entropies: &[f32],
        tokens: &[LossToken],
    ) -> (PolicyStats, LossGradient) {
        assert_eq!(log_probs.len(), tokens.len(), "a log-probability a token");
        assert_eq!(entropies.len(), tokens.len(), "an entropy a token");
        let mut stats = PolicyStats::default();
        let mut gradient = LossGradient::default();
        for ((&log_prob, &entropy), token) in log_probs.iter().zip(entropies).zip(tokens) {
            let (by_log_prob, by_entropy) = self.token(log_prob, entropy, token, &mut stats);
            gradient.log_probs.push(to_f32(by_log_prob));
            gradient.entropies.push(to_f32(by_entropy));
        }
        (stats, gradient)
    }

    fn token(
        &self,
        log_prob: f32,
        entropy: f32,
        token: &LossToken,
        stats: &mut PolicyStats,
    ) -> (f64, f64) {
        let loss_weight = f64::from(token.loss_weight);
        let moved = f64::from(log_prob) - f64::from(token.old_log_prob);
        let advantage = f64::from(token.advantage);
        let policy_weight = f64::from(token.policy_weight);
        let ratio = moved.exp();
        let bound = self.largest_ratio.unwrap_or(f64::INFINITY);
        let held = ratio.min(bound);
        let clipped = held.clamp(1.0 - self.clip_low, 1.0 + self.clip_high);
        let is_clipped = clipped * advantage < held * advantage;
        let policy = -policy_weight * advantage * if is_clipped { clipped } else { held };
        let slope = if is_clipped || ratio > bound {
            0.0
        } else {
            -policy_weight * advantage * ratio
        };

        let (kl, kl_slope) = match self.kl_coefficient {
            0.0 => (0.0, 0.0),
            _ => {
                let apart = f64::from(log_prob) - f64::from(token.reference);
                self.kl_estimator.with_slope(apart)
            }
        };
        let entropy = f64::from(entropy);
        let (by_kl, by_entropy) = (self.kl_coefficient, self.entropy_coefficient);
        *stats += PolicyStats {
            loss: loss_weight * (policy + by_kl * kl - by_entropy * entropy),
            policy: loss_weight * policy,
            kl: loss_weight * kl,
            entropy: loss_weight * entropy,
            tokens: 1.0,
            clipped: f64::from(u8::from(is_clipped)),
            ratio,
            moved: -moved,
            gap: moved.abs(),
            largest_gap: moved.abs(),
        };
        (
            loss_weight * (slope + by_kl * kl_slope),
            -loss_weight * by_entropy,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: LossToken = LossToken {
        token: 7,
        old_log_prob: -1.0,
        reference: -1.2,
        advantage: 0.5,
        policy_weight: 1.0,
        loss_weight: 0.25,
    };

    fn loss_at(loss: &PolicyLoss, log_prob: f32, token: LossToken) -> (f64, f32) {
        let (stats, gradient) = loss.of(&[log_prob], &[0.7], &[token]);
        (stats.loss, gradient.log_probs[0])
    }

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let all = PolicyLoss {
            largest_ratio: Some(3.0),
            kl_coefficient: 0.1,
            entropy_coefficient: 0.01,
            ..PolicyLoss::default()
        };
        for kl_estimator in [
            KlEstimator::K1,
            KlEstimator::K2,
            KlEstimator::Abs,
            KlEstimator::K3,
        ] {
            let loss = PolicyLoss {
                kl_estimator,
                ..all
            };
            for log_prob in [-1.5_f32, -1.1, -0.9, -0.7, 0.3] {
                for advantage in [0.5, -0.5] {
                    let token = LossToken { advantage, ..TOKEN };
                    let step = 1e-3_f32;
                    let (above, _) = loss_at(&loss, log_prob + step, token);
                    let (below, _) = loss_at(&loss, log_prob - step, token);
                    let width = f64::from(log_prob + step) - f64::from(log_prob - step);
                    let (_, found) = loss_at(&loss, log_prob, token);
                    let expected = (above - below) / width;
                    let difference = (f64::from(found) - expected).abs();
                    assert!(difference < 1e-4, "{log_prob}, {advantage}: {found}");
                }
            }
        }
    }

    #[test]
    fn a_ratio_that_left_its_bounds_in_the_wanted_direction_moves_nothing() {
        let loss = PolicyLoss::default();
        let bad = LossToken {
            advantage: -0.5,
            ..TOKEN
        };
        assert_eq!(loss_at(&loss, -0.5, TOKEN).1, 0.0);
        assert_eq!(loss_at(&loss, -1.5, bad).1, 0.0);
        assert!(loss_at(&loss, -1.5, TOKEN).1 < 0.0);
        assert!(loss_at(&loss, -0.5, bad).1 > 0.0);
    }

    #[test]
    fn a_cut_ratio_bounds_what_a_bad_token_costs() {
        let cut = PolicyLoss {
            largest_ratio: Some(3.0),
            ..PolicyLoss::default()
        };
        let bad = LossToken {
            advantage: -1.0,
            loss_weight: 1.0,
            ..TOKEN
        };
        assert_eq!(loss_at(&cut, 9.0, bad), (3.0, 0.0));
        assert!(loss_at(&PolicyLoss::default(), 9.0, bad).0 > 1e3);
    }

    #[test]
    fn weights_in_the_mean_add_up_to_one_or_to_the_filled_part_of_the_limit() {
        let lengths = [3, 1, 6];
        let sum = |mean: LossMean| -> f64 {
            let weights = lengths.map(|length| length as f64 * mean.token_weight(length, 3, 10, 8));
            weights.iter().sum()
        };
        assert!((sum(LossMean::Tokens) - 1.0).abs() < 1e-12);
        assert!((sum(LossMean::Answers) - 1.0).abs() < 1e-12);
        assert!((sum(LossMean::Limit) - 10.0 / 24.0).abs() < 1e-12);
    }

    #[test]
    fn without_advantage_nothing_moves() {
        let still = LossToken {
            advantage: 0.0,
            ..TOKEN
        };
        for log_prob in [-3.0, -1.0, 0.0] {
            assert_eq!(loss_at(&PolicyLoss::default(), log_prob, still).1, 0.0);
        }
    }

    #[test]
    fn settings_without_meaning_are_refused() {
        let refused = |change: fn(&mut PolicyLoss)| {
            let mut loss = PolicyLoss::default();
            change(&mut loss);
            loss.check().is_err()
        };
        assert!(PolicyLoss::default().check().is_ok());
        assert!(refused(|loss| loss.clip_low = 1.0));
        assert!(refused(|loss| loss.clip_high = f64::NAN));
        assert!(refused(|loss| loss.largest_ratio = Some(0.5)));
        assert!(refused(|loss| loss.entropy_coefficient = -1.0));
    }
}
