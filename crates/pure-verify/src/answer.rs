//! From the text of an answer to what it says: wrappings off, then a choice, words, or mathematics.

use crate::budget::MAX_ANSWER;
use crate::calendar::calendar;
use crate::clean::to_ascii;
use crate::expr::Expr;
use crate::measures::number_word;
use crate::parser::parse;

/// Wrappings that are taken off.
const MAX_WRAPPINGS: usize = 12;
/// Bytes of the words that may stand before an answer, and sentences that may follow it.
const MAX_OPENING: usize = 80;
const MAX_SENTENCES: usize = 4;

/// One side of a comparison.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The text without its wrappings.
    pub(crate) text: String,
    pub(crate) expr: Expr,
}

impl Answer {
    pub(crate) fn read(text: &str) -> Self {
        Self::read_with(text, true)
    }

    /// With `grouping` off, `1,234` is two numbers.
    pub(crate) fn read_with(text: &str, grouping: bool) -> Self {
        if text.len() > MAX_ANSWER {
            // Equal to the same text and to nothing else.
            let text = text.trim().to_owned();
            return Self {
                expr: Expr::Text(text.clone()),
                text,
            };
        }
        let plain = text.trim();
        if plain.len() <= 18
            && plain.bytes().all(|byte| byte.is_ascii_digit())
            && let Ok(value) = plain.parse()
        {
            return Self {
                text: plain.to_owned(),
                expr: Expr::integer(value),
            };
        }
        let ascii = to_ascii(text);
        let text = unwrapped(&ascii).to_owned();
        let expr = choice(&text, grouping)
            .or_else(|| in_words(&text))
            .or_else(|| parse(&text, grouping).ok())
            .unwrap_or_else(|| Expr::Text(words(&text)));
        Self { text, expr }
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self
            .text
            .contains(|c: char| !matches!(c, ' ' | '{' | '}' | '$' | '~'))
    }

    /// The text as words, for comparison with other words.
    pub(crate) fn words(&self) -> String {
        words(&self.text)
    }
}

/// Takes off what people and models put around an answer.
fn unwrapped(text: &str) -> &str {
    let mut text = text.trim();
    for _ in 0..MAX_WRAPPINGS {
        let before = text.len();
        text = text.trim();
        text = text.strip_suffix("\\\\").unwrap_or(text);
        text = text
            .strip_suffix("\\ ")
            .or_else(|| text.strip_suffix(" \\"))
            .unwrap_or(text)
            .trim_end();
        if text.ends_with('\\') && !text.ends_with("\\\\") {
            text = &text[..text.len() - 1];
        }
        text = text
            .trim_end_matches([',', ';', '`'])
            .trim_start_matches('`');
        text = text.strip_suffix('.').unwrap_or(text);
        for mark in ["**", "\"", "'", "$$"] {
            if let Some(inner) = text.strip_prefix(mark) {
                text = inner
                    .strip_suffix(mark)
                    .unwrap_or(if mark == "**" { inner } else { text });
            } else if mark == "**" {
                text = text.strip_suffix(mark).unwrap_or(text);
            }
        }
        for (open, close) in [("\\(", "\\)"), ("\\[", "\\]")] {
            if let Some(inner) = text
                .strip_prefix(open)
                .and_then(|inner| inner.strip_suffix(close))
            {
                text = inner;
            }
        }
        text = without_opening_words(text);
        text = without_closing_sentence(text);
        if text.len() == before {
            break;
        }
    }
    text
}

/// `The answer is 5`, `Answer: 5` and `n: 5` to `5`.
fn without_opening_words(text: &str) -> &str {
    let end = text
        .bytes()
        .take(MAX_OPENING)
        .take_while(|byte| byte.is_ascii_alphabetic() || *byte == b' ')
        .count();
    let opening = &text[..end];
    if let Some(rest) = text[end..].strip_prefix(": ")
        && !opening.is_empty()
        && !opening.ends_with(' ')
    {
        return rest;
    }
    for (at, _) in opening
        .match_indices(" is ")
        .chain(opening.match_indices(" equals "))
    {
        let subject = opening[..at].to_ascii_lowercase();
        let announces = subject
            .split(' ')
            .any(|word| matches!(word, "answer" | "value" | "result" | "solution" | "total"));
        if announces && !subject.split(' ').any(|word| matches!(word, "no" | "not")) {
            return text[at..]
                .trim_start()
                .split_once(' ')
                .map_or("", |(_, rest)| rest);
        }
    }
    for word in [
        "approximately ",
        "about ",
        "exactly ",
        "Answer:",
        "answer:",
        "answer is",
    ] {
        if let Some(rest) = text.strip_prefix(word) {
            return rest;
        }
    }
    text
}

