//! From tokens to a tree: powers, functions, brackets and numbers.

use crate::budget::Stop;
use crate::digits::literal;
use crate::expr::{Expr, Function};
use crate::parser::{Parser, parse};
use crate::token::Token;

/// The largest index of a root.
const MAX_INDEX: i64 = 64;

impl Parser {
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
        self.deeper(|parser| {
            let base = parser.primary()?;
            let base = parser.marks(base)?;
            if !parser.take(&Token::Caret) {
                return Ok(base);
            }
            let exponent = parser.deeper(Self::exponent)?;
            parser.marks(Expr::Power(Box::new(base), Box::new(exponent)))
        })
    }

    /// What stands raised: a group, or a signed factor.
    pub(crate) fn exponent(&mut self) -> Result<Expr, Stop> {
        if self.take(&Token::Minus) {
            return Ok(self.deeper(Self::exponent)?.negate());
        }
        self.take(&Token::Plus);
        if self.peek() == Some(&Token::Open('g')) {
            self.primary()
        } else {
            self.factor()
        }
    }

    /// Factorials, percent and degree signs behind a value.
    fn marks(&mut self, mut value: Expr) -> Result<Expr, Stop> {
        let mut marks = 0;
        loop {
            value = match self.peek() {
                Some(Token::Bang) => Expr::Call(Function::Factorial, Box::new(value)),
                // A percentage of a percentage is written by nobody: the sign was repeated.
                Some(Token::Percent) => match value {
                    Expr::Percent(_) => value,
                    value => Expr::Percent(Box::new(value)),
                },
                Some(Token::Degree) => match value {
                    Expr::Degree(_) => value,
                    value => Expr::Degree(Box::new(value)),
                },
                _ => return Ok(value),
            };
            self.at += 1;
            marks += 1;
            if marks > 4 {
                return Err(Stop::TooLarge);
            }
        }
    }

    pub(crate) fn primary(&mut self) -> Result<Expr, Stop> {
        match self.next().ok_or(Stop::Syntax)? {
            Token::Number(digits) => match self.peek() {
                Some(Token::Subscript(base)) => {
                    let base = base
                        .parse()
                        .ok()
                        .filter(|base| (2..=36).contains(base))
                        .ok_or(Stop::Syntax)?;
                    self.at += 1;
                    Ok(Expr::Based(digits.trim_start_matches('0').to_owned(), base))
                }
                _ => literal(&digits),
            },
            Token::Symbol(name) => self.symbol(name),
            Token::Pi => Ok(Expr::Pi),
            Token::Euler => self.letter("e", Expr::Euler),
            Token::Imaginary => self.letter("i", Expr::Imaginary),
            Token::Infinity => Ok(Expr::Infinity),
            Token::EmptySet => Ok(Expr::Set(vec![])),
            Token::Function(function) => self.function(function),
            Token::Named(name) => {
                let argument = self.deeper(Self::primary)?;
                Ok(match argument {
                    Expr::Bracket(_, items, _) | Expr::List(items) => {
                        Expr::Apply(name.to_owned(), items)
                    }
                    argument => Expr::Apply(name.to_owned(), vec![argument]),
                })
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
            Token::Open(kind) => self.deeper(|parser| parser.group(kind)),
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
        if self.peek() == Some(&Token::Open('('))
            && let Some(Token::Number(digits)) = self.peek_at(1)
            && self.peek_at(2) == Some(&Token::Close(')'))
        {
            let argument = literal(digits)?;
            self.at += 3;
            return Ok(Expr::Apply(name, vec![argument]));
        }
        if self.peek() == Some(&Token::Open('(')) && matches!(name.as_str(), "f" | "g" | "F" | "G")
        {
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

    /// `\frac{d y}{d t}`: one name, not a quotient in which the `d` cancels.
    fn derivative(&mut self) -> Option<Expr> {
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
        let name: String = self.tokens[self.at..self.at + length]
            .iter()
            .map(|spaced| match &spaced.token {
                Token::Symbol(text) | Token::Number(text) | Token::Subscript(text) => {
                    format!("{text} ")
                }
                Token::Close(_) => "/".to_owned(),
                Token::Open(_) | Token::Caret => String::new(),
                other => format!("{other:?} "),
            })
            .collect();
        self.at += length;
        Some(Expr::Symbol(name))
    }

    /// Tokens of the group of LaTeX that starts `ahead`, its braces included.
    fn group_length(&self, ahead: usize) -> Option<usize> {
        let mut depth = 0usize;
        for length in 1.. {
            match self.peek_at(ahead + length - 1)? {
                Token::Open('g') => depth += 1,
                Token::Close('g') => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return Some(length);
            }
        }
        None
    }

    /// An argument of `\frac`: a group or a single character.
    fn argument(&mut self) -> Result<Expr, Stop> {
        if let Some(Token::Number(digits)) = self.peek()
            && digits.len() > 1
            && digits.is_ascii()
        {
            let (first, rest) = digits.split_at(1);
            let (first, rest) = (first.to_owned(), rest.to_owned());
            self.tokens[self.at].token = Token::Number(rest);
            return literal(&first);
        }
        self.primary()
    }

    fn root(&mut self) -> Result<Expr, Stop> {
        let mut index = 2;
        if let (Some(Token::Open('[')), Some(Token::Number(digits)), Some(Token::Close(']'))) =
            (self.peek(), self.peek_at(1), self.peek_at(2))
        {
            index = digits
                .parse()
                .ok()
                .filter(|index| (2..=MAX_INDEX).contains(index))
                .ok_or(Stop::TooLarge)?;
            self.at += 3;
        }
        let inner = self.deeper(Self::primary)?;
        Ok(Expr::Root(index as u32, Box::new(inner)))
    }

    fn function(&mut self, function: Function) -> Result<Expr, Stop> {
        let base = match self.peek() {
            Some(Token::Subscript(base)) if function == Function::Log => {
                let base = base.clone();
                self.at += 1;
                // The text of a subscript: one level down, and shorter than what it stands in.
                Some(self.deeper(|_| {
                    if base.len() <= 32 {
                        parse(&base, false)
                    } else {
                        Err(Stop::TooLarge)
                    }
                })?)
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
        if self.take(&Token::Minus) {
            return Ok(self.deeper(Self::function_argument)?.negate());
        }
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
        Ok(Expr::product(factors))
    }

    /// What an opened bracket holds.
    fn group(&mut self, open: char) -> Result<Expr, Stop> {
        let bars = std::mem::take(&mut self.bars);
        let items = self.items();
        self.bars = bars;
        let mut items = items?;
        let Some(Token::Close(close)) = self.next() else {
            return Err(Stop::Syntax);
        };
        match (open, close) {
            ('{', '}') => Ok(Expr::Set(items)),
            ('f', 'f') if items.len() == 1 => {
                Ok(Expr::Call(Function::Floor, Box::new(items.remove(0))))
            }
            ('c', 'c') if items.len() == 1 => {
                Ok(Expr::Call(Function::Ceil, Box::new(items.remove(0))))
            }
            ('(', ')') | ('[', ']') | ('g', 'g') if items.len() == 1 => Ok(items.remove(0)),
            ('g', 'g') if items.len() > 1 => Ok(Expr::List(items)),
            ('(' | '[', ')' | ']') if items.len() > 1 => Ok(Expr::Bracket(open, items, close)),
            _ => Err(Stop::Syntax),
        }
    }

    fn matrix(&mut self) -> Result<Expr, Stop> {
        let mut rows = vec![vec![]];
        loop {
            match self.peek() {
                Some(Token::EndMatrix) => {
                    self.at += 1;
                    if rows.last().is_some_and(Vec::is_empty) {
                        rows.pop();
                    }
                    let width = rows.first().map_or(0, Vec::len);
                    let whole = width > 0 && rows.iter().all(|row| row.len() == width);
                    return if whole {
                        Ok(Expr::Matrix(rows))
                    } else {
                        Err(Stop::Syntax)
                    };
                }
                Some(Token::NewRow) => {
                    self.at += 1;
                    rows.push(vec![]);
                }
                Some(Token::Ampersand) => self.at += 1,
                _ => {
                    let cell = self.sum()?;
                    rows.last_mut().ok_or(Stop::Syntax)?.push(cell);
                }
            }
        }
    }
}
