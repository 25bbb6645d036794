//! When a run is evaluated, saved and over, and how it ended.

use pure_core::metrics::Better;
use serde::{Deserialize, Serialize};

/// How long a run is, and when it is evaluated, saved and stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Steps of the run.
    pub steps: usize,
    /// Whether the model is evaluated before the first step.
    pub evaluates_first: bool,
    /// Steps from one evaluation, with its checkpoint, to the next.
    pub every: usize,
    /// Checkpoints that are kept, beside the best one.
    pub keep: usize,
    /// Whether the result is the best checkpoint instead of the last.
    pub best: bool,
    /// Stop after so many evaluations without an improvement.
    pub patience: Option<usize>,
}

impl Plan {
    /// Whether an evaluation and a checkpoint follow the step of this number, counted from 1.
    pub(crate) fn is_due(&self, step: usize) -> bool {
        step == self.steps || step.is_multiple_of(self.every)
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended<M = ()> {
    /// With its result.
    Done(M),
    /// By the interrupter; the same call goes on with it.
    Interrupted {
        /// Steps that the last checkpoint has.
        saved: usize,
    },
}

/// Early stopping: how long ago the watched metric improved.
///
/// Its rule is that of Burn's `MetricEarlyStoppingStrategy`, whose event store only Burn's own training can
/// make. Unlike Burn's it is part of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Improvement {
    evaluations: usize,
    best: Option<f64>,
    /// The number of the evaluation that found the best, counted from 1.
    best_at: usize,
}

impl Improvement {
    /// Takes note of an evaluation.
    pub fn observe(&mut self, watched: Option<f64>, better: Better) {
        self.evaluations += 1;
        let Some(value) = watched.filter(|value| !value.is_nan()) else {
            return;
        };
        let is_better = self.best.is_none_or(|best| match better {
            Better::Higher => value > best,
            Better::Lower | Better::Neither => value < best,
        });
        if is_better {
            (self.best, self.best_at) = (Some(value), self.evaluations);
        }
    }

    /// Whether nothing improved for as many evaluations.
    pub fn is_over(&self, patience: Option<usize>) -> bool {
        patience.is_some_and(|patience| {
            self.evaluations - self.best_at.max(1).min(self.evaluations) >= patience
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_stops_after_as_many_evaluations_without_improvement_as_it_has_patience() {
        let mut improvement = Improvement::default();
        let mut stops = |loss: f64| {
            improvement.observe(Some(loss), Better::Lower);
            improvement.is_over(Some(2))
        };
        assert_eq!([3.0, 2.0, 2.5, 1.0].map(&mut stops), [false; 4]);
        assert_eq!([1.0, f64::NAN].map(&mut stops), [false, true]);
    }

    #[test]
    fn a_run_without_patience_goes_on_to_its_end() {
        let mut improvement = Improvement::default();
        (0..100).for_each(|_| improvement.observe(None, Better::Higher));
        assert!(!improvement.is_over(None));
    }
}