/// `5. This holds` to `5`; a sentence with a number or a formula of its own is left in place.
fn without_closing_sentence(text: &str) -> &str {
    for (at, _) in text.match_indices(". ").take(MAX_SENTENCES) {
        let sentence = text[at + 2..].trim_start();
        let begins = sentence.starts_with(|c: char| c.is_ascii_uppercase());
        let says_nothing = sentence
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | ',' | '!'));
        // A single letter may be an answer itself.
        if begins && says_nothing && sentence.find(' ').unwrap_or(sentence.len()) > 1 {
            return &text[..at];
        }
    }
    text
}

/// The content of `\text{...}` and its kin, where it is all there is.
fn inner_text(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('\\')?;
    let (font, rest) = rest.split_once('{')?;
    if !matches!(
        font.trim(),
        "text" | "textbf" | "textit" | "textrm" | "mbox" | "mathrm" | "mathbf" | "hbox" | "rm"
    ) {
        return None;
    }
    let inner = rest.strip_suffix('}')?;
    let mut depth = 0i32;
    let balanced = inner.bytes().all(|byte| {
        depth += i32::from(byte == b'{') - i32::from(byte == b'}');
        depth >= 0
    });
    balanced.then_some(inner)
}

/// The letter of a multiple choice: `\text{(B)}`, `(B)`, `\textbf{(B)}\ 5`, `B) 5`.
fn choice(text: &str, grouping: bool) -> Option<Expr> {
    let (label, rest) = match text.find('}') {
        Some(end)
            if text.starts_with("\\text")
                || text.starts_with("\\mathrm")
                || text.starts_with("\\mbox") =>
        {
            (inner_text(&text[..=end])?, &text[end + 1..])
        }
        _ => match text.find(')') {
            Some(end) => text.split_at(end + 1),
            None => return None,
        },
    };
    let mut letters = label.trim().chars();
    let (letter, bracketed) = match (
        letters.next()?,
        letters.next(),
        letters.next(),
        letters.next(),
    ) {
        ('(', Some(letter), Some(')'), None) => (letter, true),
        (letter, Some(')'), None, None) => (letter, true),
        (letter, None, None, None) => (letter, false),
        _ => return None,
    };
    let in_text = text.starts_with('\\');
    let fits = letter.is_ascii_uppercase() && letter <= 'J'
        || in_text && bracketed && ('a'..='j').contains(&letter);
    if !fits {
        return None;
    }
    let letter = letter.to_ascii_uppercase();
    let rest = rest
        .trim_start_matches(['\\', ' ', '.', ':', '~', '$'])
        .trim_end_matches(['$', ' ']);
    if rest.is_empty() {
        return Some(Expr::Choice(letter, None));
    }
    // `(A+B)` and `(A) \cap (B)` are no choices: what follows must be spaced off and be a value.
    let spaced = text.contains(")}") || text.contains(") ") || text.contains(")\\ ");
    let value = parse(rest, grouping).ok()?;
    (spaced && bracketed && !rest.starts_with(['+', '-', '*', '/', '^', '=', '(', '\\'])
        || spaced && rest.starts_with("\\frac"))
    .then(|| Expr::Choice(letter, Some(Box::new(value))))
}

/// Words: text that is marked as such, and runs of letters that are no mathematics.
fn in_words(text: &str) -> Option<Expr> {
    let (inner, marked) = match inner_text(text) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let letters = inner.chars().filter(|c| c.is_alphabetic()).count();
    let only_words = inner
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\''));
    if letters < 2 || !only_words || inner.starts_with('-') {
        return calendar(inner);
    }
    let lower = inner.to_lowercase();
    if let Some(value) = number_word(&lower) {
        return Some(Expr::integer(value));
    }
    if !marked
        && (2..=3).contains(&inner.len())
        && inner.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        // `BAC` names an angle or an order, and is not `ABC`.
        return Some(Expr::Symbol(inner.to_owned()));
    }
    if !marked && parse(text, true).is_ok() {
        return None;
    }
    if marked && parse(inner, true).is_ok_and(|expr| matches!(expr, Expr::Pi | Expr::Infinity)) {
        return None;
    }
    Some(Expr::Text(words(inner)))
}

/// Lower case, without the notation around words, single spaces.
fn words(text: &str) -> String {
    let mut out = text.to_lowercase();
    for font in [
        "\\textbf",
        "\\textit",
        "\\textrm",
        "\\text",
        "\\mbox",
        "\\mathrm",
        "\\mathbf",
        "\\quad",
        "\\!",
        "\\,",
        "\\displaystyle",
        "\\textstyle",
    ] {
        if out.contains(font) {
            out = out.replace(font, " ");
        }
    }
    let spaced: String = out
        .chars()
        .map(|c| {
            if matches!(c, '{' | '}' | '$' | '~') {
                ' '
            } else {
                c
            }
        })
        .collect();
    let joined = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    joined
        .trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '"' | '\'' | ' '))
        .to_owned()
}
