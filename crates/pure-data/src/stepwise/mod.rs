//! Answers whose steps are labelled good or bad, from every form that they are published in.
//!
//! | form | fields | labels |
//! | --- | --- | --- |
//! | [`Trl`](LabelForm::Trl) | `prompt`, `completions`, `labels`, `id` if any | true, false, 1, 0, a number between, null |
//! | [`Prm800k`](LabelForm::Prm800k) | `question.problem`, `label.steps` | ratings -1, 0, 1, null |
//! | [`MathShepherd`](LabelForm::MathShepherd) | `input`, `label` | `+`, `-` |
//!
//! [`CheckableAnswers`] reads answers that are still to be labelled.

mod answer;
mod checkable;
mod math_shepherd;
mod prm800k;
mod reader;
mod trl;

pub use answer::{LabelledAnswer, StepLabel};
pub use checkable::{CheckableAnswer, CheckableAnswers};
pub use prm800k::Neutral;
pub use reader::{LabelForm, LabelledAnswers, ReadOptions};
