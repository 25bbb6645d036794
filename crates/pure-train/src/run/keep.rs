//! Which checkpoints stay.

use burn::train::checkpoint::{CheckpointingAction, CheckpointingStrategy};
use burn::train::metric::store::EventStoreClient;

use super::checkpoints::{Checkpoints, State};

/// Which checkpoints are kept: the last few of those at a leg's end, and the best.
pub(crate) struct Keep {
    pub checkpoints: Checkpoints,
    pub last: usize,
    pub higher_is_better: bool,
}

impl Keep {
    /// Steps of those that go when one more is saved.
    pub fn not_kept(&self) -> Vec<usize> {
        let states = self.checkpoints.states();
        let best = best(&states, self.higher_is_better).map(|state| state.step);
        let ends = states.iter().rev().filter(|state| state.ends_leg);
        let last = ends.take(self.last.max(1) - 1).map(|state| state.step);
        // The one before stays until the new one is there.
        let newest = states.last().map(|state| state.step);
        let kept: Vec<usize> = last.chain(best).chain(newest).collect();
        let steps = states.iter().map(|state| state.step);
        steps.filter(|step| !kept.contains(step)).collect()
    }
}

impl CheckpointingStrategy for Keep {
    fn checkpointing(&mut self, _: usize, _: &EventStoreClient) -> Vec<CheckpointingAction> {
        let not_kept = self.not_kept().into_iter();
        not_kept
            .map(CheckpointingAction::Delete)
            .chain([CheckpointingAction::Save])
            .collect()
    }
}

/// The checkpoint that the evaluation liked best, the earliest of several.
pub(crate) fn best(states: &[State], higher_is_better: bool) -> Option<&State> {
    let worth = |state: &State| {
        let watched = state.watched.filter(|watched| watched.is_finite());
        watched.map_or(f64::NEG_INFINITY, |watched| {
            if higher_is_better { watched } else { -watched }
        })
    };
    let newest_first = states.iter().rev();
    newest_first.max_by(|a, b| worth(a).total_cmp(&worth(b)))
}
