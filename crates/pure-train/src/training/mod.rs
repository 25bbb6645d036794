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
mod silent;

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::store::ModuleRecord;
use burn::train::metric::store::{Aggregate, Direction, Split};
use burn::train::renderer::{MetricsRenderer, default_renderer};
use burn::train::{
    InferenceStep, Interrupter, Learner, LearnerModel, MetricEarlyStoppingStrategy,
    StoppingCondition, SupervisedTraining, TrainStep, TrainingStrategy,
};
use serde_json::Value;

use self::legs::{Inside, Legs};
use self::no_batches::no_batches;
use self::silent::Silent;
use crate::measures::SignalMetric;
use crate::optim::Scheduler;
use crate::run::{Checkpoints, Keep, Logs, best};
use crate::{Error, Measures, Signal};

/// What a learner does, cut into steps.
pub trait Work: 'static {
    /// What it trains.
    type Model: LearnerModel + TrainStep<Output = Measures> + InferenceStep<Output = Measures>;

    /// All that [`step`](Self::step) and [`evaluate`](Self::evaluate) measure.
    fn signals(&self) -> Vec<Signal>;

    /// The signal of an evaluation by which models are compared.
    fn watched(&self) -> Signal;

    /// One step, counted from 0; what it does follows from its number and the learner alone.
    ///
    /// # Errors
    ///
    /// What makes it useless to go on.
    fn step(&mut self, learner: &mut Learner<Self::Model>, step: usize) -> Result<Measures, Error>;

    /// How good the model is after so many steps.
    ///
    /// # Errors
    ///
    /// As [`step`](Self::step).
    fn evaluate(&mut self, model: &Self::Model, step: usize) -> Result<Measures, Error>;

    /// What must be known to go on, beside the learner and the number of the step. It is kept with a
    /// checkpoint; files of the work's own must be safe on the disk as far as it speaks of them.
    ///
    /// # Errors
    ///
    /// If they cannot be.
    fn state(&mut self) -> Result<Value, Error> {
        Ok(Value::Null)
    }

    /// Goes back to where the state was taken; without one, to the beginning. Called once, before
    /// anything else.
    ///
    /// # Errors
    ///
    /// If the state is of no use.
    fn restore(&mut self, state: Option<&Value>) -> Result<(), Error> {
        let _ = state;
        Ok(())
    }

    /// What a person should know since this was asked last.
    fn notices(&mut self) -> Vec<Notice> {
        Vec::new()
    }

    /// Texts to look at since this was asked last, each with a name, for TensorBoard.
    fn texts(&mut self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Whether nothing more should be done, however many steps are left.
    fn is_over(&self) -> bool {
        false
    }
}

/// Something that a person should know, and what it goes by.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// In words.
    pub text: String,
    /// In numbers.
    pub evidence: Value,
}

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
    fn legs(&self) -> usize {
        self.steps.div_ceil(self.every)
    }

    /// How many legs are whole after so many steps.
    fn legs_in(&self, steps: usize) -> usize {
        match steps >= self.steps {
            true => self.legs(),
            false => steps / self.every,
        }
    }

    /// The steps of a leg, which are counted from 1.
    fn leg(&self, leg: usize) -> Range<usize> {
        (leg - 1) * self.every..(leg * self.every).min(self.steps)
    }
}

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

    let (signals, watched) = (work.signals(), work.watched());
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
            higher_is_better: watched.higher_is_better,
        })
        .num_epochs(plan.legs())
        .with_training_strategy(TrainingStrategy::Custom(Arc::new(strategy)));
    for signal in signals {
        let metric = SignalMetric::new(signal);
        training = training
            .metric_train_numeric(metric.clone())
            .metric_valid_numeric(metric);
    }
    if let Some(n_epochs) = plan.patience {
        training = training.early_stopping(MetricEarlyStoppingStrategy::new(
            &SignalMetric::new(watched),
            Aggregate::Mean,
            if watched.higher_is_better {
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
