//! Runs of training: the loop, the run's folder, checkpoints, metrics, optimizer.
//!
//! Whoever trains something implements [`Learner`], which owns its models and cuts its work into steps, and
//! hands it to [`train`](train()) with a [`Run`]'s folder. What a step does follows from its number, the saved
//! [parts](Part) and the saved state alone, so a run that was killed goes on as if nothing had happened: on the
//! processor to the same bits.
//!
//! ```
//! use burn::module::Initializer;
//! use burn::nn::{Linear, LinearConfig};
//! use burn::tensor::{Device, Tensor};
//! use burn::train::Interrupter;
//! use pure_core::metrics::{LOSS, Metric};
//! use pure_model::Gradients;
//! use pure_run::{
//!     CheckpointConfig, Ended, Error, Learner, Measures, OptimizerConfig, Part, Progress, Progressed, Run,
//!     LrScheduler, TrainState, train,
//! };
//! use serde::Deserialize;
//! use serde_json::{Value, json};
//!
//! /// Learns that a line through nothing has the slope 3.
//! struct Line(TrainState<Linear>);
//!
//! fn loss(model: &Linear) -> Tensor<1> {
//!     let x = Tensor::<2>::from_floats([[1.0], [2.0]], &model.weight.device());
//!     let error = model.forward(x.clone()) - x * 3.0;
//!     error.square().mean()
//! }
//!
//! impl Learner for Line {
//!     type Error = Error;
//!
//!     fn metrics(&self) -> Vec<Metric> {
//!         vec![LOSS]
//!     }
//!
//!     fn watched(&self) -> Metric {
//!         LOSS
//!     }
//!
//!     fn step(&mut self, step: usize, _: &mut dyn FnMut(&'static str)) -> Result<Measures, Error> {
//!         let find = |model: &Linear, (), sum: &mut Gradients| sum.add(model, &mut loss(model).backward());
//!         let gradients = self.0.gradients(vec![()], find, |()| ());
//!         Ok(self.0.update(step, gradients, true)?.measures())
//!     }
//!
//!     fn evaluate(&mut self, _: usize) -> Result<Measures, Error> {
//!         let loss = loss(&self.0.frozen()).into_scalar::<f32>();
//!         Ok(Measures::default().with(LOSS.name, loss.into()))
//!     }
//!
//!     fn parts(&mut self) -> Vec<Part<'_>> {
//!         self.0.parts("model", "optimizer")
//!     }
//!
//!     fn state(&mut self) -> Result<Value, Error> {
//!         Ok(json!(self.0.progress()))
//!     }
//!
//!     fn restore(&mut self, state: Option<&Value>) -> Result<(), Error> {
//!         if let Some(state) = state {
//!             self.0.restore(Progress::deserialize(state).expect("it is what `state` gave"));
//!         }
//!         Ok(())
//!     }
//! }
//!
//! let device = Device::flex().autodiff();
//! let model = LinearConfig::new(1, 1).with_bias(false).with_initializer(Initializer::Zeros).init(&device);
//! let state = TrainState::new(model, &OptimizerConfig::default(), LrScheduler::constant(0.1), 60);
//! let mut line = Line(state);
//!
//! let folder = tempfile::tempdir()?;
//! let run = Run::open(&folder.path().join("line"), "", &[])?;
//! let plan = CheckpointConfig { save_steps: 20, ..CheckpointConfig::default() }.plan(60);
//! let mut losses = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
//! let seen = losses.clone();
//! let watcher = move |progressed: &Progressed<'_>| {
//!     if let Progressed::Evaluated { measures, .. } = progressed {
//!         seen.borrow_mut().extend(measures.get("loss"));
//!     }
//! };
//! let ended = train(&mut line, &plan, run.folder(), Box::new(watcher), &Interrupter::new())?;
//! assert_eq!(ended, Ended::Done(()));
//! assert!(losses.borrow().is_sorted_by(|before, after| before > after));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | train something | [`Learner`], [`train`](train()) |
//! | train on examples that show what is right | [`Objective`], [`Supervised`] |
//! | keep a model with its optimizer | [`TrainState`] |
//! | save something else with a checkpoint | [`Part`], [`Saved`] |
//! | have a folder that other processes leave alone | [`Run`] |
//! | watch | [`Watcher`] |
//! | stop at Ctrl-C and SIGTERM | [`stop_on_signals`] |
//!
//! # What is Burn's
//!
//! From burn-train the records of models and optimizers, and the interruption.
//! The loop is not Burn's `SupervisedTraining`: that knows one model, one optimizer and epochs over a loader,
//! and writes its checkpoints beside the next step, which changes them on GPU backends. Its early stopping cannot be fed from outside; [`Plan::patience`] has the same
//! rule. AdamW is Burn's; clipping is by the global norm, where Burn's is parameter by parameter.
//!
//! Beside Burn: **ctrlc** for signals, **crc32c** for checksums of state and
//! TensorBoard's files, **rand_chacha** for orders that are found again by their number.

mod branch;
mod checkpoints;
mod checkpoints_of;
mod config;
mod data_order;
mod error;
mod fitting;
mod folder;
mod forecast;
mod learner;
mod logs;
mod measures;
mod optim;
mod parts;
mod plan;
mod reporter;
mod signals;
mod starts;
mod supervised;
mod tensorboard;
#[cfg(test)]
mod tests;
mod train_state;
mod training_loop;
mod watcher;
mod weights;

pub use checkpoints_of::{checkpoint_before, checkpoint_folder, checkpoint_steps, with_weights_of};
pub use config::{BATCH_TOKENS, BatchConfig, CheckpointConfig, Chosen};
pub use data_order::{DataOrder, hold_out};
pub use error::Error;
pub use fitting::tokens_that_fit;
pub use folder::{Run, sealed};
pub use forecast::{Forecast, MemoryForecast, PhaseMemory, Saving, Savings, SupervisedMemory};
pub use learner::{Learner, Notice, SampledAnswer};
pub use measures::Measures;
pub use optim::{Decay, LrScheduler, OptimizerConfig, SchedulerType};
pub use parts::{Part, Saved, load_weights};
pub use plan::{Ended, Plan};
pub use signals::{before_ending_at_once, end_at_once, stop_on_signals};
pub use supervised::{Objective, Supervised};
pub use train_state::{Progress, TrainState, Update};
pub use training_loop::train;
pub use watcher::{Progressed, Watcher};
