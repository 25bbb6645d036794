//! The part of [`Parser`] for roots, functions and derivatives.

use crate::budget::Stop;
use crate::expr::{Expr, Function};
use crate::parse::grammar::parser::{Parser, parse_inside};
use crate::parse::tokens::token::Token;

/// The largest index of a root.
const MAX_INDEX: u32 = 64;
/// Bytes of the base of a logarithm.
const MAX_BASE: usize = 32;

impl Parser<'_> {
    /// `\frac{d y}{d t}`: one name, not a quotient in which the `d` cancels.
    pub(crate) fn derivative(&mut self) -> Option<Expr> {
        let is_d = |token: Option<&Token>| match token {
            Some(Token::Symbol(name)) => name == "d" || name == "\\partial",
            _ => false,
        };
        if self.peek() != Some(&Token::Open('g')) || !is_d(self.peek_at(1)) {
            return None;
        }
        let above = self.group_length(0)?;
        if self.peek_at(above) != Some(&Token::Open('g')) || !is_d(self.peek_at(above + 1)) {
            return None;
        }
        let length = above + self.group_length(above)?;
        let tokens = self.tokens[self.at..self.at + length].iter();
        let names = tokens.map(|token| match token {
            Token::Symbol(text) | Token::Number(text) | Token::Subscript(text) => {
                format!("{text} ")
            }
            Token::Close(_) => "/".to_owned(),
            Token::Open(_) | Token::Caret => String::new(),
            other => format!("{other:?} "),
        });
        self.at += length;
        Some(Expr::Symbol(names.collect()))
    }

    pub(crate) fn root(&mut self) -> Result<Expr, Stop> {
        let mut index = 2;
        if let (Some(Token::Open('[')), Some(Token::Number(digits)), Some(Token::Close(']'))) =
            (self.peek(), self.peek_at(1), self.peek_at(2))
        {
            let parsed = digits.parse().ok();
            index = parsed
                .filter(|index| (2..=MAX_INDEX).contains(index))
                .ok_or(Stop::TooLarge)?;
            self.at += 3;
        }
        let inner = self.deeper(Self::primary)?;
        Ok(Expr::Root(index, Box::new(inner)))
    }

    pub(crate) fn function(&mut self, function: Function) -> Result<Expr, Stop> {
        let base = match self.peek().cloned() {
            Some(Token::Subscript(base)) if function == Function::Log => {
                self.at += 1;
                if base.len() > MAX_BASE {
                    return Err(Stop::TooLarge);
                }
                // The text of a subscript: one level down, and shorter than what it stands in.
                Some(self.deeper(|parser| parse_inside(&base, false, parser.depth, parser.budget))?)
            }
            _ => None,
        };
        let power = if self.take(&Token::Caret) {
            Some(self.deeper(Self::exponent)?)
        } else {
            None
        };
        let argument = Box::new(self.deeper(Self::function_argument)?);
        let call = match base {
            Some(base) => Expr::Logarithm(Box::new(base), argument),
            None => Expr::Call(function, argument),
        };
        match (power, call) {
            (None, call) => Ok(call),
            (Some(power), Expr::Call(function, argument)) if power == Expr::integer(-1) => {
                let inverse = match function {
                    Function::Sin => Function::Arcsin,
                    Function::Cos => Function::Arccos,
                    Function::Tan => Function::Arctan,
                    _ => return Err(Stop::Syntax),
                };
                Ok(Expr::Call(inverse, argument))
            }
            (Some(power), call) => Ok(Expr::Power(Box::new(call), Box::new(power))),
        }
    }

    /// Brackets, or the factors up to the next sign, sign of multiplication or function.
    fn function_argument(&mut self) -> Result<Expr, Stop> {
        if matches!(self.peek(), Some(Token::Open(_) | Token::Bar)) {
            return self.primary();
        }
        if let Some(Token::Function(_)) = self.peek() {
            return self.factor();
        }
        let negative = self.take(&Token::Minus);
        let mut factors = vec![self.factor()?];
        while matches!(
            self.peek(),
            Some(
                Token::Symbol(_)
                    | Token::Pi
                    | Token::Euler
                    | Token::Imaginary
                    | Token::Fraction
                    | Token::Root
            )
        ) {
            factors.push(self.factor()?);
        }
        let argument = Expr::product(factors);
        Ok(if negative {
            argument.negate()
        } else {
            argument
        })
    }
}
