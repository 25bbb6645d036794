//! Learners on Burn's training loop.

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
mod prm;
mod run;
mod settings;
mod sft;
mod silent;
mod training;
mod update;

pub use error::Error;
pub use label::{
    Agreement, Attempt, Count, LabelConfig, LabelError, LabelMethod, Labeller, ShareRule,
    StepLabels,
};
pub use measures::{Measures, Signal};
pub use optim::{Decay, Decline, OptimizerConfig, Schedule, Scheduler};
pub use outlook::Outlook;
pub use prm::{
    BestOfEvaluation, Evaluator, FirstErrorEvaluation, FirstErrors, HeadConfig, Marker, PrmConfig,
    PrmTraining, Skipped, StageConfig, StepEvaluation, StepReadError, StepReader, StepTokens,
    SteppedAnswer, Trained, VerifiedQuestions,
};
pub use run::Run;
pub use settings::{BatchConfig, CheckpointConfig, Chosen};
pub use sft::{Sft, SftConfig};
pub use training::{Ended, Plan, Progressed, Watcher, Work, train};
