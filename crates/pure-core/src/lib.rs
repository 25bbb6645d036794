//! The arithmetic of PURE (arXiv 2504.15275): reinforcement learning of language models from process
//! rewards, where the credit of a token is the **minimum** of the step rewards still to come.
//!
//! Slices in, slices out: this crate knows no tensors, no models and no files.
//!
//! ```text
//! rollouts -> steps -> scores -> credit -> returns -> less the baseline -> advantages
//! ```
//!
//! Three facts stay apart: how good a step is ([`Scores`]), which tokens deserve it ([`Credit`]), and
//! what to compare it with ([`Baseline`]).
//!
//! ```
//! use pure_core::{Finish, MethodConfig, Response, Scores, StepFormat};
//!
//! // Token 9 ends a step; the reward model judges at token 1.
//! let format = StepFormat::new([9], 1);
//! let answers = [vec![4, 5, 9, 6, 2], vec![4, 9, 7, 7, 9, 2]];
//! let steps: Vec<_> = answers.iter().map(|answer| format.split(answer)).collect();
//! assert_eq!(format.prm_input(&[3], &answers[0], &steps[0]).positions, [3, 5]);
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
//! | split answers, prepare what the reward model reads | [`StepFormat`] |
//! | choose settings: a preset, a file, a form by name | [`MethodConfig`], [`Preset`], [`CreditConfig`] |
//! | get advantages for a batch | [`Method::run`] |
//! | get them for records of a file | [`Method::run_records`] |
//! | pay tokens in a way of one's own | [`Credit`], [`Method::with_credit`] |
//! | make one number of the steps of an answer | [`Aggregates`], [`Aggregate`] |
//! | see what each form would pay | [`compare_forms`], [`Record::compare_forms`] |
//! | measure and steer the distance to the reference model | [`KlEstimator`], [`KlController`] |
//! | know the loss of a policy and its gradient | [`PolicyLoss`] |
//! | weigh tokens and answers in the loss | [`TokenWeights`] |
//! | notice that the reward is being hacked | [`signals`] |
//! | name and explain what training measures | [`metrics`] |
//! | know how good a process reward model is | [`judgement`] |
//!
//! # Numbers
//!
//! Inputs and outputs are f32, sums are carried in f64 and rounded once. Finite inputs give finite
//! outputs, however extreme; inputs that are no numbers give an error that names the response. Time is
//! linear in tokens, and memory is asked for by the response, never by the token.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod advantages;
mod aggregates;
pub mod credit;
mod error;
mod explain;
pub mod judgement;
mod kl;
mod kl_control;
mod method;
pub mod metrics;
mod names;
mod numeric;
mod policy_loss;
mod prm_input;
mod record;
mod returns;
mod reward;
mod rollout;
mod scores;
pub mod signals;
mod step_span;
mod steps;
mod truncation;
mod weights;

pub use advantages::{Baseline, Deviation, generalized_advantages, whiten};
pub use aggregates::{Aggregate, Aggregates};
pub use credit::{Clip, Credit, CreditConfig, Delta, Mean, Min, SoftMin, SuffixMin, Sum};
pub use error::{Error, Fault};
pub use explain::{FormTable, FormView, compare_forms};
pub use kl::{KlConfig, KlEstimator};
pub use kl_control::{KlControl, KlController};
pub use method::{
    CreditedBatch, CreditedResponse, LogProbs, Method, MethodConfig, MinimumOver, Paid, Preset,
    Report, Response, ResponseBaseline, SeparatorAdvantage,
};
pub use metrics::Metric;
pub use policy_loss::{LossGradient, LossMean, LossToken, PolicyLoss, PolicyStats};
pub use prm_input::PrmInput;
pub use record::{BaselineValue, CreditedRecord, CreditedRecords, Label, Record};
pub use returns::{discounted_returns, returns_to_go, suffix_minima};
pub use reward::{OutcomeRange, ProcessRange, RewardConfig, RewardSource};
pub use rollout::{Finish, Group, Rollout};
pub use scores::{Scores, step_reward};
pub use signals::{Observation, Signals};
pub use step_span::StepSpan;
pub use steps::{ClosingSeparator, StepFormat};
pub use truncation::Truncated;
pub use weights::{TokenSelection, TokenWeights};
