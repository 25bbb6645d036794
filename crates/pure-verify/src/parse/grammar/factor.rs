//! The part of [`Parser`] for powers, names and numbers.

use crate::budget::Stop;
use crate::expr::{Expr, Function};
use crate::parse::grammar::parser::{Parser, bounded};
use crate::parse::tokens::digits::literal;
use crate::parse::tokens::token::Token;

/// Factorials, percent and degree signs behind one value.
const MAX_MARKS: usize = 4;

impl Parser<'_> {
    /// Whether the next token can stand beside a factor and multiply it.
    pub(crate) fn starts_factor(&self) -> bool {
        match self.peek() {
            Some(
                Token::Number(_)
                | Token::Symbol(_)
                | Token::Function(_)
                | Token::Named(_)
                | Token::Fraction
                | Token::Binomial
                | Token::Root
                | Token::Pi
                | Token::Euler
                | Token::Imaginary
                | Token::Infinity
                | Token::Open(_)
                | Token::BeginMatrix,
            ) => true,
            Some(Token::Bar) => self.bars == 0,
            _ => false,
        }
    }

    pub(crate) fn factor(&mut self) -> Result<Expr, Stop> {
        let start = self.at;
        let factor = self.deeper(|parser| {
            let base = parser.primary()?;
            let base = parser.marks(base, true)?;
            if !parser.take(&Token::Caret) {
                return Ok(base);
            }
            let exponent = parser.deeper(Self::exponent)?;
            parser.marks(Expr::Power(Box::new(base), Box::new(exponent)), true)
        })?;
        self.pay(start)?;
        bounded(factor)
    }

    /// An exponent: a group, or a signed factor.
    pub(crate) fn exponent(&mut self) -> Result<Expr, Stop> {
        if self.take(&Token::Minus) {
            return Ok(self.raised()?.negate());
        }
        self.take(&Token::Plus);
        self.raised()
    }

    /// A percent or degree sign behind an exponent does not belong to it: `90^1\%`.
    fn raised(&mut self) -> Result<Expr, Stop> {
        if self.peek() == Some(&Token::Open('g')) {
            return self.primary();
        }
        let base = self.primary()?;
        let base = self.marks(base, false)?;
        if !self.take(&Token::Caret) {
            return Ok(base);
        }
        let exponent = self.deeper(Self::exponent)?;
        Ok(Expr::Power(Box::new(base), Box::new(exponent)))
    }

    /// Factorials behind a value, and percent and degree signs where `signs` says so.
    fn marks(&mut self, mut value: Expr, signs: bool) -> Result<Expr, Stop> {
        for _ in 0..=MAX_MARKS {
            value = match (self.peek(), value) {
                (Some(Token::Bang), value) => Expr::Call(Function::Factorial, Box::new(value)),
                // A percentage of a percentage is written by nobody: the sign was repeated.
                (Some(Token::Percent), value @ Expr::Percent(_)) if signs => value,
                (Some(Token::Percent), value) if signs => Expr::Percent(Box::new(value)),
                (Some(Token::Degree), value @ Expr::Degree(_)) if signs => value,
                (Some(Token::Degree), value) if signs => Expr::Degree(Box::new(value)),
                (_, value) => return Ok(value),
            };
            self.at += 1;
        }
        Err(Stop::TooLarge)
    }

    pub(crate) fn primary(&mut self) -> Result<Expr, Stop> {
        match self.next().ok_or(Stop::Syntax)? {
            Token::Number(digits) => match self.peek() {
                Some(Token::Subscript(base)) => {
                    let digits = based(&digits, base).ok_or(Stop::Syntax)?;
                    self.at += 1;
                    Ok(digits)
                }
                _ => literal(&digits, self.budget),
            },
            Token::Symbol(name) => self.symbol(name),
            Token::Pi => Ok(Expr::Pi),
            Token::Euler => self.letter("e", Expr::Euler),
            Token::Imaginary => self.letter("i", Expr::Imaginary),
            Token::Infinity => Ok(Expr::Infinity),
            Token::EmptySet => Ok(Expr::Set(vec![])),
            Token::Function(function) => self.function(function),
            Token::Named(name) => {
                let arguments = match self.deeper(Self::primary)? {
                    Expr::Bracket(_, items, _) | Expr::List(items) => items,
                    argument => vec![argument],
                };
                Ok(Expr::Apply(name, arguments))
            }
            Token::Fraction => {
                if let Some(derivative) = self.derivative() {
                    return Ok(derivative);
                }
                let above = self.deeper(Self::argument)?;
                let below = self.deeper(Self::argument)?;
                Ok(Expr::Quotient(Box::new(above), Box::new(below)))
            }
            Token::Binomial => {
                let above = self.deeper(Self::argument)?;
                let below = self.deeper(Self::argument)?;
                Ok(Expr::Binomial(Box::new(above), Box::new(below)))
            }
            Token::Root => self.root(),
            Token::Open(kind) => match self.digits_in_a_base() {
                Some(digits) => Ok(digits),
                None => self.deeper(|parser| parser.group(kind)),
            },
            Token::Bar if self.bars == 0 => self.deeper(|parser| {
                parser.bars += 1;
                let inner = parser.sum();
                parser.bars -= 1;
                parser.expect(&Token::Bar)?;
                Ok(Expr::Call(Function::Abs, Box::new(inner?)))
            }),
            Token::BeginMatrix => self.deeper(Self::matrix),
            _ => Err(Stop::Syntax),
        }
    }

    /// `(1011)_2` behind its bracket, which is `1011_2`.
    fn digits_in_a_base(&mut self) -> Option<Expr> {
        let (Token::Number(digits), Token::Close(')'), Token::Subscript(base)) =
            (self.peek()?, self.peek_at(1)?, self.peek_at(2)?)
        else {
            return None;
        };
        let digits = based(digits, base)?;
        self.at += 3;
        Some(digits)
    }

    /// A name with its primes and subscripts, or a function of a number: `C_{1}`, `y'`, `I(0)`.
    fn symbol(&mut self, mut name: String) -> Result<Expr, Stop> {
        loop {
            match self.peek() {
                Some(Token::Subscript(below)) => {
                    name.push('_');
                    name.push_str(below);
                }
                Some(Token::Prime) => name.push('\''),
                _ => break,
            }
            self.at += 1;
        }
        if self.peek() != Some(&Token::Open('(')) {
            return Ok(Expr::Symbol(name));
        }
        if let Some(Token::Number(digits)) = self.peek_at(1)
            && self.peek_at(2) == Some(&Token::Close(')'))
        {
            let argument = literal(digits, self.budget)?;
            self.at += 3;
            return Ok(Expr::Apply(name, vec![argument]));
        }
        if let "f" | "g" | "F" | "G" = name.as_str() {
            // `f(2x)` is not `2f(x)`; other letters are more often factors: `n(n+1)`.
            self.at += 1;
            let arguments = self.deeper(Self::items)?;
            self.expect(&Token::Close(')'))?;
            return Ok(Expr::Apply(name, arguments));
        }
        Ok(Expr::Symbol(name))
    }

    /// `e` and `i` are constants unless they carry a subscript.
    fn letter(&mut self, name: &str, constant: Expr) -> Result<Expr, Stop> {
        match self.peek() {
            Some(Token::Subscript(_) | Token::Prime) => self.symbol(name.to_owned()),
            _ => Ok(constant),
        }
    }

    /// An argument of `\frac`: a group or a single character.
    fn argument(&mut self) -> Result<Expr, Stop> {
        if let Some(Token::Number(digits)) = self.peek()
            && digits.len() > 1
            && digits.is_ascii()
        {
            let (first, rest) = digits.split_at(1);
            let (first, rest) = (first.to_owned(), rest.to_owned());
            self.tokens[self.at] = Token::Number(rest);
            return literal(&first, self.budget);
        }
        self.primary()
    }
}

/// Digits with a base below them, if it is one.
fn based(digits: &str, base: &str) -> Option<Expr> {
    let base = base.parse().ok().filter(|base| (2..=36).contains(base))?;
    Some(Expr::Based(digits.trim_start_matches('0').to_owned(), base))
}
