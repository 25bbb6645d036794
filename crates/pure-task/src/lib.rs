//! A task that is made from a seed, with nothing to download: problems without end, an oracle that
//! knows which steps of an answer are good, and a tokenizer.
//!
//! [`chain`] is arithmetic in steps:
//!
//! ```
//! use pure_task::chain::{Level, Problem, Problems, Split, judge};
//!
//! let problem: Problem = "7+3*4-8=".parse()?;
//! assert_eq!(problem.answer(), 2);
//!
//! // The second step is wrong; the third is right given what the second states.
//! let response = "7+3=0\n\n0*4=1\n\n1-8=3\n\n\\boxed{3}";
//! let judgement = judge(&problem, response, true);
//! let good: Vec<bool> = judgement.steps.iter().map(|step| step.good).collect();
//! assert_eq!(good, [true, false, true, true]);
//! assert!(judgement.finished && !judgement.correct);
//!
//! // As many more as one likes; no held-out problem is ever drawn for training.
//! let held_out: Vec<Problem> = Problems::new(Level::base(), Split::HeldOut, 0)?.take(3).collect();
//! assert!(held_out.iter().all(|problem| Split::of(problem.prompt()) == Split::HeldOut));
//! # Ok::<(), pure_task::Error>(())
//! ```
//!
//! The same seed gives the same bytes on every platform and in every version: nothing here draws a
//! random number but from ChaCha, and what is made of it is exact arithmetic.
//!
//! # What it stands on
//!
//! - **rand_chacha** for random bits that are the same on every platform and for good. What is made of
//!   them is written here, since libraries of distributions promise no such thing.
//! - **pure-data** for the form of step-labelled answers, and **pure-files** to write files whole.
//! - **serde** and **serde_json**.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod chain;
mod error;
mod hash;
mod share;

pub use error::Error;
pub use share::share;
