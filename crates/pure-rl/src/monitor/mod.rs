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

mod config;

use std::collections::BTreeMap;

use pure_core::metrics::{ACCURACY, PROCESS};
use pure_core::signals::rank_correlation;
use pure_run::Measures;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use self::config::{Action, Bound, HackRule, MonitorConfig, SignalRule};

/// Watches a run.
#[derive(Debug, Clone)]
pub(crate) struct Monitor {
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
pub(crate) struct Alarm {
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
            needs(ACCURACY.name, self.config.hack.iterations + 1);
            needs(PROCESS.name, self.config.hack.iterations + 1);
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
        let accuracy = self.last(ACCURACY.name, iterations + 1)?;
        let process = self.last(PROCESS.name, iterations + 1)?;
        let always = |values: &[(usize, f64)], sign: f64| {
            let mut changes = values.windows(2);
            changes.all(|pair| (pair[1].1 - pair[0].1) * sign > 0.0)
        };
        let trend = |values: &[(usize, f64)]| {
            let time: Vec<f32> = (0..values.len()).map(|place| place as f32).collect();
            let values: Vec<f32> = values.iter().map(|(_, value)| *value as f32).collect();
            rank_correlation(&time, &values).unwrap_or(0.0)
        };
        let ends = |values: &[(usize, f64)]| Some((values.first()?.1, values.last()?.1));
        let ((before, now), (low, high)) = (ends(accuracy)?, ends(process)?);
        let steady = always(accuracy, -1.0) && always(process, 1.0);
        let noisy = trend(accuracy) <= -TREND && trend(process) >= TREND && before - now >= FALL;
        if !steady && !noisy {
            return None;
        }
        Some(Alarm {
            text: format!(
                "the reward is being hacked: over the last {iterations} iterations verified accuracy \
                 fell from {before:.3} to {now:.3} while process reward rose from {low:.3} to {high:.3}"
            ),
            evidence: json!({ACCURACY.name: accuracy, PROCESS.name: process}),
            then: then.clone(),
            since: accuracy.first()?.0,
        })
    }

    fn broken(&self, rule: &SignalRule) -> Option<Alarm> {
        let (signal, iterations) = (rule.signal.as_str(), rule.iterations);
        let (values, what) = match rule.when {
            Bound::Above(bound) | Bound::Below(bound) => {
                let values = self.last(signal, iterations)?;
                let above = matches!(rule.when, Bound::Above(_));
                let holds = |v: f64| if above { v > bound } else { v < bound };
                if !values.iter().all(|(_, value)| holds(*value)) {
                    return None;
                }
                let side = if above { "above" } else { "below" };
                let what = format!("is {side} {bound} for {iterations} iterations");
                (values, what)
            }
            Bound::Rises(share) | Bound::Falls(share) => {
                let values = self.last(signal, iterations + 1)?;
                let (first, last) = (values.first()?.1, values.last()?.1);
                let rises = matches!(rule.when, Bound::Rises(_));
                let change = if rises { last - first } else { first - last };
                if change <= share * first.abs() {
                    return None;
                }
                let verb = if rises { "rose" } else { "fell" };
                let what =
                    format!("{verb} from {first:.3} to {last:.3} in {iterations} iterations");
                (values, what)
            }
        };
        Some(Alarm {
            text: format!("{} {what}", signal.replace('_', " ")),
            evidence: json!({ signal: values }),
            then: rule.then.clone(),
            since: values.first()?.0.saturating_sub(1),
        })
    }
}

#[cfg(test)]
mod tests;
