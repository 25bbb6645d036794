//! Estimates of the KL divergence of the policy from the reference model, token by token.
//!
//! With `d = log p(token) - log q(token)`, `p` the policy that sampled the token and `q` the
//! reference, four estimates of `KL(p || q)` (Schulman, "Approximating KL Divergence", 2020):
//!
//! ```text
//! k1   d                          unbiased, may be negative
//! k2   d^2 / 2                    verl's "mse"
//! abs  |d|
//! k3   exp(-d) - 1 + d            unbiased, never negative; verl's "low_var_kl"
//! ```
//!
//! In PURE the estimate, times a coefficient, is subtracted from the reward of each token.
//!
//! Departures: k3 is clamped to [-10, 10] for all presets, as the verl branch does; the main branch
//! does not clamp it, which shows only where k3 is above 10: for `d` below -2.6 or above 11.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::names::named;
use crate::numeric::to_f32;

/// An estimate of the KL divergence from one sampled token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KlEstimator {
    /// `d`: unbiased.
    #[default]
    #[serde(alias = "kl")]
    K1,
    /// `d^2 / 2`.
    #[serde(alias = "mse")]
    K2,
    /// `|d|`.
    Abs,
    /// `exp(-d) - 1 + d`, clamped to [-10, 10].
    #[serde(alias = "low_var_kl")]
    K3,
}

const K3_BOUND: f64 = 10.0;

const NAMES: [(&str, KlEstimator); 7] = [
    ("k1", KlEstimator::K1),
    ("k2", KlEstimator::K2),
    ("abs", KlEstimator::Abs),
    ("k3", KlEstimator::K3),
    ("kl", KlEstimator::K1),
    ("mse", KlEstimator::K2),
    ("low_var_kl", KlEstimator::K3),
];

impl KlEstimator {
    /// The estimate from the two log-probabilities of one token.
    pub fn estimate(self, log_prob: f32, reference: f32) -> f32 {
        to_f32(
            self.with_slope(f64::from(log_prob) - f64::from(reference))
                .0,
        )
    }

    /// The estimate at a difference of two log-probabilities, and its slope there.
    pub(crate) fn with_slope(self, difference: f64) -> (f64, f64) {
        match self {
            Self::K1 => (difference, 1.0),
            Self::K2 => (difference * difference / 2.0, difference),
            Self::Abs => (difference.abs(), difference.signum()),
            Self::K3 => {
                let growth = (-difference).exp_m1();
                let estimate = growth + difference;
                // At the bound it is flat.
                let slope = if estimate >= K3_BOUND { 0.0 } else { -growth };
                (estimate.clamp(-K3_BOUND, K3_BOUND), slope)
            }
        }
    }
}

named!(KlEstimator, "estimate of the KL divergence", NAMES);

/// How the coefficient of the KL penalty changes; see [`KlController`](crate::KlController).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum KlControl {
    /// It is constant.
    #[default]
    Fixed,
    /// It rises while the KL is above its target and falls while it is below.
    Adaptive {
        /// The target KL, summed or averaged over tokens as the measured one is.
        target: f64,
        /// Responses until an error of 1 would have doubled the coefficient.
        horizon: f64,
    },
}

/// The KL penalty in the reward of each token: `- coefficient * estimate`. Every field may be left out
/// of a file.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KlConfig {
    /// Estimator of the KL divergence, with `d = log p - log p_reference` of a sampled token.
    pub estimator: KlEstimator,
    /// Coefficient of the KL penalty, the first one if it is adapted; 0 for no penalty. The default is the paper's, for
    /// models of 1.5 to 7 billion parameters; models of a few million were held by ten times as much.
    pub coefficient: f64,
    /// How the coefficient of the KL penalty changes in training.
    pub control: KlControl,
}

impl Default for KlConfig {
    fn default() -> Self {
        Self {
            estimator: KlEstimator::K1,
            coefficient: 0.001,
            control: KlControl::Fixed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_follow_their_formulas() {
        let at = |estimator: KlEstimator| estimator.estimate(-1.0, -1.5);
        assert_eq!(at(KlEstimator::K1), 0.5);
        assert_eq!(at(KlEstimator::K2), 0.125);
        assert_eq!(KlEstimator::Abs.estimate(-1.5, -1.0), 0.5);
        assert!((at(KlEstimator::K3) - 0.106_530_66).abs() < 1e-7);
    }

    #[test]
    fn k3_is_never_negative_and_bounded() {
        for d in [-1e38, -100.0, -3.0, -1e-4, 0.0, 1e-4, 3.0, 100.0, 1e38] {
            let k3 = KlEstimator::K3.estimate(d, 0.0);
            assert!((0.0..=10.0).contains(&k3), "{k3} at {d}");
        }
    }

    #[test]
    fn names_of_both_worlds_are_understood() {
        assert_eq!(
            "low_var_kl".parse::<KlEstimator>().unwrap(),
            KlEstimator::K3
        );
        assert_eq!(KlEstimator::K3.to_string(), "k3");
        assert!("k4".parse::<KlEstimator>().is_err());
    }
}
