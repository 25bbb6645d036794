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
//! | find what stands in one file twice, or nearly | [`repeats()`] |
//! | select problems by level, length and how often a policy solves them | [`Selection`] and [`SolveRates`] |
//! | hide right answers from a run | [`hide_answer`], of the share that [`drawn`] chooses |
//! | mix files by weights | [`mixture()`] |
//! | read records to pass them on with something added | [`RawRecords`] and [`AnswerFields`] |
//!
//! # From files to what a run is fed with
//!
//! `pure data overlap`, `select` and `mix` do so from the command line, with what they do it with here:
//!
//! ```
//! use std::collections::HashSet;
//!
//! use pure_data::{
//!     MixturePart, Question, Selection, SolveRates, drawn, hide_answer, mixture, repeats,
//! };
//! use serde_json::json;
//!
//! let problems = [
//!     json!({"id": "a", "problem": "Ann has 3 bags of 4 plums. How many plums is that?", "answer": 12, "level": 1}),
//!     json!({"id": "b", "problem": "Ann has 3 bags of 4 plums; how many plums are that?", "answer": 12, "level": 1}),
//!     json!({"id": "c", "problem": "How many primes are there below 20?", "answer": 8, "level": "Level 3"}),
//!     json!({"id": "d", "problem": "How many subsets has a set of 6 elements?", "answer": 64, "level": "Level 5"}),
//! ];
//! let mut problems: Vec<_> = problems.iter().map(|it| it.as_object().unwrap().clone()).collect();
//!
//! // Ten words of eleven are the same, eight of them in a row.
//! let texts: Vec<&str> = problems.iter().map(|it| it["problem"].as_str().unwrap()).collect();
//! let found = repeats(&texts, 0.9);
//! assert_eq!(found[1].unwrap().of, 0);
//! let twice: HashSet<usize> = (0..texts.len()).filter(|&at| found[at].is_some()).collect();
//! let mut place = 0;
//! problems.retain(|_| { place += 1; !twice.contains(&(place - 1)) });
//!
//! // What `pure eval --n 2` wrote: the policy solves `a` always, `c` at times, and was not asked `d`.
//! let mut solve_rate = SolveRates::default();
//! for (id, correct) in [("a", true), ("a", true), ("c", true), ("c", false)] {
//!     solve_rate.add(json!({"id": id, "correct": correct}).as_object().unwrap())?;
//! }
//! let selection = Selection { solve_rate: Some((solve_rate, 0.1..=0.9)), ..Selection::default() };
//! let is_selected = |record: &_| {
//!     let question = Question::of(record, 0).unwrap();
//!     selection.check(&question, || Ok::<_, ()>(0)).unwrap().is_ok()
//! };
//! problems.retain(is_selected);
//! assert_eq!(problems[0]["id"], "c");
//!
//! // An answer in ten is shown to the run, the same ones as by its `prompts.with_answer=0.1 seed=0`.
//! if drawn("c", 0) >= 0.1 {
//!     hide_answer(&mut problems[0]);
//! }
//! assert_eq!(problems[0]["answer"], "null");
//!
//! // Three of four from one file, as many as there can be.
//! let part = |name: &str, records: u32, weight| MixturePart {
//!     name: name.to_owned(),
//!     ids: (1..=records).map(|id| id.to_string()).collect(),
//!     weight,
//! };
//! let mixed = mixture(&[part("gsm8k", 100, 0.75), part("math", 10, 0.25)], None, 0);
//! assert_eq!(mixed.len(), 40);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it stands on
//!
//! - **parquet**, of the Apache Arrow project, with the feature `parquet`: Parquet is too large a format
//!   to write a reader of, and this one is maintained by those who maintain the format. Only its record
//!   reader is used, with the Snappy and Zstandard codecs, and no Arrow. Zstandard wants a C compiler.
//!   Without the feature a Parquet file is refused with a word on what to do.
//! - **pure-files** for lines and bytes within bounds.
//! - **rand_chacha** for bits that a seed decides, the same on every platform and for good.
//! - **serde** and **serde_json**.

mod answer_fields;
mod check;
mod demonstrations;
mod drawn;
mod error;
mod fault;
mod hidden;
mod mixture;
mod named;
mod overlap;
mod process_bench;
mod questions;
mod raw;
mod records;
mod samples;
mod selection;
mod solve_rates;
mod source;
mod stepwise;

pub use answer_fields::{AnswerFields, cut_steps};
pub use check::{CheckReport, FaultLine, LabelCounts, Spread, check};
pub use demonstrations::{Demonstration, Demonstrations};
pub use drawn::drawn;
pub use error::Error;
pub use fault::{BadRecord, Fault, Place};
pub use hidden::hide_answer;
pub use mixture::{MixturePart, mixture};
pub use named::name_of;
pub use overlap::{Overlap, Overlaps, Repeat, repeats};
pub use process_bench::{FirstErrorCase, FirstErrorCases};
pub use questions::{Prompt, Question, QuestionFields, Questions, Turn};
pub use raw::{RawRecord, RawRecords};
pub use records::{Record, Records};
pub use samples::{SampledAnswer, SampledAnswers};
pub use selection::{LeftOut, Selection};
pub use solve_rates::SolveRates;
pub use source::Layout;
pub use stepwise::{
    CheckableAnswer, CheckableAnswers, LabelForm, LabelledAnswer, LabelledAnswers, Neutral,
    ReadOptions, StepLabel,
};
