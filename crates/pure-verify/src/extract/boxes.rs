//! Boxes: `\boxed{5}` and its variants, closed or left open.

use crate::budget::MAX_PREDICTION;
use crate::extract::Rule;

/// Boxes that are tried, from the last one backwards.
const MAX_BOXES: usize = 32;
/// Bytes that are searched for the ends of boxes, each from the start of its line on, all together.
const MAX_SEARCHED: usize = 2 * MAX_PREDICTION;

/// The outcome of looking for a box.
#[derive(Debug)]
pub(crate) enum Boxed<'t> {
    Found(Rule, &'t str),
    /// Opened, and the text ends before it closes.
    CutOff,
    Absent,
}

/// The last box with content. A box that was cut off is skipped, but keeps other rules from firing.
pub(crate) fn last_box(text: &str) -> Boxed<'_> {
    let mut last = Boxed::Absent;
    let mut unsearched = MAX_SEARCHED;
    let starts = text
        .rmatch_indices("box")
        .filter_map(|(at, name)| box_at(text, at, at + name.len()));
    for (before, after) in starts.take(MAX_BOXES) {
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        match unsearched.checked_sub(text.len() - line) {
            Some(rest) => unsearched = rest,
            None => break,
        }
        let in_formula = !before[line..].matches('$').count().is_multiple_of(2);
        match box_content(after, in_formula) {
            found @ Boxed::Found(..) => return found,
            Boxed::CutOff => last = Boxed::CutOff,
            Boxed::Absent => {}
        }
    }
    last
}

/// The text before and after the name of a box, if the `box` at `start..end` is part of one.
fn box_at(text: &str, start: usize, end: usize) -> Option<(&str, &str)> {
    let (before, after) = (&text[..start], &text[end..]);
    // `boxed` and `fbox` need no backslash, `box` does.
    let (before, after, named) = match (after.strip_prefix("ed"), before.strip_suffix('f')) {
        (Some(after), _) => (before, after, true),
        (None, Some(before)) => (before, after, true),
        (None, None) => (before, after, false),
    };
    let commanded = before.ends_with('\\');
    let is_box = !after.starts_with(|c: char| c.is_ascii_alphabetic())
        && (commanded || named && after.starts_with('{'));
    is_box.then_some((before, after))
}

fn box_content(after: &str, in_formula: bool) -> Boxed<'_> {
    let after = after.trim_start_matches(' ');
    let found = match after.chars().next() {
        Some('{') => match closed(after, '{', '}') {
            Some(content) => Some((Rule::Box, content)),
            None => {
                let inner = &after[1..];
                let ends = [end_of_formula(inner), inner.find('\n'), inner.find("\\]")];
                match ends.into_iter().flatten().min() {
                    Some(end) => Some((Rule::OpenBox, &inner[..end])),
                    None => return Boxed::CutOff,
                }
            }
        },
        Some(open @ ('(' | '[')) if !in_formula => {
            let close = if open == '(' { ')' } else { ']' };
            closed(after, open, close).map(|content| {
                // `\boxed(5)` holds 5, `\boxed(1, 2)` holds a pair.
                let pair = &after[..content.len() + 2];
                let content = if content.contains(',') { pair } else { content };
                (Rule::Box, content)
            })
        }
        _ => {
            let inner = after.strip_prefix('$').unwrap_or(after);
            let line = inner.find('\n').unwrap_or(inner.len());
            let end = end_of_formula(inner).unwrap_or(line).min(line);
            let content = inner[..end].trim();
            (!content.is_empty()).then_some((Rule::Box, content))
        }
    };
    found.map_or(Boxed::Absent, |(rule, content)| Boxed::Found(rule, content))
}

/// The dollar sign that ends a formula, which is not empty; `\$` is none. Formulas with only a comma
/// between them are one answer: `$1$, $2$`.
fn end_of_formula(text: &str) -> Option<usize> {
    let first = text.find(|c: char| c.is_alphanumeric())?;
    let marks = text
        .match_indices('$')
        .map(|(at, _)| at)
        .filter(|at| !text[..*at].ends_with('\\'));
    let opened = marks.clone().next().is_some_and(|at| at < first);
    let mut marks = marks.skip_while(|at| *at < first).peekable();
    let mut end = marks.next()?;
    if opened
        && let Some(outer) =
            marks.next_if(|at| text[end + 1..*at].trim_matches(['}', ' ']).is_empty())
    {
        end = outer;
    }
    while marks
        .next_if(|at| text[end + 1..*at].trim() == ",")
        .is_some()
    {
        end = marks.next()?;
    }
    Some(end)
}

/// The text between the bracket that `text` begins with and the matching one.
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
