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
pub(crate) mod rule;
mod unmarked;

use crate::budget::MAX_PREDICTION;
use crate::extract::announced::{after_hashes, announced};
use crate::extract::boxes::{Boxed, last_box};
use crate::extract::rule::Rule;
use crate::extract::unmarked::{last_number, whole};

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
    let mut start = prediction.len().saturating_sub(MAX_PREDICTION);
    while !prediction.is_char_boundary(start) {
        start += 1;
    }
    &prediction[start..]
}
