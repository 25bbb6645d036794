//! From tokens to a tree: lists, relations, sums and terms. What a term is made of is in `factor`.
//!
//! ```text
//! items    = relation {("," | "and") relation}
//! relation = union {("=" | "<" | "\in" | ...) union}
//! union    = ratio {"\cup" ratio}
//! ratio    = sum {":" sum}
//! sum      = sign term {sign term}
//! term     = factor {["*" | "/"] factor} [unit]
//! ```
//!
//! Departures from programming languages: factors stand side by side, a whole number before a proper
//! fraction is a mixed number, and an interval may close with another bracket than it opened with.
//! Every level of nesting is counted, so the recursion is bounded.

use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::budget::{MAX_DEPTH, MAX_ITEMS, Stop};
use crate::expr::{Expr, Relation};
use crate::lexer::tokens;
use crate::token::{Spaced, Token};
use crate::units;

/// Reads the whole of `text` as one answer.
pub(crate) fn parse(text: &str, grouping: bool) -> Result<Expr, Stop> {
    let mut tokens = tokens(text, grouping)?;
    while matches!(tokens.last(), Some(last) if matches!(last.token, Token::NewRow | Token::Comma))
    {
        tokens.pop();
    }
    let leading = tokens
        .iter()
        .take_while(|t| t.token == Token::Relation(Relation::Equal))
        .count();
    tokens.drain(..leading);
    let mut parser = Parser {
        tokens: without_outer_brackets(tokens),
        at: 0,
        depth: 0,
        bars: 0,
    };
    let mut items = parser.items()?;
    if parser.at < parser.tokens.len() {
        return Err(Stop::Syntax);
    }
    match items.len() {
        0 => Err(Stop::Syntax),
        1 => Ok(items.remove(0)),
        _ => Ok(Expr::List(items)),
    }
}

/// Drops brackets around everything, `[[(5)]]`, as long as they hold a single value.
fn without_outer_brackets(tokens: Vec<Spaced>) -> Vec<Spaced> {
    let mut open = Vec::new();
    let mut partner = vec![usize::MAX; tokens.len()];
    let mut comma_in = vec![false; tokens.len()];
    for (at, spaced) in tokens.iter().enumerate() {
        match spaced.token {
            Token::Open(_) => open.push(at),
            Token::Close(kind) => {
                if let Some(start) = open.pop()
                    && tokens[start].token == Token::Open(matching_open(kind))
                {
                    partner[start] = at;
                }
            }
            Token::Comma | Token::And => {
                if let Some(&start) = open.last() {
                    comma_in[start] = true;
                }
            }
            _ => {}
        }
    }
    let (mut first, mut last) = (0, tokens.len());
    while first + 2 < last
        && partner[first] == last - 1
        && (!comma_in[first] || tokens[first].token == Token::Open('g'))
        && matches!(tokens[first].token, Token::Open('(' | '[' | '{' | 'g'))
    {
        first += 1;
        last -= 1;
    }
    let mut kept = tokens;
    kept.truncate(last);
    kept.drain(..first);
    kept
}

fn matching_open(close: char) -> char {
    match close {
        ')' => '(',
        ']' => '[',
        '}' => '{',
        other => other,
    }
}

pub(crate) struct Parser {
    pub(crate) tokens: Vec<Spaced>,
    pub(crate) at: usize,
    pub(crate) depth: usize,
    /// Absolute values being read, inside of which a bar closes.
    pub(crate) bars: usize,
}

#[derive(Clone, Copy)]
enum Sign {
    Plus,
    Minus,
    PlusMinus,
    MinusPlus,
}

