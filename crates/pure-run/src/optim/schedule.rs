//! The learning rate at each step: up from nothing, then constant or down.
//!
//! ```text
//! s < warmup   peak (s + 1) / warmup
//! constant     peak
//! linear       peak (f + (1 - f) (1 - p))                p = (s - warmup) / (steps - warmup)
//! cosine       peak (f + (1 - f) (1 + cos(pi p)) / 2)    f = the share of the peak to end at
//! ```
//!
//! Departures: the first step of a warm-up has a rate of `peak / warmup`; in transformers it has
//! none, and so moves nothing. Burn's own schedulers have no warm-up of this form.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// The learning rate over the steps of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The highest rate.
    pub peak: f64,
    /// Steps until it is reached.
    #[serde(default)]
    pub warmup: usize,
    /// What it does then.
    #[serde(default)]
    pub decline: Decline,
    /// The share of the peak that it ends at, where it declines.
    #[serde(default)]
    pub end: f64,
}

/// What the rate does after the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decline {
    /// Nothing.
    #[default]
    Constant,
    /// Falls in a straight line.
    Linear,
    /// Falls along half a wave.
    Cosine,
}

impl Schedule {
    /// The same rate at every step.
    pub fn constant(peak: f64) -> Self {
        Self {
            peak,
            warmup: 0,
            decline: Decline::Constant,
            end: 0.0,
        }
    }

    /// The key and the reason, if a setting has no meaning.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        if !(self.peak.is_finite() && self.peak > 0.0) {
            Some(("peak", "must be over 0"))
        } else if !(0.0..=1.0).contains(&self.end) {
            Some(("end", "must be a share of the peak, from 0 to 1"))
        } else {
            None
        }
    }

    /// The rate at a step of so many, counted from 0.
    pub fn at(&self, step: usize, steps: usize) -> f64 {
        if step < self.warmup {
            return self.peak * (step + 1) as f64 / self.warmup as f64;
        }
        let rest = steps.saturating_sub(self.warmup).max(1);
        let progress = ((step - self.warmup) as f64 / rest as f64).min(1.0);
        let share = match self.decline {
            Decline::Constant => return self.peak,
            Decline::Linear => 1.0 - progress,
            Decline::Cosine => (1.0 + (PI * progress).cos()) / 2.0,
        };
        self.peak * (self.end + (1.0 - self.end) * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(schedule: Schedule, steps: usize) -> Vec<f64> {
        (0..steps).map(|step| schedule.at(step, steps)).collect()
    }

    fn schedule(warmup: usize, decline: Decline, end: f64) -> Schedule {
        Schedule {
            peak: 8.0,
            warmup,
            decline,
            end,
        }
    }

    #[test]
    fn a_warm_up_rises_in_equal_steps_to_the_peak() {
        let rates = rates(schedule(4, Decline::Constant, 0.0), 6);
        assert_eq!(rates, [2.0, 4.0, 6.0, 8.0, 8.0, 8.0]);
    }

    #[test]
    fn a_line_falls_to_its_end_which_the_step_after_the_last_would_have() {
        assert_eq!(
            rates(schedule(0, Decline::Linear, 0.0), 4),
            [8.0, 6.0, 4.0, 2.0]
        );
        let rates = rates(schedule(1, Decline::Linear, 0.5), 5);
        assert_eq!(rates, [8.0, 8.0, 7.0, 6.0, 5.0]);
    }

    #[test]
    fn a_cosine_is_halfway_down_in_the_middle() {
        let rates = rates(schedule(2, Decline::Cosine, 0.1), 10);
        assert_eq!(rates[2], 8.0);
        assert!((rates[6] - 8.0 * 0.55).abs() < 1e-12);
        assert!(rates[9] > 0.8 && rates[9] < 1.2);
    }
}
