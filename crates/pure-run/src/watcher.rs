//! Who watches a run: lines on a terminal, a dashboard, a program.

use std::path::Path;

use pure_core::metrics::Metric;

use crate::learner::{Notice, SampledAnswer};
use crate::measures::Measures;

/// What happens in a run. Steps are counted from 1: `step` of them were taken.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Progressed<'a> {
    /// It begins, or goes on from a checkpoint.
    Started {
        /// Steps that were taken before.
        step: usize,
        /// Steps of the whole run.
        steps: usize,
        /// Steps from one evaluation to the next.
        every: usize,
        /// The folder, whose `metrics.jsonl` has the steps that were taken before.
        folder: &'a Path,
        /// Everything that will be measured.
        metrics: &'a [Metric],
        /// Checkpoints that could not be used and were removed, and why.
        damaged: &'a [String],
    },
    /// The run comes to another phase of its work.
    Phase {
        /// `training`, `checkpoint`, or what a step names, as under `time` in `metrics.jsonl`.
        phase: &'static str,
    },
    /// A step was taken.
    Step {
        /// How many there were.
        step: usize,
        /// What it measured.
        measures: &'a Measures,
        /// What it took.
        seconds: f64,
    },
    /// The step that was taken has an answer to look at.
    Answered {
        /// How many steps there were.
        step: usize,
        /// What the policy wrote.
        answer: &'a SampledAnswer,
    },
    /// An evaluation begins.
    Evaluating {
        /// Steps before it.
        step: usize,
    },
    /// The model was evaluated.
    Evaluated {
        /// Steps before it.
        step: usize,
        /// What was found.
        measures: &'a Measures,
    },
    /// Something that a person should know.
    Noticed {
        /// Steps before it.
        step: usize,
        /// What it is.
        notice: &'a Notice,
    },
    /// Nothing improved for long enough.
    StoppedEarly {
        /// Steps before it.
        step: usize,
    },
    /// The result is the model of a checkpoint, the best one.
    ResultIs {
        /// Its steps.
        step: usize,
    },
}

/// Somebody who is told what happens in a run.
pub trait Watcher {
    /// Is told.
    fn progressed(&mut self, progressed: &Progressed<'_>);
}

impl<F: FnMut(&Progressed<'_>)> Watcher for F {
    fn progressed(&mut self, progressed: &Progressed<'_>) {
        self(progressed);
    }
}
