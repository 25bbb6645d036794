//! What runs of `pure train` did, and how they differ: one page for a browser, with nothing to load.
//!
//! ```text
//! run folders -> runs -> arms, each of one run or of several seeds -> table, page
//! ```
//!
//! An **arm** is what one setting gives: runs whose `config.toml` differs in nothing but `seed`, `output`
//! and paths beside `output` are seeds of one arm. Where an arm has several seeds, a number of it is
//! their median, with the range from the lowest to the highest.
//!
//! An arm **collapses** at the first evaluation from which on verified accuracy stays below half of the
//! best it had; see [`collapse`](fn@collapse).
//!
//! ```no_run
//! use pure_report::Report;
//!
//! let report = Report::read(&["runs/sum".into(), "runs/prm-vr".into()])?;
//! print!("{}", report.table());
//! for summary in report.summaries() {
//!     println!("{}: {:?}", summary.arm, summary.collapse);
//! }
//! std::fs::write("report.html", report.to_html()).expect("a place to write");
//! # Ok::<(), pure_report::Error>(())
//! ```
//!
//! Everything is measured already: this crate reads `config.toml`, `metrics.jsonl` and `samples.jsonl` of a
//! run, and knows no model. What each form of credit would pay an answer it asks of [`pure_core`].
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod arm_summary;
mod arms;
mod collapse;
mod config_toml;
mod credit;
mod error;
pub mod html;
mod json_lines;
mod median_range;
mod metrics_jsonl;
mod page;
mod pools;
mod report;
mod run;
mod samples_jsonl;
mod shown_answers;
mod table;

pub use arm_summary::{ArmSummary, BeforeBestLast};
pub use collapse::collapse;
pub use credit::{CreditPicture, CreditRow, FormTotal, StepReturn};
pub use error::Error;
pub use median_range::MedianRange;
pub use metrics_jsonl::AnswersFrom;
pub use report::Report;
pub use table::Table;
