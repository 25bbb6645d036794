//! The monitor: notices that the reward is being hacked, and acts.
//!
//! The tell-tale (PURE, arXiv 2504.15275, section 4): verified accuracy falls while process reward
//! rises. Over the last `k + 1` iterations it is seen where
//!
//! ```text
//! accuracy fell and process rose at every one of the k changes, or
//! rho(time, accuracy) <= -0.8 and rho(time, process) >= 0.8 and accuracy fell by 0.05 in all
//! ```
//!
//! `rho` Spearman's rank correlation. So a fall without noise is flagged when it is `k` iterations old,
//! and one with noise when its trend is beyond doubt. Other rules watch one signal each: above or below
//! a bound, or changed by a share of itself, for so many iterations. A rule that has spoken speaks
//! again only after what it saw has been gone for twice as many.

use std::collections::BTreeMap;

use pure_core::signals::rank_correlation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::signals::ALL;
use crate::config::Invalid;
use crate::{CheckpointConfig, Measures};

/// What is watched, and what happens then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MonitorConfig {
    /// Accuracy falls while process reward rises.
    pub hack: HackRule,
    /// Rules for single signals.
    pub rules: Vec<SignalRule>,
}

/// Accuracy falls while process reward rises.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HackRule {
    /// For so many iterations; 0 does not watch.
    pub iterations: usize,
    /// What happens then.
    pub then: Vec<Action>,
}

/// A signal leaves its bounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalRule {
    /// Its name in `metrics.jsonl`.
    pub signal: String,
    /// What is too much, or too little.
    pub when: Bound,
    /// For so many iterations.
    #[serde(default = "three")]
    pub iterations: usize,
    /// What happens then.
    #[serde(default = "warn")]
    pub then: Vec<Action>,
}

/// What is too much, or too little.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing else.
    Warn,
    /// The model of the last checkpoint from before is put into `before-hack`.
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
                signal: "truncated".to_owned(),
                when: Bound::Above(0.9),
                iterations: three(),
                then: warn(),
            }],
        }
    }
}

impl MonitorConfig {
    /// For how many iterations what a rule saw must be gone before it speaks again.
    fn patience(&self, number: usize) -> usize {
        let rule = self.rules.get(number);
        2 * rule.map_or(self.hack.iterations, |rule| rule.iterations)
    }

    pub(super) fn validate(&self, checkpoints: &CheckpointConfig) -> Result<(), Invalid> {
        for (number, rule) in self.rules.iter().enumerate() {
            let invalid = |key: &str, reason: String| {
                Err(Invalid::new(
                    format!("monitor.rules[{number}].{key}"),
                    reason,
                ))
            };
            if !ALL.iter().any(|signal| signal.name == rule.signal) {
                let names: Vec<&str> = ALL.iter().map(|signal| signal.name).collect();
                let reason = format!("is none of the signals: {}", names.join(", "));
                return invalid("signal", reason);
            }
            if rule.iterations == 0 {
                return invalid("iterations", "must be 1 or more".to_owned());
            }
        }
        // The checkpoint from before must still be there when the hack is seen.
        let needed = self.hack.iterations.div_ceil(checkpoints.every.max(1)) + 1;
        if self.hack.then.contains(&Action::Save) && checkpoints.keep < needed {
            let reason = format!(
                "is {}, but the checkpoint from before {} iterations is kept only with {needed}",
                checkpoints.keep, self.hack.iterations
            );
            return Err(Invalid::new("checkpoints.keep", reason));
        }
        Ok(())
    }
}

/// Watches a run.
#[derive(Debug, Clone)]
pub(super) struct Monitor {
    config: MonitorConfig,
    memory: Memory,
}

/// What the monitor remembers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Memory {
    /// The last values of each signal that is watched, and the steps that they are of.
    history: BTreeMap<String, Vec<(usize, f64)>>,
    /// Rules that have spoken, the hack being `usize::MAX`, and for how many iterations what they saw
    /// has been gone.
    spoken: BTreeMap<usize, usize>,
}

/// A rule has spoken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alarm {
    pub text: String,
    pub evidence: Value,
    pub then: Vec<Action>,
    /// Steps before what it saw began.
    pub since: usize,
}

const HACK: usize = usize::MAX;

impl Monitor {
    pub fn new(config: MonitorConfig) -> Self {
        let memory = Memory::default();
        Self { config, memory }
    }

