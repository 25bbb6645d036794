//! The loop that all learners run in: Burn's, with a strategy whose work can be gone on with.
//!
//! ```text
//! perhaps work.evaluate, before anything is learned
//! for each leg:   for each step: work.step, a line in the logs, an event for Burn
//!                 work.evaluate, a line, an event
//!                 a checkpoint; perhaps the end, if nothing improves or the work is over
//! if interrupted: a checkpoint, wherever it is
//! ```
//!
//! Burn counts epochs: here one is a leg, the steps between two evaluations. From its loop come the
//! dashboard, the logs of metrics, checkpointers, early stopping and interruption.
//!
//! Departures: Burn's loader and its epochs over data are not used. What a step works on follows from
//! its number alone, so a run that goes on needs no state of a loader. Burn's checkpointer knows no
//! disk that fills up and no process that dies; see `run`.

mod legs;
mod no_batches;
mod plan;
mod progress;
mod silent;
mod work;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::store::ModuleRecord;
use burn::train::metric::store::{Aggregate, Direction, Split};
use burn::train::renderer::{MetricsRenderer, default_renderer};
use burn::train::{
    Interrupter, Learner, MetricEarlyStoppingStrategy, StoppingCondition, SupervisedTraining,
    TrainingStrategy,
};
use pure_core::metrics::Better;

use self::legs::{Inside, Legs};
use self::no_batches::no_batches;
pub use self::plan::Plan;
pub use self::progress::{Ended, Progressed, Report, Watcher};
use self::silent::Silent;
pub use self::work::{Notice, Work};
use crate::Error;
use crate::measures::MeasuredMetric;
use crate::optim::Scheduler;
use crate::run::{Checkpoints, Keep, Logs, best};

/// Trains in a folder, from its last checkpoint if there is one.
///
/// # Errors
///
/// What the work could not go on with, or the folder could not be written for.
pub fn train<W: Work>(
    mut work: W,
    start: (W::Model, ModuleOptimizer, Scheduler),
    plan: Plan,
    folder: &Path,
    watcher: Watcher,
    interrupter: Interrupter,
) -> Result<Ended<W::Model>, Error> {
    let checkpoints = Checkpoints::open(&folder.join("checkpoints"))?;
    let (resumed, damaged) = checkpoints.last_good();
    let taken = resumed.as_ref().map_or(0, |state| state.step);
    checkpoints.forget_after(taken)?;
    let log = folder.join("log");
    let legs = plan.legs_in(taken);
    forget_logs_after(&log, legs)?;
    let lengths = resumed.as_ref().map(|state| state.logs).unwrap_or_default();
    let logs = Logs::open(folder, lengths)?;
    work.restore(resumed.as_ref().map(|state| &state.work))?;

    let (renderer, mut report): (Box<dyn MetricsRenderer>, _) = match watcher {
        Watcher::Dashboard => {
            let renderer = default_renderer(interrupter.clone(), resumed.as_ref().map(|_| legs));
            (renderer, None)
        }
        Watcher::Report(report) => (Box::new(Silent), Some(report)),
    };
    if let Some(report) = &mut report
        && (resumed.is_some() || !damaged.is_empty())
    {
        report(&Progressed::Resumed {
            step: taken,
            damaged: &damaged,
        });
    }

    let (metrics, watched) = (work.metrics(), work.watched());
    let higher_is_better = watched.better == Better::Higher;
    let failure = Rc::new(RefCell::new(None));
    let strategy = Legs {
        inside: RefCell::new(Inside { work, logs, report }),
        plan,
        taken,
        checkpoints: checkpoints.clone(),
        failure: failure.clone(),
    };
    let [model, optimizer, schedule] = checkpoints.parts();
    let mut training = SupervisedTraining::new(&log, no_batches(), no_batches())
        .renderer(renderer)
        .with_interrupter(interrupter)
        .with_custom_checkpointers(model, optimizer, schedule)
        .with_checkpointing_strategy(Keep {
            checkpoints: checkpoints.clone(),
            last: plan.keep,
            higher_is_better,
        })
        .num_epochs(plan.legs())
        .with_training_strategy(TrainingStrategy::Custom(Arc::new(strategy)));
    for metric in metrics {
        let metric = MeasuredMetric::new(metric);
        training = training
            .metric_train_numeric(metric.clone())
            .metric_valid_numeric(metric);
    }
    if let Some(n_epochs) = plan.patience {
        training = training.early_stopping(MetricEarlyStoppingStrategy::new(
            &MeasuredMetric::new(watched),
            Aggregate::Mean,
            if higher_is_better {
                Direction::Highest
            } else {
                Direction::Lowest
            },
            Split::Valid,
            StoppingCondition::NoImprovementSince { n_epochs },
        ));
    }
    if resumed.is_some() {
        training = training.checkpoint(legs);
    }

    let (model, optimizer, schedule) = start;
    let result = training.launch(Learner::new(model, optimizer, schedule));
    if let Some(error) = failure.take() {
        return Err(error);
    }
    if let Some(error) = result.error {
        return Err(Error::Training(error.to_string()));
    }
    let states = checkpoints.states();
    if result.interrupted.is_some() {
        let saved = states.last().map_or(0, |state| state.step);
        return Ok(Ended::Interrupted { saved });
    }
    let mut model = result.model;
    if plan.best
        && let Some(state) = best(&states, watched.higher_is_better)
        && states.last() != Some(state)
    {
        let path = checkpoints.model(state);
        let record = ModuleRecord::load(&path)
            .map_err(|error| Error::read(&path)(std::io::Error::other(error.to_string())))?;
        model = model.load_record(record);
    }
    Ok(Ended::Done(model))
}

/// Removes what Burn logged of legs that are run again.
fn forget_logs_after(log: &Path, leg: usize) -> Result<(), Error> {
    for split in ["train", "valid"] {
        let Ok(epochs) = std::fs::read_dir(log.join(split)) else {
            continue;
        };
        for path in epochs.flatten().map(|entry| entry.path()) {
            let name = path.file_name().and_then(|name| name.to_str());
            let number = name.and_then(|name| name.strip_prefix("epoch-")?.parse().ok());
            if number.is_some_and(|number: usize| number > leg) {
                std::fs::remove_dir_all(&path).map_err(Error::write(&path))?;
            }
        }
    }
    Ok(())
}
