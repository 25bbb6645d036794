//! The arithmetic of PURE (arXiv 2504.15275): reinforcement learning of language models from process
//! rewards, where the credit of a token is the **minimum** of the step rewards still to come.
//!
//! Slices in, slices out: this crate knows no tensors, no models and no files.
//!
//! ```text
//! answers -> steps -> scores -> credit -> returns -> minus the baseline -> advantages -> loss
//! ```
//!
//! Three questions are kept apart: how good a step is ([`Scores`]), which tokens are paid for it
//! ([`Credit`]), and what the result is compared with ([`Baseline`]).
//!
//! ```
//! use pure_core::{Finish, MethodConfig, Response, Scores, StepFormat};
//!
//! // Token 9 ends a step; the reward model judges at token 1.
//! let format = StepFormat::new([9], 1);
//! let answers = [vec![4, 5, 9, 6, 2], vec![4, 9, 7, 7, 9, 2]];
//! let steps: Vec<_> = answers.iter().map(|answer| format.split(answer)).collect();
//! let mut read = answers[0].clone();
//! format.mark(&mut read, &steps[0]);
//! assert_eq!(read, [4, 5, 1, 6, 1]);
//!
//! // What the reward model and the verifier said.
//! let scores = [
//!     Scores { process: vec![0.9, 0.8], outcome: Some(1.0) },
//!     Scores { process: vec![0.9, -0.7, 0.6], outcome: Some(0.0) },
//! ];
//!
//! // The paper's settings: soft minimum, leave-one-out over the generation limit.
//! let method = MethodConfig { limit: Some(16), ..MethodConfig::default() }.build()?;
//! let responses: Vec<_> = (0..2)
//!     .map(|answer| Response {
//!         group: 0,
//!         length: answers[answer].len(),
//!         steps: &steps[answer],
//!         scores: &scores[answer],
//!         log_probs: None,
//!         finish: Finish::End,
//!     })
//!     .collect();
//! let batch = method.run(&responses)?;
//! assert!(batch.response(0).advantages[0] > 0.0);
//! assert!(batch.response(1).advantages[0] < 0.0);
//! # Ok::<(), pure_core::Error>(())
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | split answers into steps and mark them for the reward model | [`StepFormat`] |
//! | choose settings: a preset, a file, a form of credit by name | [`MethodConfig`], [`Preset`], [`CreditConfig`] |
//! | compute the advantages of a batch | [`Method::run`] |
//! | compute them for the records of a file | [`Method::run_records`] |
//! | add a form of credit | [`Credit`], [`Method::with_credit`] |
//! | reduce the rewards of an answer's steps to one number | [`Aggregates`], [`Aggregate`] |
//! | compare what each form of credit would pay | [`compare_forms`], [`Record::compare_forms`] |
//! | estimate and control the KL divergence from the reference model | [`KlEstimator`], [`KlController`] |
//! | compute the loss of a policy and its gradient | [`PolicyLoss`] |
//! | weight tokens and answers in the loss | [`TokenWeights`] |
//! | compute the loss of a reward model and its gradient | [`reward_model`] |
//! | notice that the reward is being hacked | [`signals`] |
//! | name and explain what training measures | [`metrics`] |
//!
//! # Numbers
//!
//! Inputs and outputs are f32, sums are carried in f64 and rounded once. Finite inputs give finite
//! outputs, however extreme; infinities and NaN give an error that names the response. Time is linear
//! in tokens, and nothing is allocated token by token. Lengths that no model writes, as a damaged file
//! may have them, are refused before memory is allocated
//! ([`Response::MOST_TOKENS`], [`Method::MOST_TOKENS`]).

pub mod advantages;
mod aggregates;
mod answer;
pub mod credit;
mod error;
mod explain;
mod filter;
mod groups;
mod kl;
mod kl_control;
mod label;
mod method;
pub mod metrics;
mod names;
mod numeric;
mod policy_loss;
mod prefix_tree;
mod record;
mod response;
mod returns;
mod reward;
pub mod reward_model;
mod shaping;
pub mod signals;
mod steps;
mod truncation;
mod weights;

pub use advantages::{Baseline, Deviation, whiten};
pub use aggregates::{Aggregate, Aggregates};
pub use answer::{Finish, Rollout, Scores, StepSpan};
pub use credit::{Credit, CreditConfig};
pub use error::{Error, Fault};
pub use explain::{FormTable, FormView, compare_forms};
pub use filter::AnswerFilter;
pub use kl::{KlConfig, KlControl, KlEstimator};
pub use kl_control::KlController;
pub use label::Label;
pub use method::{
    CreditedBatch, Method, MethodConfig, Preset, Report, SeparatorAdvantage, UnverifiedConfig,
};
pub use metrics::Metric;
pub use policy_loss::{LossGradient, LossMean, LossToken, PolicyLoss, PolicyStats};
pub use record::{BaselineValue, CreditedRecord, CreditedRecords, Record};
pub use response::{CreditedResponse, LogProbs, Paid, Response, ResponseBaseline};
pub use returns::{MinimumOver, Returns};
pub use reward::{OutcomeRange, ProcessRange, RewardConfig, RewardSource};
pub use shaping::RewardShaping;
pub use signals::Signals;
pub use steps::{ClosingSeparator, StepFormat};
pub use truncation::Truncated;
pub use weights::{TokenSelection, TokenWeights};