    /// Takes note of an iteration, `step` of them being taken, and tells which rules speak.
    pub fn observe(&mut self, step: usize, measures: &Measures) -> Vec<Alarm> {
        for (name, length) in self.watched() {
            let Some(value) = measures.get(&name).filter(|value| value.is_finite()) else {
                continue;
            };
            let history = self.memory.history.entry(name).or_default();
            history.push((step, value));
            let old = history.len().saturating_sub(length);
            history.drain(..old);
        }
        let rules = self.config.rules.iter().enumerate();
        let mut seen: Vec<(usize, Alarm)> = rules
            .filter_map(|(number, rule)| Some((number, self.broken(rule)?)))
            .collect();
        seen.extend(self.hacked().map(|alarm| (HACK, alarm)));
        let (config, spoken) = (&self.config, &mut self.memory.spoken);
        spoken.retain(|number, gone| {
            let is_seen = seen.iter().any(|(seen, _)| seen == number);
            *gone = if is_seen { 0 } else { *gone + 1 };
            *gone < config.patience(*number)
        });
        seen.retain(|(number, _)| spoken.insert(*number, 0).is_none());
        seen.into_iter().map(|(_, alarm)| alarm).collect()
    }

    /// What it remembers.
    pub fn state(&self) -> Value {
        json!(self.memory)
    }

    /// Remembers what it did.
    pub fn restore(&mut self, state: &Value) -> Result<(), serde_json::Error> {
        self.memory = Memory::deserialize(state)?;
        Ok(())
    }

    /// The signals that are watched, and how many of their values are needed.
    fn watched(&self) -> Vec<(String, usize)> {
        let mut lengths = BTreeMap::new();
        let mut needs = |name: &str, length: usize| {
            let known = lengths.entry(name.to_owned()).or_insert(0);
            *known = length.max(*known);
        };
        if self.config.hack.iterations > 0 {
            needs("accuracy", self.config.hack.iterations + 1);
            needs("process", self.config.hack.iterations + 1);
        }
        for rule in &self.config.rules {
            needs(&rule.signal, rule.iterations + 1);
        }
        lengths.into_iter().collect()
    }

    /// The last values of a signal, if there are as many.
    fn last(&self, name: &str, count: usize) -> Option<&[(usize, f64)]> {
        let history = self.memory.history.get(name)?;
        history.get(history.len().checked_sub(count)?..)
    }

    fn hacked(&self) -> Option<Alarm> {
        /// Trends of this correlation are beyond doubt.
        const TREND: f64 = 0.8;
        /// Accuracy must have fallen by this, where it did not fall at every change.
        const FALL: f64 = 0.05;
        let HackRule { iterations, then } = &self.config.hack;
        if *iterations == 0 {
            return None;
        }
        let accuracy = self.last("accuracy", iterations + 1)?;
        let process = self.last("process", iterations + 1)?;
        let always = |values: &[(usize, f64)], sign: f64| {
            values
                .windows(2)
                .all(|pair| (pair[1].1 - pair[0].1) * sign > 0.0)
        };
        let trend = |values: &[(usize, f64)]| {
            let time: Vec<f32> = (0..values.len()).map(|place| place as f32).collect();
            let values: Vec<f32> = values.iter().map(|(_, value)| *value as f32).collect();
            rank_correlation(&time, &values).unwrap_or(0.0)
        };
        let (first, last) = (accuracy.first()?, accuracy.last()?);
        let steady = always(accuracy, -1.0) && always(process, 1.0);
        let noisy =
            trend(accuracy) <= -TREND && trend(process) >= TREND && first.1 - last.1 >= FALL;
        if !steady && !noisy {
            return None;
        }
        Some(Alarm {
            text: format!(
                "the reward is being hacked: over the last {iterations} iterations verified accuracy \
                 fell from {:.3} to {:.3} while process reward rose from {:.3} to {:.3}",
                first.1,
                last.1,
                process.first()?.1,
                process.last()?.1
            ),
            evidence: json!({"accuracy": accuracy, "process": process}),
            then: then.clone(),
            since: first.0,
        })
    }

