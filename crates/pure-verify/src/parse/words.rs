//! Answers that are words.

use crate::budget::Budget;
use crate::expr::Expr;
use crate::parse::calendar::calendar;
use crate::parse::grammar::parser::parse;
use crate::parse::wrappings::is_balanced;

/// Nested font commands that are stripped from words.
const MAX_FONTS: usize = 8;

/// The content of `\text{...}` and similar commands, if the text is nothing else.
pub(crate) fn inner_text(text: &str) -> Option<&str> {
    let (font, rest) = text.strip_prefix('\\')?.split_once('{')?;
    if !matches!(
        font.trim(),
        "text" | "textbf" | "textit" | "textrm" | "mbox" | "mathrm" | "mathbf" | "hbox" | "rm"
    ) {
        return None;
    }
    let inner = rest.strip_suffix('}')?;
    is_balanced(inner).then_some(inner)
}

/// The text behind a name and `=`: `\text{May 5}` of `x = \text{May 5}`.
pub(crate) fn named(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once('=')?;
    let mut letters = name.trim_end().chars();
    let is_name = letters.next()?.is_ascii_alphabetic()
        && matches!(letters.as_str().as_bytes(), [] | [b'(', _, b')']);
    (is_name && !rest.starts_with('=')).then_some(rest.trim_start())
}

/// Words: text in a text font, and runs of letters that do not parse as mathematics.
pub(crate) fn in_words(text: &str, budget: &Budget) -> Option<Expr> {
    let (mut inner, mut marked) = (text, false);
    for _ in 0..MAX_FONTS {
        let Some(content) = inner_text(inner) else {
            break;
        };
        (inner, marked) = (content.trim(), true);
    }
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
    let is_mathematics = |expr| !marked || matches!(expr, Expr::Pi | Expr::Infinity);
    if parse(inner, true, budget).is_ok_and(is_mathematics) {
        return None;
    }
    Some(Expr::Text(words(inner)))
}

/// The text in lower case, without LaTeX around its words, and with spaces between words only.
pub(crate) fn words(text: &str) -> String {
    const COMMANDS: &str = "\\displaystyle \\textstyle \\textbf \\textit \\textrm \\text \\mbox \\mathrm \
                            \\mathbf \\quad \\! \\, \\left \\right \\big";
    let mut spaced = text.to_lowercase().replace("\\colon", ":");
    for command in COMMANDS.split(' ') {
        if spaced.contains(command) {
            spaced = spaced.replace(command, " ");
        }
    }
    let parts = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | '$' | '~');
    let mut joined = String::with_capacity(spaced.len());
    for word in spaced.split(parts).filter(|word| !word.is_empty()) {
        if joined.ends_with(char::is_alphanumeric) && word.starts_with(char::is_alphanumeric) {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
        .trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '"' | '\'' | ' '))
        .to_owned()
}

/// The whole number that an English word names, for answers given in words.
fn number_word(word: &str) -> Option<i64> {
    const WORDS: &str = "zero one two three four five six seven eight nine ten eleven twelve \
                         thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty";
    let value = WORDS.split(' ').position(|name| name == word)?;
    i64::try_from(value).ok()
}
