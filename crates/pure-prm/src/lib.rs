//! Process reward models: from answers of text to what the model reads, its training, its worth.
//!
//! ```text
//! texts -> StepReader -> MarkedAnswer -> PrmTraining -> ProcessRewardModel
//!                        MarkedAnswer -> ProcessRewardModel -> rewards -> Evaluator -> numbers
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | train one, in stages | [`PrmTraining`] |
//! | have one learn from answers as a policy writes them | [`OnlinePrm`] |
//! | know how good it is: at steps, at first errors, at choosing among samples | [`Evaluator`], [`judgement`] |
//! | have one guide a policy step by step | [`BeamSearch`] |
//! | label steps without people, by completions of a policy | [`Labeller`] |
//! | turn texts of one's own into what it reads | [`StepReader`] |
//!
//! A marker stands at the end of each step, and what the model says there is the step's reward, from -1 to 1. Which
//! token marks, whether it [replaces the step's last token or is appended](Layout), and how prompts are rendered, is
//! written into a trained model's folder ([`Taught`]), and whoever asks it follows. For models from elsewhere there are
//! [presets](PrmPreset).
//!
//! The numbers need no model:
//!
//! ```
//! use pure_prm::judgement::{JudgedSteps, StepQuality};
//!
//! // The probability of being good that each step was given, and whether it is.
//! let mut steps = JudgedSteps::default();
//! steps.extend([(0.9, true), (0.8, true), (0.6, false), (0.1, false)])?;
//! let quality = StepQuality::of(&steps);
//! assert_eq!(quality.accuracy, Some(0.75));
//! assert_eq!(quality.bad.recall, Some(0.5)); // one of the two bad steps is found
//! assert_eq!(quality.roc_auc, Some(1.0)); // at a higher threshold both would be
//! # Ok::<(), pure_prm::judgement::JudgementError>(())
//! ```

#![recursion_limit = "256"]

mod best_of;
mod error;
mod evaluation;
mod evaluator;
pub mod judgement;
mod label;
mod layout;
mod preset;
mod questions;
mod rewarded;
mod search;
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
pub use layout::Layout;
pub use preset::PrmPreset;
pub use questions::VerifiedQuestions;
pub use rewarded::{Sampled, StepRewards};
pub use search::{BeamSearch, BeamSearchConfig, FoundAnswer, SearchEvent, SearchProblem, Searched};
pub use skipped::Skipped;
pub use step_read_error::StepReadError;
pub use step_reader::{StepReader, SteppedAnswer};
pub use step_tokens::{Marker, StepTokens};
pub use taught::Taught;
pub use training::{
    HeadConfig, LearnsFrom, OnlinePrm, PrmConfig, PrmLoss, PrmTraining, StageConfig, Trained,
    save_checkpoint,
};
