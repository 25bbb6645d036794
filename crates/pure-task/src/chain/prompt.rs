//! From a prompt to its problem: a parser of the grammar in [`super::problem`].

use std::str::FromStr;

use super::level::Level;
use super::problem::{Operand, Operation, Operator, Problem};
use crate::Error;

/// Why a text is no prompt of the built-in task, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PromptFault(String);

impl FromStr for Problem {
    type Err = Error;

    /// The problem of a prompt.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text).map_err(|source| Error::Prompt {
            prompt: text.chars().take(80).collect(),
            source,
        })
    }
}

pub(super) fn parse(text: &str) -> Result<Problem, PromptFault> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
        modulus: Level::UNSPOKEN_MODULUS,
        operations: Vec::new(),
    };
    if parser.eat("mod ") {
        let modulus = parser.digits()?;
        let speakable =
            (2..=Level::LARGEST_MODULUS).contains(&modulus) && modulus != Level::UNSPOKEN_MODULUS;
        if !speakable {
            let why = format!("{modulus} is no modulus that a prompt names");
            return Err(PromptFault(why));
        }
        parser.modulus = modulus;
        parser.require(": ", "`: `")?;
    }
    parser.chain()?;
    parser.require("=", "an operator or `=`")?;
    if parser.at < text.len() {
        return Err(parser.missing("the end"));
    }
    let level = Level::of(parser.operations.len(), parser.modulus, text.contains('('));
    Ok(Problem::new(level, text.to_owned(), parser.operations))
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    modulus: u32,
    operations: Vec<Operation>,
}

impl Parser<'_> {
    fn chain(&mut self) -> Result<Operand, PromptFault> {
        let mut left = self.term()?;
        let mut next = self.operator();
        if next.is_none() {
            return Err(self.missing("an operator"));
        }
        while let Some(operator) = next {
            let right = self.term()?;
            if self.operations.len() == Level::MOST_OPERATIONS {
                return Err(too_long());
            }
            self.operations.push(Operation {
                left,
                operator,
                right,
            });
            left = Operand::Result(self.operations.len() - 1);
            next = self.operator();
        }
        Ok(left)
    }

    fn term(&mut self) -> Result<Operand, PromptFault> {
        if !self.eat("(") {
            let (at, modulus) = (self.at, self.modulus);
            let number = self.digits()?;
            return match number < modulus {
                true => Ok(Operand::Given(number)),
                false => Err(PromptFault(format!(
                    "{number} at byte {at} is not below the modulus {modulus}"
                ))),
            };
        }
        // Every bracket holds an operation of its own, so none needs to be deeper than this.
        if self.depth == Level::MOST_OPERATIONS {
            return Err(too_long());
        }
        self.depth += 1;
        let value = self.chain()?;
        self.depth -= 1;
        self.require(")", "an operator or `)`")?;
        Ok(value)
    }

    fn operator(&mut self) -> Option<Operator> {
        let operator = Operator::from_symbol(self.text[self.at..].chars().next()?)?;
        self.at += 1;
        Some(operator)
    }

    fn digits(&mut self) -> Result<u32, PromptFault> {
        let rest = &self.text[self.at..];
        let end = rest.find(|symbol: char| !symbol.is_ascii_digit());
        let digits = &rest[..end.unwrap_or(rest.len())];
        let number = parse_number(digits).ok_or_else(|| self.missing("a number"))?;
        self.at += digits.len();
        Ok(number)
    }

    fn eat(&mut self, expected: &str) -> bool {
        let there = self.text[self.at..].starts_with(expected);
        if there {
            self.at += expected.len();
        }
        there
    }

    /// Eats what must stand here; `what` it is, in words.
    fn require(&mut self, expected: &str, what: &str) -> Result<(), PromptFault> {
        match self.eat(expected) {
            true => Ok(()),
            false => Err(self.missing(what)),
        }
    }

    fn missing(&self, what: &str) -> PromptFault {
        PromptFault(format!("{what} is missing at byte {}", self.at))
    }
}

fn too_long() -> PromptFault {
    let most = Level::MOST_OPERATIONS;
    PromptFault(format!("there are more than {most} operations"))
}

/// A number as it is written here, without sign, leading zero or more digits than are needed.
pub(super) fn parse_number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit())
        && (1..=9).contains(&digits.len())
        && (digits == "0" || !digits.starts_with('0'));
    plain.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(prompt: &str) -> u32 {
        parse(prompt).unwrap().answer()
    }

    #[test]
    fn a_chain_is_worked_from_left_to_right_whatever_its_operators() {
        assert_eq!(answer("7+3*4-8*2+5="), 9);
        assert_eq!(answer("mod 97: 1-2="), 96);
        assert_eq!(answer("mod 97: 96*96+50="), 51);
    }

    #[test]
    fn brackets_come_before_what_they_stand_in_and_the_left_before_the_right() {
        let problem = parse("2+(3*4)-(1-(5+6))=").unwrap();
        assert_eq!(problem.answer(), (2 + 12 - (1 - 11) + 100) as u32 % 10);
        use Operand::{Given, Result};
        use Operator::{Add, Multiply, Subtract};
        let expected = [
            (Given(3), Multiply, Given(4)),
            (Given(2), Add, Result(0)),
            (Given(5), Add, Given(6)),
            (Given(1), Subtract, Result(2)),
            (Result(1), Subtract, Result(3)),
        ];
        let found = problem.operations().iter();
        let found: Vec<_> = found.map(|o| (o.left, o.operator, o.right)).collect();
        assert_eq!(found, expected);
        assert!(problem.level().brackets);
    }

    #[test]
    fn what_is_no_prompt_is_refused_with_a_reason() {
        for (text, reason) in [
            ("", "a number is missing at byte 0"),
            ("7=", "an operator is missing at byte 1"),
            ("7+3", "an operator or `=` is missing at byte 3"),
            ("7+3= ", "the end is missing at byte 4"),
            ("7+=", "a number is missing at byte 2"),
            ("7+12=", "12 at byte 2 is not below the modulus 10"),
            ("07+3=", "a number is missing at byte 0"),
            ("(7+3)=", "an operator is missing at byte 5"),
            ("((7+3))*2=", "an operator is missing at byte 6"),
            ("7*(3)=", "an operator is missing at byte 4"),
            ("7*(3+1=", "an operator or `)` is missing at byte 6"),
            ("mod 10: 7+3=", "10 is no modulus that a prompt names"),
            ("mod 97 7+3=", "`: ` is missing at byte 6"),
            ("7+ü=", "a number is missing at byte 2"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), reason, "{text}");
        }
    }

    #[test]
    fn a_prompt_without_end_does_not_exhaust_the_stack() {
        for endless in ["(", "1+"] {
            let fault = parse(&endless.repeat(1_000_000)).unwrap_err();
            assert_eq!(fault.to_string(), "there are more than 64 operations");
        }
    }
}
