//! How far an arm had come at each step, for charts over tokens or time: of several seeds their median.

use std::collections::BTreeMap;

use serde::Serialize;

use super::curve::rounded;
use crate::arms::Arm;
use crate::median_range::MedianRange;
use crate::progress::progress;

#[derive(Debug, Default, Serialize)]
pub(super) struct Reached {
    steps: Vec<u64>,
    seconds: Vec<f64>,
    /// Absent if a seed does not tell them at every step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<f64>,
}

impl Reached {
    pub fn of(arm: &Arm) -> Self {
        let mut by_step = BTreeMap::<u64, (Vec<f64>, Vec<f64>)>::new();
        let mut tells_tokens = true;
        for now in arm.runs.iter().flat_map(|run| progress(&run.metrics)) {
            let (seconds, tokens) = by_step.entry(now.step).or_default();
            seconds.push(now.seconds);
            tokens.extend(now.tokens);
            tells_tokens &= now.tokens.is_some();
        }
        let mut reached = Self::default();
        for (step, (seconds, tokens)) in by_step {
            reached.steps.push(step);
            reached.seconds.push(further(&reached.seconds, seconds));
            if tells_tokens {
                reached.tokens.push(further(&reached.tokens, tokens));
            }
        }
        reached
    }
}

/// The median, but no less than what was reached before: a seed may end before the others.
fn further(before: &[f64], now: Vec<f64>) -> f64 {
    let before = before.last().copied().unwrap_or(0.0);
    MedianRange::of(now).map_or(before, |now| rounded(now.median).max(before))
}
