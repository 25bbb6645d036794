//! Process reward models: from answers of text to what the model reads, its training, its worth.
//!
//! ```text
//! texts -> StepReader -> MarkedAnswer -> PrmTraining -> ProcessRewardModel
//!                        MarkedAnswer -> ProcessRewardModel -> rewards -> Evaluator -> numbers
//! ```

mod best_of;
mod evaluation;
mod questions;
mod skipped;
mod step_read_error;
mod step_reader;
mod step_tokens;
mod training;
mod window;

pub use best_of::BestOfEvaluation;
pub use evaluation::{Evaluator, FirstErrorEvaluation, FirstErrors, StepEvaluation};
pub use questions::VerifiedQuestions;
pub use skipped::Skipped;
pub use step_read_error::StepReadError;
pub use step_reader::{StepReader, SteppedAnswer};
pub use step_tokens::{Marker, StepTokens};
pub use training::{HeadConfig, PrmConfig, PrmTraining, StageConfig, Trained};
