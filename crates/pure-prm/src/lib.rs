//! Process reward models: from answers of text to what the model reads, its training, its worth.
//!
//! ```text
//! texts -> StepReader -> MarkedAnswer -> PrmTraining -> ProcessRewardModel
//!                        MarkedAnswer -> ProcessRewardModel -> rewards -> Evaluator -> numbers
//! ```

#![recursion_limit = "256"]

mod best_of;
mod error;
mod evaluation;
mod evaluator;
pub mod judgement;
mod label;
mod questions;
mod skipped;
mod step_read_error;
mod step_reader;
mod step_tokens;
mod taught;
mod training;

pub use best_of::BestOfEvaluation;
pub use error::Error;
pub use evaluation::{FirstErrorEvaluation, FirstErrors, StepEvaluation};
pub use evaluator::Evaluator;
pub use label::{
    Agreement, Attempt, Count, LabelConfig, LabelError, LabelMethod, Labeller, ShareRule,
    StepLabels,
};
pub use questions::VerifiedQuestions;
pub use skipped::Skipped;
pub use step_read_error::StepReadError;
pub use step_reader::{StepReader, SteppedAnswer};
pub use step_tokens::{Marker, StepTokens};
pub use taught::Taught;
pub use training::{HeadConfig, PrmConfig, PrmTraining, StageConfig, Trained};