    fn broken(&self, rule: &SignalRule) -> Option<Alarm> {
        let SignalRule {
            signal,
            when,
            iterations,
            then,
        } = rule;
        let (values, what) = match *when {
            Bound::Above(bound) | Bound::Below(bound) => {
                let values = self.last(signal, *iterations)?;
                let is_above = matches!(when, Bound::Above(_));
                let holds = |value: f64| {
                    if is_above {
                        value > bound
                    } else {
                        value < bound
                    }
                };
                if !values.iter().all(|(_, value)| holds(*value)) {
                    return None;
                }
                let side = if is_above { "above" } else { "below" };
                (
                    values,
                    format!("is {side} {bound} for {iterations} iterations"),
                )
            }
            Bound::Rises(share) | Bound::Falls(share) => {
                let values = self.last(signal, iterations + 1)?;
                let (first, last) = (values.first()?.1, values.last()?.1);
                let rises = matches!(when, Bound::Rises(_));
                let change = if rises { last - first } else { first - last };
                if change <= share * first.abs() {
                    return None;
                }
                let verb = if rises { "rose" } else { "fell" };
                let over = format!("in {iterations} iterations");
                (
                    values,
                    format!("{verb} from {first:.3} to {last:.3} {over}"),
                )
            }
        };
        Some(Alarm {
            text: format!("{} {what}", signal.replace('_', " ")),
            evidence: json!({ signal.as_str(): values }),
            then: then.clone(),
            since: values.first()?.0.saturating_sub(1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measures(accuracy: f64, process: f64) -> Measures {
        Measures::default()
            .with("accuracy", accuracy)
            .with("process", process)
            .with("truncated", 0.0)
    }

    /// The steps at which a run with these accuracies and process rewards is flagged.
    fn flagged(run: impl IntoIterator<Item = (f64, f64)>) -> Vec<usize> {
        let mut monitor = Monitor::new(MonitorConfig::default());
        let steps = run.into_iter().enumerate();
        let alarms = steps.map(|(step, (accuracy, process))| {
            (step, monitor.observe(step, &measures(accuracy, process)))
        });
        let alarms = alarms.filter(|(_, alarms)| !alarms.is_empty());
        alarms.map(|(step, _)| step).collect()
    }

    #[test]
    fn a_hack_is_flagged_when_it_is_as_old_as_the_rule_says() {
        // Good until step 20, then the smallest of steady falls.
        let run = (0..40_i32).map(|step| {
            let hacked = f64::from((step - 20).max(0));
            let learned = f64::from(step.min(20));
            (
                0.5 + 0.01 * learned - 0.001 * hacked,
                0.02 * f64::from(step),
            )
        });
        assert_eq!(flagged(run), [25]);
    }

    #[test]
    fn a_hack_in_noise_is_flagged_and_noise_alone_is_not() {
        let noise = |step: i32| 0.02 * f64::from((step * step * 13 + step * 7) % 23 - 11) / 11.0;
        let calm = (0..200).map(|step| (0.8 + noise(step), 0.5 + noise(step + 3)));
        assert_eq!(flagged(calm), [0; 0]);
        let hacked = (0..60_i32).map(|step| {
            let fallen = 0.04 * f64::from((step - 30).max(0));
            (
                0.8 - fallen + noise(step),
                0.02 * f64::from(step) + noise(step + 3),
            )
        });
        let found = flagged(hacked);
        assert!((33..=37).contains(&found[0]), "{found:?}");
    }

    #[test]
    fn learning_and_a_failure_that_the_reward_sees_are_no_hack() {
        let step = |n: i32| f64::from(n) * 0.01;
        assert_eq!(flagged((0..40).map(|n| (step(n), step(n)))), [0; 0]);
        assert_eq!(flagged((0..40).map(|n| (-step(n), -step(n)))), [0; 0]);
    }

    #[test]
    fn a_rule_speaks_once_until_what_it_saw_has_been_gone_for_a_while() {
        let rule = |when| SignalRule {
            signal: "truncated".to_owned(),
            when,
            iterations: 2,
            then: warn(),
        };
        let spoken = |when, values: &[f64]| -> Vec<usize> {
            let mut monitor = Monitor::new(MonitorConfig {
                rules: vec![rule(when)],
                ..MonitorConfig::default()
            });
            let steps = values.iter().enumerate();
            let alarms = steps.map(|(step, value)| {
                let measures = Measures::default().with("truncated", *value);
                (step, monitor.observe(step, &measures).len())
            });
            let spoken: Vec<(usize, usize)> = alarms.filter(|(_, count)| *count > 0).collect();
            spoken.into_iter().map(|(step, _)| step).collect()
        };
        let values = [0.1, 0.6, 0.7, 0.8, 0.2, 0.6, 0.6, 0.2, 0.2, 0.2, 0.6, 0.6];
        assert_eq!(spoken(Bound::Above(0.5), &values), [2, 11]);
        assert_eq!(spoken(Bound::Below(0.5), &[0.4, 0.4, 0.4, 0.6]), [1]);
        assert_eq!(spoken(Bound::Rises(1.0), &[1.0, 1.5, 1.9, 3.1]), [3]);
        assert_eq!(spoken(Bound::Falls(0.5), &[1.0, 0.6, 0.4]), [2]);
    }

    #[test]
    fn a_monitor_that_was_restored_says_what_the_other_would_have() {
        let run: Vec<Measures> = (0..30)
            .map(|step| measures(1.0 - 0.01 * f64::from(step), 0.1 * f64::from(step)))
            .collect();
        let mut whole = Monitor::new(MonitorConfig::default());
        let expected: Vec<_> = (0..30)
            .map(|step| whole.observe(step, &run[step]))
            .collect();
        for cut in 0..30 {
            let mut first = Monitor::new(MonitorConfig::default());
            let mut found: Vec<_> = (0..cut)
                .map(|step| first.observe(step, &run[step]))
                .collect();
            let mut second = Monitor::new(MonitorConfig::default());
            second.restore(&first.state()).unwrap();
            found.extend((cut..30).map(|step| second.observe(step, &run[step])));
            assert_eq!(found, expected);
        }
    }
}
