//! Finds the answer in a response: boxes first, then what announces an answer, then the last number.

use serde::Serialize;

use crate::answer::Answer;
use crate::boxes::{Boxed, last_box};
use crate::budget::{Budget, MAX_PREDICTION};
use crate::calendar::calendar;
use crate::expr::Expr;
use crate::words::inner_text;

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

/// Bytes of a text that may be an answer as a whole.
const MAX_WHOLE: usize = 400;

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

fn after_hashes(text: &str) -> Option<&str> {
    let at = text.rfind("####")?;
    let found = text[at + 4..]
        .trim_start_matches('#')
        .trim_start()
        .lines()
        .next()
        .unwrap_or("");
    // Nothing is an answer too: an empty one.
    Some(found.trim())
}

fn announced(text: &str) -> Option<&str> {
    const BEFORE: [&str; 8] = [
        "answer is",
        "answers are",
        "answer:",
        "answer :",
        "answer =",
        "答案是",
        "答案为",
        "答案：",
    ];
    const AFTER: [&str; 2] = ["is the answer", "are the answers"];
    // Lower case of ASCII keeps every position.
    let lower = text.to_ascii_lowercase();
    let before = BEFORE
        .iter()
        .filter_map(|mark| lower.rfind(mark).map(|at| (at, at + mark.len())))
        .max();
    let after = AFTER.iter().filter_map(|mark| lower.rfind(mark)).max();
    match (before, after) {
        (Some((at, end)), after) if after.is_none_or(|after| after < at) => {
            let found = text[end..].trim_start_matches([' ', ':', '*', '\n']);
            let found = match found.strip_prefix('$') {
                Some(rest) if rest.starts_with('$') => rest[1..].split("$$").next().unwrap_or(""),
                // One formula, or several with commas between them.
                Some(_) => first_formulas(found),
                None => found.lines().next().unwrap_or(""),
            };
            Some(found.trim())
        }
        (_, Some(at)) => {
            let line = text[..at]
                .lines()
                .next_back()?
                .trim_end_matches([' ', '.', '$']);
            let start = [
                ". ",
                ": ",
                "so ",
                "So ",
                "hence ",
                "Hence ",
                "Thus ",
                "thus ",
                "Therefore ",
            ]
            .iter()
            .filter_map(|mark| line.rfind(mark).map(|at| at + mark.len()))
            .max()
            .unwrap_or(0);
            let found = line[start..].trim();
            (!found.is_empty()).then_some(found)
        }
        _ => None,
    }
}

/// `$5$` of `$5$. I hope it is correct.`, and `$1$, $2$` of `$1$, $2$.`
fn first_formulas(text: &str) -> &str {
    let mut inside = false;
    for (at, character) in text.char_indices() {
        match character {
            '$' if !text[..at].ends_with('\\') => inside = !inside,
            ',' | ' ' => {}
            '\n' => return &text[..at],
            _ if !inside => return &text[..at],
            _ => {}
        }
    }
    text
}

fn whole(text: &str) -> Option<&str> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_WHOLE || text.contains('\n') {
        return None;
    }
    let answer = Answer::read(text, &mut Budget::new());
    // Prose is no answer, but `\text{odd}` is, and so is a time.
    let is_answer = !matches!(answer.expr, Expr::Text(_))
        || inner_text(&answer.text).is_some()
        || calendar(&answer.text).is_some();
    is_answer.then_some(text)
}

/// The last number, with its sign, separators, decimals and the denominator behind a slash.
fn last_number(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let end = bytes.iter().rposition(u8::is_ascii_digit)? + 1;
    let belongs = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'/');
    let mut start = end;
    while start > 0 && belongs(bytes[start - 1]) {
        start -= 1;
    }
    let begins = |at: usize| {
        bytes[at].is_ascii_digit() || bytes[at] == b'.' && bytes[at + 1].is_ascii_digit()
    };
    while !begins(start) {
        start += 1;
    }
    let signed = start > 0
        && bytes[start - 1] == b'-'
        && !(start > 1
            && (bytes[start - 2].is_ascii_alphanumeric()
                || matches!(bytes[start - 2], b')' | b'}' | b']')));
    Some(&text[start - usize::from(signed)..end])
}
