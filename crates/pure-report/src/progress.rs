//! How far a run had come at a step: what curves are drawn over, beside the steps themselves.
//!
//! ```text
//! tokens(t)  = sum over the steps up to t of the tokens that were read, or sampled by a policy
//! seconds(t) = sum over the steps up to t, and the evaluations before t, of the time that they took
//! ```

use pure_core::metrics;

use crate::metrics_jsonl::{Measured, Metrics};

/// How far a run had come at each step that it took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Progress {
    pub step: u64,
    /// Absent where a step did not measure them.
    pub tokens: Option<f64>,
    pub seconds: f64,
}

/// That of a run at each step, in order.
pub(crate) fn progress(run: &Metrics) -> impl Iterator<Item = Progress> + '_ {
    let (mut tokens, mut seconds) = (Some(0.0), 0.0);
    let mut evaluations = run.valid.iter().peekable();
    run.train.iter().map(move |(&step, line)| {
        while let Some((_, evaluation)) = evaluations.next_if(|(at, _)| **at < step) {
            seconds += evaluation.time.get("evaluation").copied().unwrap_or(0.0);
        }
        tokens = tokens.zip(tokens_of(line)).map(|(sum, more)| sum + more);
        seconds += line.time.get("step").copied().unwrap_or(0.0);
        Progress {
            step,
            tokens,
            seconds,
        }
    })
}

/// Tokens that a step read; of a policy those that it sampled, which its speed tells.
fn tokens_of(line: &Measured) -> Option<f64> {
    let sampled = || Some(line.time.get("tokens_per_second")? * line.time.get("rollout")?);
    line.get(metrics::TOKENS).or_else(sampled)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn line(values: &[(&str, f64)], time: &[(&str, f64)]) -> Measured {
        let of = |all: &[(&str, f64)]| -> BTreeMap<String, f64> {
            let all = all.iter().map(|&(name, value)| (name.to_owned(), value));
            all.collect()
        };
        Measured {
            values: of(values),
            time: of(time),
        }
    }

    #[test]
    fn tokens_and_seconds_add_up_those_of_evaluations_among_them() {
        let mut run = Metrics::default();
        for step in 1..=3 {
            let line = line(&[("tokens", 100.0)], &[("step", 2.0)]);
            run.train.insert(step, line);
        }
        for step in [0, 2] {
            run.valid.insert(step, line(&[], &[("evaluation", 0.5)]));
        }
        let found: Vec<Progress> = progress(&run).collect();
        let of = |step, tokens, seconds| Progress {
            step,
            tokens: Some(tokens),
            seconds,
        };
        assert_eq!(
            found,
            [of(1, 100.0, 2.5), of(2, 200.0, 4.5), of(3, 300.0, 7.0)]
        );
    }

    #[test]
    fn a_policy_has_the_tokens_that_it_sampled_and_what_was_not_measured_is_not_guessed() {
        let mut run = Metrics::default();
        let sampled = line(&[], &[("tokens_per_second", 900.0), ("rollout", 0.5)]);
        run.train.insert(1, sampled.clone());
        run.train.insert(2, line(&[], &[]));
        run.train.insert(3, sampled);
        let found: Vec<Option<f64>> = progress(&run).map(|now| now.tokens).collect();
        assert_eq!(found, [Some(450.0), None, None]);
    }
}
