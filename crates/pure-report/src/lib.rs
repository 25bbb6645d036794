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
//! for row in report.rows() {
//!     println!("{}: {:?}", row.arm, row.collapse);
//! }
//! std::fs::write("report.html", report.to_html()).expect("a place to write");
//! # Ok::<(), pure_report::Error>(())
//! ```
//!
//! Everything is measured already: this crate reads `config.toml`, `metrics.jsonl` and `samples.jsonl` of a
//! run, and knows no model. What each form of credit would pay an answer it asks of [`pure_core`].
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod answers;
mod arms;
mod charts;
mod collapse;
mod config;
mod credit;
mod curve;
mod error;
mod glossary;
mod html;
mod lengths;
mod lines;
mod metrics;
mod phases;
mod report;
mod rows;
mod run;
mod samples;
mod spread;
mod table;

pub use collapse::collapse;
pub use error::Error;
pub use report::Report;
pub use rows::{ArmRow, BeforeBestLast};
pub use spread::Spread;
pub use table::Table;
