//! Monte-Carlo labels: complete the answer from every step.
//!
//! ```text
//! c_t    = right completions of prefix t, of K
//! soft_t = c_t / K             hard_t = good if c_t > 0
//! soft_n = 1 or 0              of a finished answer: its final answer is right or wrong
//! ```
//!
//! Math-Shepherd, arXiv 2312.08935, equations 3 and 4. Steps are labelled independently of one
//! another: behind a step that is called bad there may be a good one, if the policy finds its way
//! back.
//!
//! Departures: a hard label may ask for a larger share than any
//! ([`ShareRule::AtLeast`](super::ShareRule::AtLeast)), for a policy that guesses well calls
//! everything good.

use super::config::ShareRule;
use super::error::LabelError;
use super::probes::{Probe, Probing};
use super::step_labels::{Count, StepLabels};

pub(super) fn label(
    rule: ShareRule,
    mut probing: Probing,
) -> Result<Option<Vec<StepLabels>>, LabelError> {
    let attempts = probing.attempts;
    let probes = attempts.iter().enumerate().flat_map(|(attempt, answer)| {
        let open = 1..=answer.open_steps();
        open.map(move |steps| Probe { attempt, steps })
    });
    let probes: Vec<Probe> = probes.collect();
    let Some(counts) = probing.ask(&probes)? else {
        return Ok(None);
    };
    let mut counts = counts.into_iter();
    let labels = attempts.iter().map(|attempt| {
        let mut counts: Vec<Count> = counts.by_ref().take(attempt.open_steps()).collect();
        counts.extend(attempt.outcome().map(|right| Count {
            right: usize::from(right),
            samples: 1,
        }));
        StepLabels {
            labels: counts.iter().map(|&count| rule.label(count)).collect(),
            counts: Some(counts),
        }
    });
    Ok(Some(labels.collect()))
}
