//! The loop of every training: resume, step, measure, evaluate, checkpoint, stop.
//!
//! It is driven from here and not from Burn's `SupervisedTraining`, whose epochs over a loader know one model
//! and one optimizer. Records and interruption are Burn's all the same.

use std::path::Path;
use std::time::Instant;

use burn::train::Interrupter;
use pure_core::metrics::Metric;

use crate::checkpoints::{Checkpoints, State};
use crate::learner::Learner;
use crate::plan::{Ended, Improvement, Plan};
use crate::reporter::Reporter;
use crate::watcher::Watcher;

/// Trains in a folder, from its last checkpoint if there is one.
///
/// # Errors
///
/// What the learner could not go on with, or the folder could not be written for.
pub fn train<L: Learner>(
    learner: &mut L,
    plan: &Plan,
    folder: &Path,
    watcher: Box<dyn Watcher>,
    interrupter: &Interrupter,
) -> Result<Ended, L::Error> {
    let mut training = Training::resume(learner, plan, folder, watcher)?;
    if training.step == 0 && plan.evaluates_first {
        training.evaluate()?;
    }
    while !training.is_over() {
        training.take_step()?;
        let is_due = plan.is_due(training.step) || training.learner.is_over();
        let watched = if is_due { training.evaluate()? } else { None };
        let is_stopped = interrupter.should_stop();
        if is_due || is_stopped {
            training.checkpoint(is_due, watched)?;
        }
        if is_stopped && !training.is_over() {
            let saved = training.step;
            return Ok(Ended::Interrupted { saved });
        }
    }
    if plan.best {
        training.go_back_to_best()?;
    }
    Ok(Ended::Done(()))
}

/// A training on its way.
struct Training<'a, L> {
    learner: &'a mut L,
    plan: &'a Plan,
    watched: Metric,
    checkpoints: Checkpoints,
    reporter: Reporter,
    /// Steps that were taken.
    step: usize,
    improvement: Improvement,
}

impl<'a, L: Learner> Training<'a, L> {
    /// From the last good checkpoint, or from the beginning.
    fn resume(
        learner: &'a mut L,
        plan: &'a Plan,
        folder: &Path,
        watcher: Box<dyn Watcher>,
    ) -> Result<Self, L::Error> {
        let checkpoints = Checkpoints::open(folder)?;
        let (last, mut damaged) = checkpoints.last_good();
        let mut reporter = Reporter::open(folder, last.as_ref(), plan, &damaged, watcher)?;
        learner.restore(last.as_ref().map(|state| &state.learner))?;
        let state = last.unwrap_or_default();
        if state.step > 0 {
            checkpoints.load(&state, learner.parts())?;
        }
        damaged.extend(checkpoints.forget_after(state.step)?);
        reporter.started(state.step, plan.steps, &learner.metrics(), &damaged);
        Ok(Self {
            watched: learner.watched(),
            learner,
            plan,
            checkpoints,
            reporter,
            step: state.step,
            improvement: state.improvement,
        })
    }

    fn is_over(&self) -> bool {
        let is_enough = self.improvement.is_over(self.plan.patience);
        self.step >= self.plan.steps || self.learner.is_over() || is_enough
    }

    fn take_step(&mut self) -> Result<(), L::Error> {
        let start = Instant::now();
        let reporter = &mut self.reporter;
        reporter.phase("training");
        let measures = self
            .learner
            .step(self.step, &mut |phase| reporter.phase(phase))?;
        self.step += 1;
        reporter.stepped(self.step, measures, start.elapsed())?;
        if let Some(answer) = self.learner.answer() {
            reporter.answered(self.step, &answer);
        }
        for notice in self.learner.notices() {
            self.reporter.noticed(self.step, &notice)?;
        }
        Ok(())
    }

    /// Measures the model, and gives the metric that checkpoints are compared by.
    fn evaluate(&mut self) -> Result<Option<f64>, L::Error> {
        let start = Instant::now();
        self.reporter.evaluating(self.step);
        let measures = self.learner.evaluate(self.step)?;
        let watched = measures.get(self.watched.name);
        let (took, texts) = (start.elapsed(), self.learner.texts());
        self.reporter.evaluated(self.step, measures, took, texts)?;
        Ok(watched)
    }

    fn checkpoint(&mut self, is_evaluated: bool, watched: Option<f64>) -> Result<(), L::Error> {
        self.reporter.phase("checkpoint");
        if is_evaluated {
            self.improvement.observe(watched, self.watched.better);
        }
        let state = State {
            step: self.step,
            is_evaluated,
            watched,
            improvement: self.improvement,
            logs: self.reporter.synced()?,
            learner: self.learner.state()?,
            ..State::default()
        };
        self.checkpoints.save(state, &self.learner.parts())?;
        self.checkpoints
            .prune(self.plan.keep, self.watched.better)?;
        if self.improvement.is_over(self.plan.patience) {
            self.reporter.stopped_early(self.step);
        }
        Ok(())
    }

    fn go_back_to_best(&mut self) -> Result<(), L::Error> {
        let best = self.checkpoints.best(self.watched.better)?;
        self.reporter.result_is(best.step);
        Ok(self.checkpoints.load(&best, self.learner.parts())?)
    }
}
