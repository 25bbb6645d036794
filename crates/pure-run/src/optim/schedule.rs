//! The learning rate at each step: up from nothing, then constant or down.
//!
//! ```text
//! s < warmup   peak (s + 1) / warmup                     peak = `learning_rate`, warmup = `warmup_steps`
//! constant     peak
//! linear       peak (f + (1 - f) (1 - p))                p = (s - warmup) / (steps - warmup)
//! cosine       peak (f + (1 - f) (1 + cos(pi p)) / 2)    f = `min_lr_rate`
//! ```
//!
//! Departures: the first step of a warm-up has a rate of `peak / warmup`; in transformers it has
//! none, and so moves nothing. A linear decay can end above 0 too. Burn's own schedulers have no warm-up of this form.

use std::f64::consts::PI;

use pure_model::{LoraConfig, ModelConfig};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The learning rate over the steps of a run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LrScheduler {
    /// Peak learning rate. Without it 2e-5 for fine-tuning, 1e-6 for a policy and for a reward model, as is usual for
    /// models of 1.5 to 7 billion parameters. A model narrower than 2048 takes 2048 / `hidden_size` times as much: with
    /// Adam the best rate falls as models grow wider (muP, arXiv 2203.03466). Adapters take ten times the rate of all
    /// weights, whatever their rank ("LoRA Without Regret", 2025). The head of a reward model alone takes 1e-4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// Optimizer steps of linear warm-up to the peak.
    pub warmup_steps: usize,
    /// How the learning rate goes on after the warm-up.
    #[serde(rename = "type")]
    pub kind: SchedulerType,
    /// Learning rate at the end of a decay, as a fraction of the peak.
    pub min_lr_rate: f64,
}

/// How the learning rate goes on after the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SchedulerType {
    /// It stays at the peak.
    #[default]
    Constant,
    /// It decays linearly.
    Linear,
    /// It decays along half a cosine.
    Cosine,
}

impl LrScheduler {
    /// The same rate at every step.
    pub fn constant(learning_rate: f64) -> Self {
        Self {
            learning_rate: Some(learning_rate),
            ..Self::default()
        }
    }

    /// The same with a peak, if it has none yet: that for all weights of a wide model, more for a narrow one, and ten
    /// times as much for adapters; two digits of it.
    pub fn or(self, for_weights: f64, model: &ModelConfig, lora: Option<&LoraConfig>) -> Self {
        const WIDE: f64 = 2048.0;
        let for_width = (WIDE / model.hidden_size as f64).max(1.0);
        let for_adapters = if lora.is_some() { 10.0 } else { 1.0 };
        let default = format!("{:.1e}", for_weights * for_width * for_adapters);
        self.or_exactly(default.parse().unwrap_or(for_weights))
    }

    /// The same with this peak, if it has none yet.
    pub fn or_exactly(self, default: f64) -> Self {
        Self {
            learning_rate: self.learning_rate.or(Some(default)),
            ..self
        }
    }

    /// The key and the reason, if a setting has no meaning.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let is_rate = |rate: f64| rate.is_finite() && rate > 0.0;
        if !self.learning_rate.is_none_or(is_rate) {
            Some(("learning_rate", "must be over 0"))
        } else if !(0.0..=1.0).contains(&self.min_lr_rate) {
            Some(("min_lr_rate", "must be a fraction of the peak, from 0 to 1"))
        } else {
            None
        }
    }

    /// The rate at a step of so many, counted from 0.
    ///
    /// # Panics
    ///
    /// If it has no peak: see [`or`](Self::or).
    pub fn at(&self, step: usize, steps: usize) -> f64 {
        let peak = self.learning_rate.expect("a learning rate");
        if step < self.warmup_steps {
            return peak * (step + 1) as f64 / self.warmup_steps as f64;
        }
        let rest = steps.saturating_sub(self.warmup_steps).max(1);
        let progress = ((step - self.warmup_steps) as f64 / rest as f64).min(1.0);
        let share = match self.kind {
            SchedulerType::Constant => return peak,
            SchedulerType::Linear => 1.0 - progress,
            SchedulerType::Cosine => (1.0 + (PI * progress).cos()) / 2.0,
        };
        peak * (self.min_lr_rate + (1.0 - self.min_lr_rate) * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(scheduler: LrScheduler, steps: usize) -> Vec<f64> {
        (0..steps).map(|step| scheduler.at(step, steps)).collect()
    }

    fn scheduler(warmup_steps: usize, kind: SchedulerType, min_lr_rate: f64) -> LrScheduler {
        LrScheduler {
            learning_rate: Some(8.0),
            warmup_steps,
            kind,
            min_lr_rate,
        }
    }

    /// That of a model so wide, with adapters or without.
    fn default_rate(hidden_size: usize, lora: Option<&LoraConfig>) -> f64 {
        let config = format!(
            r#"{{"model_type": "qwen2", "vocab_size": 8, "hidden_size": {hidden_size}, "intermediate_size": 8,
                "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1,
                "max_position_embeddings": 8, "rope_theta": 10000.0}}"#
        );
        let model = ModelConfig::from_json(&config).unwrap();
        let scheduler = LrScheduler::default().or(1e-6, &model, lora);
        scheduler.learning_rate.unwrap()
    }

    #[test]
    fn narrow_models_and_adapters_learn_at_a_higher_rate_where_none_is_given() {
        // 2048 / 576 = 3.56, 2048 / 896 = 2.29.
        let rates = [576, 896, 2048, 3584].map(|width| default_rate(width, None));
        assert_eq!(rates, [3.6e-6, 2.3e-6, 1e-6, 1e-6]);
        assert_eq!(default_rate(896, Some(&LoraConfig::default())), 2.3e-5);
        let given = LrScheduler::constant(5.0).or_exactly(1.0);
        assert_eq!(given.learning_rate, Some(5.0));
    }

    #[test]
    fn a_warm_up_rises_in_equal_steps_to_the_peak() {
        let rates = rates(scheduler(4, SchedulerType::Constant, 0.0), 6);
        assert_eq!(rates, [2.0, 4.0, 6.0, 8.0, 8.0, 8.0]);
    }

    #[test]
    fn a_line_falls_to_its_end_which_the_step_after_the_last_would_have() {
        assert_eq!(
            rates(scheduler(0, SchedulerType::Linear, 0.0), 4),
            [8.0, 6.0, 4.0, 2.0]
        );
        let rates = rates(scheduler(1, SchedulerType::Linear, 0.5), 5);
        assert_eq!(rates, [8.0, 8.0, 7.0, 6.0, 5.0]);
    }

    #[test]
    fn a_cosine_is_halfway_down_in_the_middle() {
        let rates = rates(scheduler(2, SchedulerType::Cosine, 0.1), 10);
        assert_eq!(rates[2], 8.0);
        assert!((rates[6] - 8.0 * 0.55).abs() < 1e-12);
        assert!(rates[9] > 0.8 && rates[9] < 1.2);
    }
}
