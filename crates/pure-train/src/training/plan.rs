//! When a run is measured, saved and over.

use std::ops::Range;

/// How long a run is, and when it is saved and stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Steps of the optimizer.
    pub steps: usize,
    /// Whether the model is evaluated before the first of them.
    pub evaluates_first: bool,
    /// Steps between two evaluations with a checkpoint each.
    pub every: usize,
    /// Checkpoints that are kept, beside the best one.
    pub keep: usize,
    /// Whether the result is the best checkpoint instead of the last.
    pub best: bool,
    /// Stop after so many evaluations without an improvement.
    pub patience: Option<usize>,
}

impl Plan {
    pub(super) fn legs(&self) -> usize {
        self.steps.div_ceil(self.every)
    }

    /// How many legs are whole after so many steps.
    pub(super) fn legs_in(&self, steps: usize) -> usize {
        match steps >= self.steps {
            true => self.legs(),
            false => steps / self.every,
        }
    }

    /// The steps of a leg, which are counted from 1.
    pub(super) fn leg(&self, leg: usize) -> Range<usize> {
        (leg - 1) * self.every..(leg * self.every).min(self.steps)
    }
}