impl Parser {
    pub(crate) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|spaced| &spaced.token)
    }

    pub(crate) fn peek_at(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead).map(|spaced| &spaced.token)
    }

    pub(crate) fn next(&mut self) -> Option<Token> {
        let spaced = self.tokens.get(self.at)?;
        self.at += 1;
        Some(spaced.token.clone())
    }

    pub(crate) fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn expect(&mut self, token: &Token) -> Result<(), Stop> {
        if self.take(token) {
            Ok(())
        } else {
            Err(Stop::Syntax)
        }
    }

    /// One level deeper, if there is one.
    pub(crate) fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        if self.depth >= MAX_DEPTH {
            return Err(Stop::TooLarge);
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    pub(crate) fn items(&mut self) -> Result<Vec<Expr>, Stop> {
        let mut items = Vec::new();
        loop {
            while self.take(&Token::Comma) || self.take(&Token::And) || self.take(&Token::NewRow) {}
            if matches!(self.peek(), None | Some(Token::Close(_))) {
                return Ok(items);
            }
            items.push(self.relation()?);
            if items.len() > MAX_ITEMS {
                return Err(Stop::TooLarge);
            }
            if !matches!(self.peek(), Some(Token::Comma | Token::And | Token::NewRow)) {
                return Ok(items);
            }
        }
    }

    pub(crate) fn relation(&mut self) -> Result<Expr, Stop> {
        let first = self.side()?;
        let mut sides = vec![first];
        let mut relations = Vec::new();
        while let Some(&Token::Relation(relation)) = self.peek() {
            self.at += 1;
            let side = self.side()?;
            relations.push(relation);
            sides.push(side);
            if sides.len() > MAX_DEPTH {
                return Err(Stop::TooLarge);
            }
        }
        Ok(if relations.is_empty() {
            sides.remove(0)
        } else {
            Expr::Related(sides, relations)
        })
    }

    /// One side of a relation, which may be a word: `name = \text{Navin}`.
    fn side(&mut self) -> Result<Expr, Stop> {
        if let Some(Token::Word(word)) = self.peek() {
            let word = Expr::Text(word.to_lowercase());
            self.at += 1;
            return Ok(word);
        }
        match self.defined_function() {
            Some(function) => Ok(function),
            None => self.union(),
        }
    }

    /// `f(x, y)` where `=` follows: a name, not a product.
    fn defined_function(&mut self) -> Option<Expr> {
        let Some(Token::Symbol(name)) = self.peek() else {
            return None;
        };
        if self.peek_at(1) != Some(&Token::Open('(')) {
            return None;
        }
        let (name, mut arguments, mut ahead) = (name.clone(), Vec::new(), 2);
        loop {
            match self.peek_at(ahead) {
                Some(Token::Symbol(argument)) => arguments.push(Expr::Symbol(argument.clone())),
                _ => return None,
            }
            match self.peek_at(ahead + 1) {
                Some(Token::Comma) => ahead += 2,
                Some(Token::Close(')')) => break,
                _ => return None,
            }
        }
        if self.peek_at(ahead + 2) != Some(&Token::Relation(Relation::Equal)) {
            return None;
        }
        self.at += ahead + 2;
        Some(Expr::Apply(name, arguments))
    }

    fn union(&mut self) -> Result<Expr, Stop> {
        let mut parts = vec![self.ratio()?];
        while self.take(&Token::Union) {
            parts.push(self.ratio()?);
            if parts.len() > MAX_ITEMS {
                return Err(Stop::TooLarge);
            }
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Expr::Union(parts)
        })
    }

    fn ratio(&mut self) -> Result<Expr, Stop> {
        let mut parts = vec![self.sum()?];
        while self.take(&Token::Colon) {
            parts.push(self.sum()?);
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Expr::Ratio(parts)
        })
    }

    pub(crate) fn sum(&mut self) -> Result<Expr, Stop> {
        let mut terms = Vec::new();
        let mut sign = self.signs();
        loop {
            let term = self.term()?;
            terms.push(match sign {
                Sign::Plus => term,
                Sign::Minus => term.negate(),
                Sign::PlusMinus => Expr::PlusMinus(Box::new(term), false),
                Sign::MinusPlus => Expr::PlusMinus(Box::new(term), true),
            });
            if !self.at_sign() {
                break;
            }
            sign = self.signs();
        }
        let sum = if terms.len() == 1 {
            terms.remove(0)
        } else {
            sum_of(terms)
        };
        if self.take(&Token::Choose) {
            let below = self.deeper(Self::sum)?;
            return Ok(Expr::Binomial(Box::new(sum), Box::new(below)));
        }
        if self.take(&Token::Over) {
            let below = self.deeper(Self::sum)?;
            return Ok(Expr::Quotient(Box::new(sum), Box::new(below)));
        }
        Ok(sum)
    }

    fn at_sign(&self) -> bool {
        matches!(
            self.peek(),
            Some(Token::Plus | Token::Minus | Token::PlusMinus | Token::MinusPlus)
        )
    }

    /// A run of signs as one.
    fn signs(&mut self) -> Sign {
        let mut sign = Sign::Plus;
        loop {
            sign = match (self.peek(), sign) {
                (Some(Token::Plus), sign) => sign,
                (Some(Token::Minus), Sign::Plus) => Sign::Minus,
                (Some(Token::Minus), Sign::Minus) => Sign::Plus,
                (Some(Token::Minus), Sign::PlusMinus) => Sign::MinusPlus,
                (Some(Token::Minus), Sign::MinusPlus) => Sign::PlusMinus,
                (Some(Token::PlusMinus), Sign::Plus) | (Some(Token::MinusPlus), Sign::Minus) => {
                    Sign::PlusMinus
                }
                (Some(Token::PlusMinus | Token::MinusPlus), _) => Sign::MinusPlus,
                _ => return sign,
            };
            self.at += 1;
        }
    }

    fn term(&mut self) -> Result<Expr, Stop> {
        if self.take(&Token::Dollar) {
            let sign = self.signs();
            let amount = self.deeper(Self::term)?;
            let amount = match sign {
                Sign::Plus => amount,
                Sign::Minus => amount.negate(),
                Sign::PlusMinus | Sign::MinusPlus => return Err(Stop::Syntax),
            };
            return Ok(match amount {
                // Two dollars or dollars and a word: the word may scale (`\$3 million`).
                Expr::Measured(inner, unit) if unit.is_scale() => {
                    Expr::Measured(inner, unit.times(units::dollars()))
                }
                Expr::Measured(inner, unit) => Expr::Measured(inner, unit),
                amount => Expr::Measured(Box::new(amount), units::dollars()),
            });
        }
        let mut factors = vec![self.factor()?];
        loop {
            match self.peek() {
                Some(Token::Times) => {
                    self.at += 1;
                    let factor = self.signed_factor()?;
                    factors.push(factor);
                }
                Some(Token::Divide) => {
                    self.at += 1;
                    let below = self.signed_factor()?;
                    let above = Expr::product(std::mem::take(&mut factors));
                    factors.push(match below {
                        // `16/5\%`: nobody divides by a percentage without brackets.
                        Expr::Percent(below) => {
                            Expr::Percent(Box::new(Expr::Quotient(Box::new(above), below)))
                        }
                        below => Expr::Quotient(Box::new(above), Box::new(below)),
                    });
                }
                // `5 kg\%`: the sign is one too many, as in `5\%\%`.
                Some(Token::Percent) if matches!(factors.last(), Some(Expr::Measured(..))) => {
                    self.at += 1
                }
                Some(Token::Dollar) => {
                    self.at += 1;
                    let value = Expr::product(std::mem::take(&mut factors));
                    factors.push(Expr::Measured(Box::new(value), units::dollars()));
                }
                Some(Token::Unit(_)) => {
                    let unit = self.unit()?;
                    let value = Expr::product(std::mem::take(&mut factors));
                    factors.push(match value {
                        // `5\%` of a unit or a unit after degrees: not a measure that is known.
                        Expr::Measured(..) => return Err(Stop::Syntax),
                        Expr::Degree(value)
                            if matches!(unit.to_string().as_str(), "celsius" | "fahrenheit") =>
                        {
                            Expr::Measured(value, unit)
                        }
                        value => Expr::Measured(Box::new(value), unit),
                    });
                }
                // `2 2^{1/2}`: a power beside a number multiplies it.
                Some(Token::Number(_)) if self.peek_at(1) == Some(&Token::Caret) => {
                    let factor = self.factor()?;
                    factors.push(factor);
                }
                Some(Token::Number(_)) => {
                    let mixed = self.mixed_number(&factors).ok_or(Stop::Syntax)?;
                    factors = vec![mixed];
                }
                Some(_) if self.starts_factor() => {
                    // Bare, not in brackets: `3(\frac{1}{2})` is a product.
                    let bare = self.peek() == Some(&Token::Fraction)
                        && matches!(self.tokens[self.at - 1].token, Token::Number(_));
                    let factor = self.factor()?;
                    match mixed(&factors, &factor) {
                        Some(mixed) if bare => factors = vec![mixed],
                        _ => factors.push(factor),
                    }
                }
                _ => return Ok(Expr::product(factors)),
            }
            if factors.len() > MAX_ITEMS {
                return Err(Stop::TooLarge);
            }
        }
    }

    fn signed_factor(&mut self) -> Result<Expr, Stop> {
        match self.signs() {
            Sign::Plus => self.factor(),
            Sign::Minus => Ok(self.factor()?.negate()),
            Sign::PlusMinus | Sign::MinusPlus => Err(Stop::Syntax),
        }
    }

    /// `5 1/81`: a number, then a fraction of two further ones.
    fn mixed_number(&mut self, factors: &[Expr]) -> Option<Expr> {
        let (Token::Number(_), Token::Divide, Token::Number(_)) =
            (self.peek()?, self.peek_at(1)?, self.peek_at(2)?)
        else {
            return None;
        };
        let above = self.factor().ok()?;
        self.at += 1;
        let below = self.factor().ok()?;
        mixed(factors, &Expr::Quotient(Box::new(above), Box::new(below)))
    }

    fn unit(&mut self) -> Result<units::Unit, Stop> {
        let mut whole: Option<units::Unit> = None;
        let mut inverse = false;
        while let Some(Token::Unit(_)) = self.peek() {
            let Some(Token::Unit(mut unit)) = self.next() else {
                return Err(Stop::Syntax);
            };
            if self.take(&Token::Caret) {
                // Not `exponent`, which would take a percent sign behind it too.
                let power = self.deeper(Self::primary)?;
                unit = unit.power(small_integer(&power).ok_or(Stop::Syntax)?);
            }
            if inverse {
                unit = unit.power(-1);
            }
            whole = Some(match whole {
                Some(whole) => whole.times(unit),
                None => unit,
            });
            inverse = matches!(self.peek(), Some(Token::Divide))
                && matches!(self.peek_at(1), Some(Token::Unit(_)));
            let joined = matches!(self.peek(), Some(Token::Times))
                && matches!(self.peek_at(1), Some(Token::Unit(_)));
            self.at += usize::from(inverse || joined);
        }
        whole.ok_or(Stop::Syntax)
    }
}

