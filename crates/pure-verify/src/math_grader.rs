//! Mode `math`: two answers are equal when their texts are, after the customary clean-up of MATH.
//!
//! The clean-up is the one that the benchmark's own papers use and that most training runs report
//! numbers with, so it is kept to the letter, its oddities included: a comma list equals its
//! digits run together (`5,81` is `581`), `-k=5` equals `k=5`, an answer with two `\text{ ` parts
//! is compared unchanged, and `\boxed 5` anywhere hides every `\boxed{...}`. It knows no
//! mathematics: `1/2` equals `\frac{1}{2}` because one is rewritten into the other.
//!
//! The true answer is tried twice, unchanged and without its commas.
//!
//! Departure: only the last 64 KiB of a prediction are read, and an answer of more than 16 KiB is compared
//! unchanged, so that time and memory are bounded whatever the texts are.

use crate::budget::MAX_ANSWER;
use crate::extract::end_of;

/// The extracted text, if a box was found, and whether it equals `answer`.
pub(crate) fn grade(prediction: &str, answer: &str) -> (Option<String>, bool) {
    let Some(content) = last_box(end_of(prediction)) else {
        return (None, false);
    };
    let equal = same(content, answer)
        || answer.len() <= MAX_ANSWER && same(content, &answer.replace(',', ""));
    (Some(content.to_owned()), equal)
}

/// The content of the last box.
fn last_box(text: &str) -> Option<&str> {
    const SPACED: &str = "\\boxed ";
    if let Some(at) = text.rfind(SPACED) {
        let rest = &text[at + SPACED.len()..];
        return Some(rest.split('$').next().unwrap_or(rest));
    }
    let start = text.rfind("\\boxed")?;
    let body = &text[start..];
    let mut depth = 0usize;
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return body[..at].strip_prefix("\\boxed{"),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn same(left: &str, right: &str) -> bool {
    match (normalise(left), normalise(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

/// The text after clean-up; none where the rules break down, as on a root of nothing, or the text is
/// too long.
pub(crate) fn normalise(text: &str) -> Option<String> {
    if text.len() > MAX_ANSWER {
        return None;
    }
    let mut text = text.to_owned();
    for (from, to) in [
        ("\n", ""),
        ("\\!", ""),
        ("\\\\", "\\"),
        ("tfrac", "frac"),
        ("dfrac", "frac"),
        ("\\left", ""),
        ("\\right", ""),
        ("^{\\circ}", ""),
        ("^\\circ", ""),
        ("\\$", ""),
    ] {
        if text.contains(from) {
            text = text.replace(from, to);
        }
    }
    if let Some((before_unit, unit)) = text.split_once("\\text{ ") {
        if unit.contains("\\text{ ") {
            return None;
        }
        text = before_unit.to_owned();
    }
    text = text
        .replace("\\%", "")
        .replace(" .", " 0.")
        .replace("{.", "{0.");
    if text.is_empty() {
        return Some(text);
    }
    if text.starts_with('.') {
        text.insert(0, '0');
    }
    if let Some((name, value)) = text.split_once('=')
        && !value.contains('=')
        && name.chars().count() <= 2
    {
        text = value.to_owned();
    }
    text = brace_roots(&text)?.replace(' ', "");
    text = brace_fractions(&text)?;
    if text == "0.5" {
        text = "\\frac{1}{2}".to_owned();
    }
    slash_to_fraction(text)
}

/// `\sqrt3` to `\sqrt{3}`.
fn brace_roots(text: &str) -> Option<String> {
    let mut parts = text.split("\\sqrt");
    let mut out = parts.next()?.to_owned();
    for part in parts {
        let first = part.chars().next()?;
        out.push_str("\\sqrt");
        if first == '{' {
            out.push_str(part);
        } else {
            out.extend(['{', first, '}']);
            out.push_str(&part[first.len_utf8()..]);
        }
    }
    Some(out)
}

/// `\frac12` and `\frac1{2}` to `\frac{1}{2}`.
fn brace_fractions(text: &str) -> Option<String> {
    let mut parts = text.split("\\frac");
    let mut out = parts.next()?.to_owned();
    for part in parts {
        out.push_str("\\frac");
        let mut characters = part.chars();
        let above = characters.next()?;
        if above == '{' {
            out.push_str(part);
            continue;
        }
        let Some(below) = characters.next() else {
            return Some(text.to_owned());
        };
        out.extend(['{', above, '}']);
        if below == '{' {
            out.push('{');
        } else {
            out.extend(['{', below, '}']);
        }
        out.push_str(characters.as_str());
    }
    Some(out)
}

/// `3/4` to `\frac{3}{4}`, for two whole numbers and nothing else.
fn slash_to_fraction(text: String) -> Option<String> {
    let Some((above, below)) = text
        .split_once('/')
        .filter(|(_, below)| !below.contains('/'))
    else {
        return Some(text);
    };
    if !is_integer(above) || !is_integer(below) {
        return None;
    }
    if is_plain_integer(above) && is_plain_integer(below) {
        return Some(format!("\\frac{{{above}}}{{{below}}}"));
    }
    Some(text)
}

/// Written as an integer in any way: signs, leading zeros and single underscores allowed.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty()
        && digits
            .split('_')
            .all(|run| !run.is_empty() && run.chars().all(char::is_numeric))
}

/// Written as an integer in the one way that it prints.
fn is_plain_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" && text == "0" || !digits.is_empty() && !digits.starts_with('0'))
}
