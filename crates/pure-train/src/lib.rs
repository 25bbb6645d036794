//! Learners on Burn's training loop: policies by reinforcement learning, process reward models,
//! supervised fine-tuning, and labels for reward models.
//!
//! A learner is [`Work`] cut into steps; [`train`](train()) runs it in a [`Run`]'s folder as a strategy
//! of burn-train, with its metrics, dashboard, checkpointers, early stopping and interruption. What a
//! step does follows from its number and the model alone, so a run that was killed goes on as if
//! nothing had happened: on the processor to the same bits.
//!
//! ```no_run
//! use burn::tensor::Device;
//! use burn::train::Interrupter;
//! use pure_train::{Ended, Progressed, Run, Sft, SftConfig, Watcher, config};
//!
//! let settings: SftConfig = config::load("configs/chain/sft.toml".as_ref(), &[])?;
//! let run = Run::open(&settings.output, &config::resolved(&settings)?)?;
//! let sft = Sft::prepare(settings)?;
//! let watcher = Watcher::Report(Box::new(|progressed| {
//!     if let Progressed::Evaluated { step, measures } = progressed {
//!         println!("after {step} steps: {:?}", measures.get(pure_core::metrics::LOSS.name));
//!     }
//! }));
//! match sft.run(&run, &Device::flex(), watcher, Interrupter::new())? {
//!     Ended::Done(model) => println!("{} tokens are known", model.vocab_size()),
//!     Ended::Interrupted { saved } => println!("{saved} steps are saved"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | have a policy learn from rewards | [`PolicyTraining`] |
//! | reward it in a way of one's own | [`StepRewards`], [`Outcomes`], [`pure_core::Credit`] |
//! | ask it in a way of one's own | [`PromptSource`] |
//! | teach a model to answer as shown | [`Sft`] |
//! | teach a model to judge steps | [`PrmTraining`] |
//! | label steps without people | [`Labeller`] |
//! | turn text into what a reward model reads | [`StepReader`] |
//! | know how good a reward model is | [`Evaluator`] |
//! | read settings that explain their mistakes | [`config`] |
//! | train something else in the same way | [`Work`], [`train`](train()) |
//!
//! # What it stands on
//!
//! - **burn-train** for the loop's frame and all that watches it. Its clipping (parameter by
//!   parameter), its epochs over a loader and its checkpoint files (not whole after a kill) are
//!   replaced here; the modules say why.
//! - **crc32c** for the checksums of TensorBoard's files.
//! - **toml** and **serde** for settings; **crc32fast** to know a damaged file; **rand_chacha** for
//!   orders that are found again by their number.
#![warn(missing_docs)]

pub mod config;
mod error;
#[cfg(test)]
mod golden;
mod label;
mod layout;
mod measures;
mod optim;
mod order;
mod outlook;
mod policy;
mod prm;
mod prompt;
mod run;
mod settings;
mod sft;
mod training;
mod update;

pub use error::Error;
pub use label::{
    Agreement, Attempt, Count, LabelConfig, LabelError, LabelMethod, Labeller, ShareRule,
    StepLabels,
};
pub use measures::Measures;
pub use optim::{Decay, Decline, OptimizerConfig, Schedule, Scheduler};
pub use outlook::Outlook;
pub use policy::{
    Action, Answer, Bound, EvaluationConfig, FrozenPolicy, HackRule, MonitorConfig, OldLogProbs,
    Outcomes, PolicyConfig, PolicyOutlook, PolicyTraining, Prompt, PromptConfig, PromptFile,
    PromptSource, ReferenceConfig, ReferencePolicy, RewardModel, RewardModelConfig, RolloutConfig,
    SignalRule, StepRewards, TrueAnswers, UpdateConfig, WithoutSignal,
};
pub use prm::{
    BestOfEvaluation, Evaluator, FirstErrorEvaluation, FirstErrors, HeadConfig, Marker, PrmConfig,
    PrmTraining, Skipped, StageConfig, StepEvaluation, StepReadError, StepReader, StepTokens,
    SteppedAnswer, Trained, VerifiedQuestions,
};
pub use run::Run;
pub use settings::{BatchConfig, CheckpointConfig, Chosen};
pub use sft::{Sft, SftConfig};
pub use training::{Ended, Notice, Plan, Progressed, Report, Watcher, Work, train};
