//! Data for PURE: what is asked, and what is known of every step of an answer.
//!
//! This crate reads files of records. It knows no model, no tokens and no tensors.
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
//! | read step-labelled answers | [`LabelledAnswers`] |
//! | see what is in such a file | [`check()`] |
//! | read answers in steps that are to be labelled | [`CheckableAnswers`] |
//! | read prompts, with answers or without | [`Questions`] |
//! | read prompts with the answer to learn | [`Demonstrations`] |
//! | read answers whose first error is known | [`FirstErrorCases`] |
//! | read what a model answered | [`SampledAnswers`] |
//! | find what of one file stands in another, as of training data in benchmarks | [`Overlaps`] |
//! | read records to pass them on with something added | [`RawRecords`] and [`AnswerFields`] |
//!
//! # What it stands on
//!
//! - **parquet**, of the Apache Arrow project, with the feature `parquet`: Parquet is too large a format
//!   to write a reader of, and this one is maintained by those who maintain the format. Only its record
//!   reader is used, with the Snappy and Zstandard codecs, and no Arrow. Zstandard wants a C compiler.
//!   Without the feature a Parquet file is refused with a word on what to do.
//! - **pure-files** for lines and bytes within bounds.
//! - **serde** and **serde_json**.

mod answer_fields;
mod check;
mod demonstrations;
mod error;
mod fault;
mod overlap;
mod process_bench;
mod questions;
mod raw;
mod records;
mod samples;
mod source;
mod stepwise;

pub use answer_fields::{AnswerFields, cut_steps};
pub use check::{CheckReport, FaultLine, LabelCounts, Spread, check};
pub use demonstrations::{Demonstration, Demonstrations};
pub use error::Error;
pub use fault::{BadRecord, Fault, Place};
pub use overlap::{Overlap, Overlaps};
pub use process_bench::{FirstErrorCase, FirstErrorCases};
pub use questions::{Prompt, Question, QuestionFields, Questions, Turn};
pub use raw::{RawRecord, RawRecords};
pub use records::{Record, Records};
pub use samples::{SampledAnswer, SampledAnswers};
pub use source::Layout;
pub use stepwise::{
    CheckableAnswer, CheckableAnswers, LabelForm, LabelledAnswer, LabelledAnswers, Neutral,
    ReadOptions, StepLabel,
};
