//! Answers without a mark: the whole text, or its last number.

use crate::budget::Budget;
use crate::expr::Expr;
use crate::parse::answer::Answer;
use crate::parse::calendar::calendar;
use crate::parse::words::inner_text;

/// Bytes of a text that may be an answer as a whole.
const MAX_WHOLE: usize = 400;

/// The text, if it is nothing but an answer.
pub(crate) fn whole(text: &str) -> Option<&str> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_WHOLE || text.contains('\n') {
        return None;
    }
    let answer = Answer::read(text, &Budget::new());
    // Prose is no answer, but `\text{odd}` is, and so is a time.
    let is_answer = !matches!(answer.expr, Expr::Text(_))
        || inner_text(&answer.text).is_some()
        || calendar(&answer.text).is_some();
    is_answer.then_some(text)
}

/// The last number, with its sign, separators, decimals and the denominator behind a slash.
pub(crate) fn last_number(text: &str) -> Option<&str> {
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
