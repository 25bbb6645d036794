//! The coefficient of the KL penalty over the course of training.
//!
//! Fixed: it stays. Adaptive ("Fine-Tuning Language Models from Human Preferences", arXiv 1909.08593,
//! section 2.2): after a batch of `n` responses with mean KL `k`,
//!
//! ```text
//! e = clip(k / target - 1, -0.2, 0.2)        coefficient <- coefficient (1 + e n / horizon)
//! ```
//!
//! Departures: none.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, check_amount, check_positive};
use crate::kl::{KlConfig, KlControl};

/// The relative error of a batch's KL is clipped to this.
const LARGEST_ERROR: f64 = 0.2;

/// The coefficient of the KL penalty, and how it changes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KlController {
    coefficient: f64,
    control: KlControl,
}

impl KlConfig {
    /// What changes the coefficient in training.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if the coefficient is negative or infinite, or target or horizon are not
    /// above 0.
    pub fn controller(&self) -> Result<KlController, Error> {
        let (coefficient, control) = (self.coefficient, self.control);
        check_amount("coefficient", coefficient)?;
        if let KlControl::Adaptive { target, horizon } = control {
            check_positive("target", target)?;
            check_positive("horizon", horizon)?;
        }
        Ok(KlController {
            coefficient,
            control,
        })
    }
}

impl KlController {
    /// The coefficient for the next batch.
    pub fn coefficient(&self) -> f64 {
        self.coefficient
    }

    /// Takes note of a batch: its mean KL and the number of its responses. A NaN
    /// changes nothing.
    pub fn observe(&mut self, mean_kl: f64, responses: usize) {
        let KlControl::Adaptive { target, horizon } = self.control else {
            return;
        };
        let error = (mean_kl / target - 1.0).clamp(-LARGEST_ERROR, LARGEST_ERROR);
        if error.is_finite() {
            // A batch much larger than the horizon must not turn the penalty into a reward.
            self.coefficient *= (1.0 + error * responses as f64 / horizon).max(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn controller(coefficient: f64, control: KlControl) -> Result<KlController, Error> {
        let config = KlConfig {
            coefficient,
            control,
            ..KlConfig::default()
        };
        config.controller()
    }

    #[test]
    fn a_fixed_coefficient_stays() {
        let mut controller = controller(0.001, KlControl::Fixed).unwrap();
        controller.observe(100.0, 512);
        assert_eq!(controller.coefficient(), 0.001);
    }

    #[test]
    fn too_much_kl_raises_the_coefficient_and_too_little_lowers_it() {
        let adaptive = KlControl::Adaptive {
            target: 6.0,
            horizon: 10_000.0,
        };
        let mut controller = controller(0.2, adaptive).unwrap();
        controller.observe(30.0, 512);
        assert!((controller.coefficient() - 0.2 * 1.01024).abs() < 1e-12);
        controller.observe(f64::NAN, 512);
        controller.observe(6.0, 512);
        assert!((controller.coefficient() - 0.2 * 1.01024).abs() < 1e-12);
        controller.observe(0.0, 1_000_000);
        assert_eq!(controller.coefficient(), 0.0);
    }

    #[test]
    fn settings_without_meaning_are_refused() {
        assert!(controller(-0.1, KlControl::Fixed).is_err());
        let endless = KlControl::Adaptive {
            target: 6.0,
            horizon: 0.0,
        };
        assert!(controller(0.1, endless).is_err());
    }
}
