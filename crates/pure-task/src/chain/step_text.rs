//! How steps are written, split and read.
//!
//! ```text
//! solve   7+3=0       filler  now 0       final  \boxed{0}
//! ```
//!
//! Every step but the final one ends in a blank line.

use std::fmt;
use std::ops::Range;

use super::problem::{Operator, Solved};
use super::prompt::parse_number;

/// What ends a step.
pub const SEPARATOR: &str = "\n\n";

/// A step without what ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepText {
    Solve(Solved),
    /// Restates a value.
    Filler(u32),
    /// Gives the answer.
    Final(u32),
}

impl StepText {
    /// Reads a step without its separator. Nothing, if it is of no such form or a number is not
    /// below the modulus.
    pub(super) fn read(body: &str, modulus: u32) -> Option<Self> {
        let number = |digits: &str| parse_number(digits).filter(|&number| number < modulus);
        if let Some(value) = body.strip_prefix("now ") {
            return number(value).map(Self::Filler);
        }
        if let Some(value) = body.strip_prefix("\\boxed{") {
            return number(value.strip_suffix('}')?).map(Self::Final);
        }
        let (sides, result) = body.split_once('=')?;
        let at = sides.find(|symbol| Operator::from_symbol(symbol).is_some())?;
        Some(Self::Solve(Solved {
            left: number(&sides[..at])?,
            operator: Operator::from_symbol(sides[at..].chars().next()?)?,
            right: number(&sides[at + 1..])?,
            result: number(result)?,
        }))
    }
}

impl fmt::Display for StepText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Solve(Solved {
                left,
                operator,
                right,
                result,
            }) => write!(f, "{left}{}{right}={result}", operator.symbol()),
            Self::Filler(value) => write!(f, "now {value}"),
            Self::Final(value) => write!(f, "\\boxed{{{value}}}"),
        }
    }
}

/// A step without the separator that ends it, and whether there is one.
pub(super) fn unclosed(step: &str) -> (&str, bool) {
    let body = step.strip_suffix(SEPARATOR);
    (body.unwrap_or(step), body.is_some())
}

/// The steps of a response: one ends after every separator and one at the end.
///
/// Where the response was finished, its last step ends with the end token, which has no text. So
/// after a closing separator there is one more step, an empty one; in a response that was cut off
/// there is none.
pub fn split_steps(response: &str, finished: bool) -> Vec<Range<usize>> {
    let mut steps = Vec::new();
    let mut start = 0;
    while let Some(length) = response[start..].find(SEPARATOR) {
        let end = start + length + SEPARATOR.len();
        steps.push(start..end);
        start = end;
    }
    if finished || start < response.len() {
        steps.push(start..response.len());
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(response: &str, finished: bool) -> Vec<&str> {
        let steps = split_steps(response, finished).into_iter();
        steps.map(|range| &response[range]).collect()
    }

    #[test]
    fn a_step_ends_after_every_separator_and_at_the_end() {
        assert_eq!(split("a\n\nb\n\n\nc", false), ["a\n\n", "b\n\n", "\nc"]);
        assert_eq!(split("\n\n\n\n", false), ["\n\n", "\n\n"]);
        assert_eq!(split("a\n\n", false), ["a\n\n"]);
        assert!(split("", false).is_empty());
    }

    #[test]
    fn the_end_token_is_a_step_of_its_own_after_a_separator() {
        assert_eq!(split("a\n\n", true), ["a\n\n", ""]);
        assert_eq!(split("a\n\nb", true), ["a\n\n", "b"]);
        assert_eq!(split("", true), [""]);
    }

    #[test]
    fn steps_are_read_as_they_are_written_and_nothing_else_is() {
        for body in ["7+3=0", "1-2=9", "9*9=1", "now 4", "\\boxed{0}"] {
            let read = StepText::read(body, 10).unwrap();
            assert_eq!(read.to_string(), body);
        }
        for body in [
            "",
            "7+3",
            "7+3=",
            "7+3=10",
            "7+3=00",
            "07+3=0",
            "7 + 3=0",
            "7+3=0\n",
            "7+3=0=0",
            "-7+3=0",
            "7++3=0",
            "now",
            "now 10",
            "now  4",
            "now +4",
            "\\boxed{}",
            "\\boxed{4",
            "\\boxed{4}}",
            "é+3=0",
        ] {
            assert_eq!(StepText::read(body, 10), None, "{body:?}");
        }
        assert!(StepText::read("7+3=10", 11).is_some());
    }
}
