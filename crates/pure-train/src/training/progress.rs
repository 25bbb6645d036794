//! What a run tells while it goes on, and when it has ended.

use super::Notice;
use crate::{Error, Measures};

/// What happens in a run, for whoever watches it.
#[derive(Debug)]
pub enum Progressed<'a> {
    /// It goes on from a checkpoint, or from the beginning if all are damaged.
    Resumed {
        /// Steps that were taken.
        step: usize,
        /// Checkpoints that could not be used, and why.
        damaged: &'a [String],
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
}

/// Who watches a run.
pub enum Watcher {
    /// A person at Burn's dashboard, which takes the whole terminal.
    Dashboard,
    /// A function.
    Report(Report),
}

/// A function that is told what happens.
pub type Report = Box<dyn FnMut(&Progressed<'_>)>;

/// How a run ended.
pub enum Ended<M> {
    /// With its result.
    Done(M),
    /// By the interrupter; it can be gone on with.
    Interrupted {
        /// Steps that the last checkpoint has.
        saved: usize,
    },
}

impl<M> Ended<M> {
    pub(crate) fn try_map<N>(
        self,
        done: impl FnOnce(M) -> Result<N, Error>,
    ) -> Result<Ended<N>, Error> {
        Ok(match self {
            Self::Done(model) => Ended::Done(done(model)?),
            Self::Interrupted { saved } => Ended::Interrupted { saved },
        })
    }
}
