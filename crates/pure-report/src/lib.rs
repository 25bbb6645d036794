//! What runs of `pure train`, `pure sft` or `pure prm train` did, and how they differ: one page for a browser, with nothing
//! to load. And what evaluations found, with their samples to browse: another such page, [`evaluation_page`].
//!
//! ```text
//! run folders -> runs -> arms, each of one run or of several seeds -> table, page
//! ```
//!
//! An **arm** is what one setting gives: runs whose `config.toml` differs in nothing but `seed`, `output`
//! and paths beside `output` are seeds of one arm. Where an arm has several seeds, a number of it is
//! their median, with the range from the lowest to the highest.
//!
//! What became of an arm of policies is told by its evaluations on held-out prompts: accuracy before, best and last,
//! lengths, process reward, and whether it **collapsed**, which it does at the first evaluation from which on
//! accuracy stays below half of its best; see [`collapse`](fn@collapse). A run without `[evaluation]` is told of
//! by the answers that training sampled, and table and page [say so](AnswersFrom). Of fine-tuning and of reward models the
//! loss and the measures on held-out data are told. A report is of runs of one [`Kind`].
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
//! Everything is measured already: this crate reads `config.toml`, `starts.jsonl`, `metrics.jsonl` and `samples.jsonl` of
//! a run, which may still be going, and knows no model. What a metric means is defined in
//! [`pure_core::metrics`]; what a form of credit pays an answer is computed by [`pure_core::compare_forms`].
//!
//! | to | use |
//! | --- | --- |
//! | compare runs, as a table and a page | [`Report`] |
//! | have the numbers of the table | [`ArmSummary`], [`SupervisedSummary`] |
//! | lay out the credit of one answer | [`CreditPicture`] |
//! | browse the samples of an evaluation | [`evaluation_page`] |
//! | have a page that follows runs that still go on | [`Report::to_live_html`] |
//! | rank many arms, under several conditions and from several seeds | [`Ranking`](ranking::Ranking) |
//! | write another page in the same style | [`html`] |

mod arm_summary;
mod arms;
mod collapse;
mod config_toml;
mod credit;
mod error;
mod evaluation;
pub mod html;
mod json_lines;
mod kind;
mod median_range;
mod metrics_jsonl;
mod page;
mod policy_table;
mod pools;
mod progress;
pub mod ranking;
mod report;
mod run;
mod sample_browser;
mod samples_jsonl;
mod scripts;
mod shown_answers;
mod starts_jsonl;
mod supervised_summary;
mod supervised_table;
mod table;

pub use arm_summary::{ArmSummary, BeforeBestLast};
pub use collapse::collapse;
pub use credit::{CreditPicture, CreditRow, FormTotal, StepReturn};
pub use error::Error;
pub use evaluation::{EvaluatedBenchmark, evaluation_page};
pub use kind::Kind;
pub use median_range::MedianRange;
pub use metrics_jsonl::AnswersFrom;
pub use report::Report;
pub use supervised_summary::SupervisedSummary;
pub use table::Table;