/// A sum; the unit or percent sign of its last term alone is that of the whole, `1 + \sqrt{2} cm`.
fn sum_of(mut terms: Vec<Expr>) -> Expr {
    let marked =
        |term: &Expr| term.any(&|part| matches!(part, Expr::Measured(..) | Expr::Percent(_)));
    let last = terms.pop();
    if terms.iter().any(marked) {
        terms.extend(last);
        return Expr::Sum(terms);
    }
    match last {
        Some(Expr::Measured(inner, unit)) => {
            terms.push(*inner);
            Expr::Measured(Box::new(Expr::Sum(terms)), unit)
        }
        Some(Expr::Percent(inner)) => {
            terms.push(*inner);
            Expr::Percent(Box::new(Expr::Sum(terms)))
        }
        last => {
            terms.extend(last);
            Expr::Sum(terms)
        }
    }
}

fn small_integer(expr: &Expr) -> Option<i32> {
    match expr {
        Expr::Number { value, .. } if value.is_integer() => {
            value.to_integer().to_i32().filter(|power| power.abs() <= 9)
        }
        _ => None,
    }
}

/// A whole number and a proper fraction side by side: their sum.
fn mixed(factors: &[Expr], fraction: &Expr) -> Option<Expr> {
    let [
        Expr::Number {
            value: whole,
            places: None,
        },
    ] = factors
    else {
        return None;
    };
    let Expr::Quotient(above, below) = fraction else {
        return None;
    };
    let (
        Expr::Number {
            value: above,
            places: None,
        },
        Expr::Number {
            value: below,
            places: None,
        },
    ) = (above.as_ref(), below.as_ref())
    else {
        return None;
    };
    let proper = above.is_integer() && below.is_integer() && above.is_positive() && above < below;
    if !whole.is_integer() || !proper || whole.is_negative() || (whole.is_zero() && below.is_one())
    {
        return None;
    }
    let value: BigRational = whole + above / below;
    Some(Expr::Number {
        value,
        places: None,
    })
}
