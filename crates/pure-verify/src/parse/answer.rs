//! Parses the text of an answer: strips wrappings, then tries a choice, words, and mathematics.

use crate::budget::{Budget, MAX_ANSWER};
use crate::expr::Expr;
use crate::parse::choice::choice;
use crate::parse::clean::to_ascii;
use crate::parse::grammar::parser::parse;
use crate::parse::words::{in_words, named, words};
use crate::parse::wrappings::unwrapped;

/// One side of a comparison.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The text without its wrappings.
    pub(crate) text: String,
    pub(crate) expr: Expr,
    /// Whether it is too long to be parsed, so that it equals the same text and nothing else.
    pub(crate) is_too_long: bool,
}

/// Units of work for each byte of a text, which all passes over it take together.
const PASSES: u64 = 20;
/// Characters shown of an answer that is too long.
const SHOWN: usize = 100;

/// A text for a verdict, or the beginning of one that is too long to be parsed.
pub(crate) fn shown(text: &str) -> String {
    if text.len() <= MAX_ANSWER {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

impl Answer {
    pub(crate) fn read(text: &str, budget: &Budget) -> Self {
        Self::read_with(text, true, budget)
    }

    /// With `grouping` off, `1,234` is two numbers.
    pub(crate) fn read_with(text: &str, grouping: bool, budget: &Budget) -> Self {
        if text.len() > MAX_ANSWER {
            return Self {
                expr: Expr::Text(shown(text)),
                text: text.trim().to_owned(),
                is_too_long: true,
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
                is_too_long: false,
            };
        }
        let ascii = to_ascii(text);
        let text = unwrapped(&ascii).to_owned();
        // The passes over the text, those before and those of `choice`, `in_words` and `words`.
        let paid = budget.spend(PASSES * text.len() as u64).ok();
        let understood = paid.and_then(|()| {
            choice(&text, grouping, budget)
                .or_else(|| in_words(&text, budget))
                .or_else(|| parse(&text, grouping, budget).ok())
        });
        Self {
            expr: understood.unwrap_or_else(|| Expr::Text(words(&text))),
            text,
            is_too_long: false,
        }
    }

    /// Other ways to parse the same answer, for the comparison with `other`.
    pub(crate) fn other_readings(&self, other: &Self, budget: &Budget) -> Vec<Self> {
        let mut readings = Vec::new();
        // `1,234` is one number, unless the other side shows that it is a list.
        let is_list = |answer: &Self| matches!(answer.expr, Expr::List(_));
        if is_list(other) && !is_list(self) && self.text.contains(',') {
            readings.push(Self::read_with(&self.text, false, budget));
        }
        // The sign behind what cannot be a percentage, or is not meant as one.
        if let Some(value) = self.text.strip_suffix('%')
            && !other.text.ends_with('%')
        {
            let reading = Self::read(value.strip_suffix('\\').unwrap_or(value), budget);
            // `30\%` is 30, and 30 is 30 feet, but no percentage is a length or an angle.
            if !reading.has_unit() && other.has_unit() {
                return readings;
            }
            readings.push(reading);
        }
        // A name before words. Before mathematics, it is the comparison that takes care of it.
        if let Some(value) = named(&self.text)
            && !other.text.contains('=')
        {
            readings.push(Self::read(value, budget));
        }
        readings
    }

    fn has_unit(&self) -> bool {
        self.expr
            .any(&|part| matches!(part, Expr::Measured(..) | Expr::Degree(_)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        let padding = [' ', '{', '}', '$', '~'];
        self.text.trim_matches(padding).is_empty()
    }

    /// The text as words, for comparison with other words.
    pub(crate) fn words(&self) -> String {
        words(&self.text)
    }
}
