//! Data for PURE: what is asked, what is known of every step of an answer, and a task that is made
//! from a seed.
//!
//! This crate reads and writes files. It knows no model, no tokens and no tensors.
//!
//! # The built-in task
//!
//! [`chain`] makes arithmetic in steps, with an oracle that knows which steps are good:
//!
//! ```
//! use pure_data::chain::{Level, Problem, Problems, Split, judge};
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
//! # Ok::<(), pure_data::Error>(())
//! ```
//!
//! # Step-labelled answers
//!
//! [`LabelledAnswers`] reads the forms of TRL, PRM800K and Math-Shepherd, from JSON lines, a JSON array
//! or Parquet. A bad record is an error that tells its line, and the reading goes on:
//!
//! ```
//! use pure_data::{LabelledAnswers, ReadOptions, StepLabel, check};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("steps.jsonl");
//! std::fs::write(&path, r#"
//! {"prompt": "7+3=", "completions": ["7+3=0", "\\boxed{0}"], "labels": [true, true]}
//! {"prompt": "7+3=", "completions": ["7+3=1", "\\boxed{1}"], "labels": [false]}
//! "#)?;
//! let answers: Vec<_> = LabelledAnswers::open(&path, ReadOptions::default())?.collect();
//! assert_eq!(answers[0].as_ref().unwrap().labels, [StepLabel::Good, StepLabel::Good]);
//! let error = answers[1].as_ref().unwrap_err().to_string();
//! assert!(error.ends_with("steps.jsonl, line 3: there are 1 labels for 2 steps"));
//!
//! let report = check(LabelledAnswers::open(&path, ReadOptions::default())?, 10);
//! assert_eq!((report.answers, report.bad_records), (1, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | make problems, solutions, labels and a tokenizer | [`chain`] |
//! | read step-labelled answers | [`LabelledAnswers`] |
//! | see what is in such a file | [`check()`] |
//! | read answers in steps that are to be labelled | [`CheckableAnswers`] |
//! | read prompts, with answers or without | [`Questions`] |
//! | read prompts with the answer to learn | [`Demonstrations`] |
//! | read answers whose first error is known | [`FirstErrorCases`] |
//! | read what a model answered | [`SampledAnswers`] |
//!
//! # What it stands on
//!
//! - **parquet**, of the Apache Arrow project: Parquet is too large a format to write a reader of, and
//!   this one is maintained by those who maintain the format. Only its record reader is used, with
//!   the Snappy and Zstandard codecs, and no Arrow.
//! - **rand_chacha** for random bits that are the same on every platform and for good. What is made of
//!   them is written here, since libraries of distributions promise no such thing.
//! - **serde** and **serde_json**.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod chain;
mod check;
mod demonstrations;
mod error;
mod fault;
mod hash;
mod process_bench;
mod questions;
mod samples;
mod source;
mod stepwise;
mod whole;

pub use check::{CheckReport, FaultLine, LabelCounts, Spread, check};
pub use demonstrations::{Demonstration, Demonstrations};
pub use error::Error;
pub use fault::{BadRecord, Fault, Place};
pub use process_bench::{FirstErrorCase, FirstErrorCases};
pub use questions::{Prompt, Question, Questions, Turn};
pub use samples::{SampledAnswer, SampledAnswers};
pub use source::Layout;
pub use stepwise::{
    CheckableAnswer, CheckableAnswers, LabelForm, LabelledAnswer, LabelledAnswers, Neutral,
    ReadOptions, StepLabel,
};
