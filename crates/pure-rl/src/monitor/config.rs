//! `[monitor]`: what is watched, and what happens then.

use pure_core::metrics::{POLICY_METRICS, TRUNCATED};
use pure_settings::Invalid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is watched, and what happens then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MonitorConfig {
    /// Reward hacking: accuracy falls while process reward rises.
    pub hack: HackRule,
    /// Rules for single metrics.
    pub rules: Vec<SignalRule>,
}

/// Reward hacking: accuracy falls while process reward rises.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HackRule {
    /// Iterations for which it must last until it is told; 0 does not watch.
    pub iterations: usize,
    /// What is done when it is seen; a notice is given in any case.
    pub then: Vec<Action>,
}

/// A metric passes a bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalRule {
    /// Name of the metric in `metrics.jsonl`.
    pub signal: String,
    /// Bound that the metric must pass.
    pub when: Bound,
    /// Iterations for which it must last until it is told.
    #[serde(default = "three")]
    pub iterations: usize,
    /// What is done when it is seen; a notice is given in any case.
    #[serde(default = "warn")]
    pub then: Vec<Action>,
}

/// Bound that a metric must pass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// It is above this.
    Above(f64),
    /// It is below this.
    Below(f64),
    /// It rose by more than this share of itself since before these iterations.
    Rises(f64),
    /// It fell by more than this share of itself since before these iterations.
    Falls(f64),
}

/// What happens when a rule speaks. It is always told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing else.
    Warn,
    /// The model of the last checkpoint from before is put into `before-hack`; as many checkpoints
    /// stay as that takes.
    Save,
    /// The learning rate is halved.
    Slow,
    /// The run ends.
    Stop,
}

fn three() -> usize {
    3
}

fn warn() -> Vec<Action> {
    vec![Action::Warn]
}

impl Default for HackRule {
    fn default() -> Self {
        Self {
            iterations: 5,
            then: vec![Action::Warn, Action::Save],
        }
    }
}

impl Default for MonitorConfig {
    fn default() -> Self {
        Self {
            hack: HackRule::default(),
            rules: vec![SignalRule {
                signal: TRUNCATED.name.to_owned(),
                when: Bound::Above(0.9),
                iterations: three(),
                then: warn(),
            }],
        }
    }
}

impl MonitorConfig {
    /// For how many iterations what a rule saw must be gone before it speaks again.
    pub(crate) fn patience(&self, number: usize) -> usize {
        let rule = self.rules.get(number);
        2 * rule.map_or(self.hack.iterations, |rule| rule.iterations)
    }

    /// Checkpoints that must stay, so many steps apart, for the one from before a hack to be there
    /// still when the hack is seen.
    pub(crate) fn checkpoints(&self, every: usize) -> usize {
        let rules = self.rules.iter();
        let rules = rules.map(|rule| (&rule.then, rule.iterations + 1));
        let all = rules.chain([(&self.hack.then, self.hack.iterations)]);
        let saving = all.filter(|(then, _)| then.contains(&Action::Save));
        let needed = saving.map(|(_, iterations)| iterations.div_ceil(every.max(1)) + 1);
        needed.max().unwrap_or(0)
    }

    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        for (number, rule) in self.rules.iter().enumerate() {
            let key = |key: &str| format!("monitor.rules[{number}].{key}");
            let mut metrics = POLICY_METRICS.iter();
            if !metrics.any(|metric| metric.name == rule.signal) {
                let names: Vec<&str> = POLICY_METRICS.iter().map(|metric| metric.name).collect();
                let reason = format!("is none of the signals: {}", names.join(", "));
                return Err(Invalid::new(key("signal"), reason));
            }
            let (Bound::Above(bound)
            | Bound::Below(bound)
            | Bound::Rises(bound)
            | Bound::Falls(bound)) = rule.when;
            if !bound.is_finite() {
                let reason = format!("has a bound of {bound}, which nothing can pass");
                return Err(Invalid::new(key("when"), reason));
            }
            if rule.iterations == 0 {
                return Err(Invalid::new(key("iterations"), "must be 1 or more"));
            }
        }
        Ok(())
    }
}
