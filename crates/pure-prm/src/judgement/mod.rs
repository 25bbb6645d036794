//! How good a process reward model is: what it says of steps whose truth is known, in numbers.
//!
//! The model gives each step a probability `p` of being good; who has its reward `r` in `[-1, 1]` takes
//! `p = (1 + r) / 2`. Everywhere here a step is called good where `p >= threshold`.
//!
//! | asked | answered by |
//! | --- | --- |
//! | does it tell good steps from bad ones? | [`StepQuality`] |
//! | does "80 %" mean 80 %? | [`Reliability`] |
//! | does it find where an answer goes wrong? | [`FirstErrorQuality`], at the [`BestThreshold`] |
//! | does it pick the right one of many answers? | [`BestOfN`] |
//!
//! Data are checked where they come in, by [`JudgedSteps`], [`JudgedAnswers`] and [`BestOfN::of`], which
//! name the place of what they refuse; measuring what has come in cannot fail. A number that the data
//! do not give, such as the recall of a class that is absent, is absent too, never NaN.
//!
//! ```
//! use pure_prm::judgement::{BestThreshold, JudgedAnswers, JudgedSteps, StepQuality};
//!
//! // While validating: batch after batch, then once.
//! let mut steps = JudgedSteps::default();
//! steps.extend([(0.9, true), (0.7, true), (0.6, false)])?;
//! steps.extend([(0.2, false)])?;
//! let quality = StepQuality::of(&steps);
//! assert_eq!((quality.accuracy, quality.roc_auc), (Some(0.75), Some(1.0)));
//!
//! // The first answer goes wrong at its second step, the second one never does.
//! let mut answers = JudgedAnswers::default();
//! answers.push(&[0.9, 0.3, 0.8], Some(1))?;
//! answers.push(&[0.8, 0.7], None)?;
//! let best = BestThreshold::of(&answers).unwrap();
//! assert_eq!((best.above, best.up_to, best.threshold), (0.3, 0.7, 0.5));
//! assert_eq!(best.quality.f1, Some(1.0));
//! # Ok::<(), pure_prm::judgement::JudgementError>(())
//! ```

mod answers;
mod auc;
mod best_of_n;
mod error;
mod first_error;
mod reliability;
mod step_quality;
mod steps;
mod threshold;
mod votes;

pub use answers::JudgedAnswers;
pub use auc::roc_auc;
pub use best_of_n::{BestOf, BestOfN};
pub use error::JudgementError;
pub use first_error::FirstErrorQuality;
pub use pure_eval::Candidate;
pub use reliability::{DEFAULT_BINS, Reliability, ReliabilityBin};
pub use step_quality::{ClassQuality, StepQuality};
pub use steps::JudgedSteps;
pub use threshold::BestThreshold;
pub use votes::Votes;

/// A share of a whole, if there is a whole.
fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Whether this is a probability; NaN is none.
fn is_probability(p: f32) -> bool {
    (0.0..=1.0).contains(&p)
}
