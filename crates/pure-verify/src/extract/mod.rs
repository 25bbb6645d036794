//! Which part of a response is its answer: the last box, else what is announced, else the whole text, else
//! the last number.
//!
//! | rule | in |
//! | --- | --- |
//! | `\boxed{5}`, and a box that was left open | `boxes` |
//! | `#### 5`, `the answer is 5` | `announced` |
//! | `5`, and the last number | `unmarked` |
//!
//! Only the end of a response is read, in a fixed number of passes.

mod announced;
mod boxes;
mod unmarked;

use std::fmt;

use serde::Serialize;

use crate::budget::MAX_PREDICTION;
use crate::extract::announced::{after_hashes, announced};
use crate::extract::boxes::{Boxed, last_box};
use crate::extract::unmarked::{last_number, whole};

/// Which rule found the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// The last closed `\boxed{...}` or `\fbox{...}`, also `\boxed 5`, `\boxed(5)` and `boxed{5}`.
    Box,
    /// A box that was left open, up to the end of its formula or line. An open box at the very end of
    /// the text does not count: the answer may have been cut off.
    OpenBox,
    /// `#### 5`.
    Hashes,
    /// `the answer is 5`, `Answer: 5`, `5 is the answer`.
    Announced,
    /// The whole text, which is nothing but an answer.
    Whole,
    /// The last number of the text.
    LastNumber,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Box => "box",
            Self::OpenBox => "open box",
            Self::Hashes => "####",
            Self::Announced => "announced",
            Self::Whole => "whole text",
            Self::LastNumber => "last number",
        })
    }
}

/// The rule that fired and the text that it found, which is empty for an empty box.
pub(crate) fn extract(prediction: &str) -> Option<(Rule, &str)> {
    let text = end_of(prediction);
    match last_box(text) {
        Boxed::Found(rule, content) => return Some((rule, content)),
        Boxed::CutOff => return None,
        Boxed::Absent => {}
    }
    after_hashes(text)
        .map(|found| (Rule::Hashes, found))
        .or_else(|| announced(text).map(|found| (Rule::Announced, found)))
        .or_else(|| whole(text).map(|found| (Rule::Whole, found)))
        .or_else(|| last_number(text).map(|found| (Rule::LastNumber, found)))
}

/// The part of a prediction that is read.
pub(crate) fn end_of(prediction: &str) -> &str {
    let start = prediction.len().saturating_sub(MAX_PREDICTION);
    &prediction[prediction.ceil_char_boundary(start)..]
}
