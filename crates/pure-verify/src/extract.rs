//! Finds the answer in a response: boxes first, then what announces an answer, then the last number.

use serde::Serialize;

use crate::answer::Answer;
use crate::budget::MAX_PREDICTION;
use crate::expr::Expr;

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

/// Boxes that are tried, from the last backwards.
const MAX_BOXES: usize = 32;
/// Bytes of a text that may be an answer as a whole.
const MAX_WHOLE: usize = 400;

/// The rule that fired and the text that it found, which is empty for an empty box.
pub(crate) fn extract(prediction: &str) -> Option<(Rule, &str)> {
    let mut start = prediction.len().saturating_sub(MAX_PREDICTION);
    while !prediction.is_char_boundary(start) {
        start += 1;
    }
    let text = &prediction[start..];
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

/// What is known of a box, or of all of them.
#[derive(Debug)]
enum Boxed<'t> {
    Found(Rule, &'t str),
    /// Opened, and the text ends before it closes.
    CutOff,
    Absent,
}

/// The last box with a content; a box that was cut off tells only that there is no answer behind it.
fn last_box(text: &str) -> Boxed<'_> {
    let mut cut_off = false;
    let boxes = text
        .rmatch_indices("box")
        .filter_map(|(at, name)| box_at(text, at, at + name.len()));
    for boxed in boxes.take(MAX_BOXES) {
        match boxed {
            Boxed::Found(..) => return boxed,
            Boxed::CutOff => cut_off = true,
            Boxed::Absent => {}
        }
    }
    if cut_off {
        Boxed::CutOff
    } else {
        Boxed::Absent
    }
}

/// The box whose name holds `box` at `start..end`, if a box is written there.
fn box_at(text: &str, start: usize, end: usize) -> Option<Boxed<'_>> {
    let (before, after) = (&text[..start], &text[end..]);
    let (framed, after) = match after.strip_prefix("ed") {
        Some(after) => (false, after),
        None => (before.ends_with('f'), after),
    };
    let before = if framed {
        &before[..before.len() - 1]
    } else {
        before
    };
    let commanded = before.ends_with('\\');
    let named = after.len() < text.len() - end || framed;
    if after.starts_with(|c: char| c.is_ascii_alphabetic())
        || !(commanded || named && after.starts_with('{'))
    {
        return None;
    }
    Some(box_content(after))
}

fn box_content(after: &str) -> Boxed<'_> {
    let after = after.trim_start_matches(' ');
    let found = match after.chars().next() {
        Some('{') => match closed(after, '{', '}') {
            Some(content) => Some((Rule::Box, content)),
            None => {
                let inner = &after[1..];
                // The dollar sign that ends a formula stands behind something, and is not `\$`.
                let first = inner
                    .find(|c: char| c.is_alphanumeric())
                    .unwrap_or(inner.len());
                let ends = |(at, _): &(usize, &str)| *at > first && !inner[..*at].ends_with('\\');
                let dollar = inner.match_indices('$').find(ends).map(|(at, _)| at);
                match [dollar, inner.find('\n'), inner.find("\\]")]
                    .into_iter()
                    .flatten()
                    .min()
                {
                    Some(end) => Some((Rule::OpenBox, &inner[..end])),
                    None => return Boxed::CutOff,
                }
            }
        },
        Some('(') => closed(after, '(', ')').map(|content| (Rule::Box, content)),
        Some('[') => closed(after, '[', ']').map(|content| (Rule::Box, content)),
        _ => {
            let inner = after.strip_prefix('$').unwrap_or(after);
            let end = inner.find(['$', '\n']).unwrap_or(inner.len());
            let content = inner[..end].trim();
            (!content.is_empty()).then_some((Rule::Box, content))
        }
    };
    found.map_or(Boxed::Absent, |(rule, content)| Boxed::Found(rule, content))
}

/// What stands between the bracket that `text` opens with and its partner.
fn closed(text: &str, open: char, close: char) -> Option<&str> {
    let mut depth = 0usize;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if character == open && !escaped {
            depth += 1;
        } else if character == close && !escaped {
            depth -= 1;
            if depth == 0 {
                return Some(&text[1..at]);
            }
        }
        escaped = character == '\\' && !escaped;
    }
    None
}

fn after_hashes(text: &str) -> Option<&str> {
    let at = text.rfind("####")?;
    let found = text[at + 4..]
        .trim_start_matches('#')
        .trim_start()
        .lines()
        .next()?
        .trim();
    (!found.is_empty()).then_some(found)
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
            let found = found.trim();
            (!found.is_empty()).then_some(found)
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
    (!matches!(Answer::read(text).expr, Expr::Text(_))).then_some(text)
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
