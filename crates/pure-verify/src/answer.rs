//! From the text of an answer to what it says: wrappings off, then a choice, words, or mathematics.

use crate::budget::MAX_ANSWER;
use crate::choice::choice;
use crate::clean::to_ascii;
use crate::expr::Expr;
use crate::parser::parse;
use crate::words::{in_words, named, words};
use crate::wrappings::unwrapped;

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

    /// The same answer read in other ways, for the comparison with `other`.
    pub(crate) fn other_readings(&self, other: &Self) -> Vec<Self> {
        let mut readings = Vec::new();
        // `1,234` is one number, unless the other side shows that it is a list.
        let is_list = |answer: &Self| matches!(answer.expr, Expr::List(_));
        if is_list(other) && !is_list(self) && self.text.contains(',') {
            readings.push(Self::read_with(&self.text, false));
        }
        // The sign behind what cannot be a percentage, or is not meant as one.
        if let Some(value) = self.text.strip_suffix('%')
            && !other.text.ends_with('%')
        {
            let reading = Self::read(value.strip_suffix('\\').unwrap_or(value));
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
            readings.push(Self::read(value));
        }
        readings
    }

    fn has_unit(&self) -> bool {
        self.expr
            .any(&|part| matches!(part, Expr::Measured(..) | Expr::Degree(_)))
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
