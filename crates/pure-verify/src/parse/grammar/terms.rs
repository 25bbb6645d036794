//! The part of [`Parser`] for sums, products, units and dollar signs.

use num_traits::ToPrimitive;

use crate::budget::{MAX_DEPTH, MAX_ITEMS, Stop};
use crate::expr::Expr;
use crate::expr::unit::Unit;
use crate::parse::grammar::mixed::mixed;
use crate::parse::grammar::parser::{Parser, one_or};
use crate::parse::tokens::token::Token;
use crate::parse::tokens::units;

/// Units that may be multiplied with each other.
const MAX_UNITS: usize = 8;

#[derive(Clone, Copy)]
enum Sign {
    Plus,
    Minus,
    PlusMinus,
    MinusPlus,
}

impl Parser<'_> {
    pub(crate) fn sum(&mut self) -> Result<Expr, Stop> {
        let start = self.at;
        let mut terms = Vec::new();
        let mut next = Some(self.sign(Sign::Plus).unwrap_or(Sign::Plus));
        while let Some(sign) = next {
            let term = self.term()?;
            terms.push(match sign {
                Sign::Plus => term,
                Sign::Minus => term.negate(),
                Sign::PlusMinus => term.plus_minus(false),
                Sign::MinusPlus => term.plus_minus(true),
            });
            // The sign between two terms, and the second one's own.
            next = self.sign(Sign::Plus);
            next = next.map(|sign| self.sign(sign).unwrap_or(sign));
        }
        self.pay(start)?;
        let sum = one_or(terms, sum_of);
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

    /// The sign that comes next, if there is one, combined with the one before. A third sign, or two before
    /// a first term, is no usual notation, so `--5` is not read; minus five negated is written `-(-5)`.
    fn sign(&mut self, before: Sign) -> Option<Sign> {
        let sign = match (self.peek()?, before) {
            (Token::Plus, before) => before,
            (Token::Minus, Sign::Plus) => Sign::Minus,
            (Token::Minus, Sign::Minus) => Sign::Plus,
            (Token::Minus, Sign::PlusMinus) => Sign::MinusPlus,
            (Token::Minus, Sign::MinusPlus) => Sign::PlusMinus,
            (Token::PlusMinus, Sign::Plus) | (Token::MinusPlus, Sign::Minus) => Sign::PlusMinus,
            (Token::PlusMinus | Token::MinusPlus, _) => Sign::MinusPlus,
            _ => return None,
        };
        self.at += 1;
        Some(sign)
    }

    fn term(&mut self) -> Result<Expr, Stop> {
        if self.take(&Token::Dollar) {
            let sign = self.sign(Sign::Plus);
            let amount = self.deeper(Self::term)?;
            let amount = match sign.unwrap_or(Sign::Plus) {
                Sign::Plus => amount,
                Sign::Minus => amount.negate(),
                Sign::PlusMinus | Sign::MinusPlus => return Err(Stop::Syntax),
            };
            return Ok(match amount {
                // Two dollars or dollars and a word: the word may scale (`\$3 million`).
                Expr::Measured(inner, unit) if unit.is_scale => {
                    Expr::Measured(inner, unit.times(units::dollars()))
                }
                Expr::Measured(..) => amount,
                amount => Expr::Measured(Box::new(amount), units::dollars()),
            });
        }
        let mut factors = vec![self.factor()?];
        // How often the factors so far have become one operand: twice in `1/2/3`.
        let mut levels = 0;
        loop {
            match self.peek() {
                Some(Token::Times) => {
                    self.at += 1;
                    factors.push(self.signed_factor()?);
                }
                Some(Token::Divide) => {
                    self.at += 1;
                    levels += 1;
                    let below = self.signed_factor()?;
                    let above = Box::new(Expr::product(std::mem::take(&mut factors)));
                    factors.push(match below {
                        // `16/5\%`, `990/7^\circ`: nobody divides by these without brackets.
                        Expr::Percent(below) => {
                            Expr::Percent(Box::new(Expr::Quotient(above, below)))
                        }
                        Expr::Degree(below) => Expr::Degree(Box::new(Expr::Quotient(above, below))),
                        below => Expr::Quotient(above, Box::new(below)),
                    });
                }
                // `5 kg\%`: the sign is one too many, as in `5\%\%`.
                Some(Token::Percent) if matches!(factors.last(), Some(Expr::Measured(..))) => {
                    self.at += 1
                }
                Some(Token::Dollar) => {
                    self.at += 1;
                    levels += 1;
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
                // `2 2^{1/2}`: a power beside a number multiplies it, and so does `4!` in `3!\,4!`.
                Some(Token::Number(_))
                    if self.peek_at(1) == Some(&Token::Caret) || self.is_between_factorials() =>
                {
                    factors.push(self.factor()?);
                }
                Some(Token::Number(_)) => {
                    factors = vec![self.mixed_number(&factors).ok_or(Stop::Syntax)?];
                }
                Some(_) if self.starts_factor() => {
                    // Bare, not in brackets: `3(\frac{1}{2})` is a product.
                    let bare = (self.peek() == Some(&Token::Fraction) || self.is_old_fraction())
                        && matches!(self.tokens[self.at - 1], Token::Number(_));
                    let factor = self.factor()?;
                    match mixed(&factors, &factor, self.budget) {
                        Some(mixed) if bare => factors = vec![mixed],
                        _ => factors.push(factor),
                    }
                }
                _ => return Ok(Expr::product(factors)),
            }
            if factors.len() > MAX_ITEMS || levels > MAX_DEPTH {
                return Err(Stop::TooLarge);
            }
        }
    }

    /// Whether one factorial ends here and another one begins.
    fn is_between_factorials(&self) -> bool {
        self.tokens[self.at - 1] == Token::Bang && self.peek_at(1) == Some(&Token::Bang)
    }

    fn signed_factor(&mut self) -> Result<Expr, Stop> {
        match self.sign(Sign::Plus).unwrap_or(Sign::Plus) {
            Sign::Plus => self.factor(),
            Sign::Minus => Ok(self.factor()?.negate()),
            Sign::PlusMinus | Sign::MinusPlus => Err(Stop::Syntax),
        }
    }

    fn unit(&mut self) -> Result<Unit, Stop> {
        let mut whole: Option<Unit> = None;
        let mut inverse = false;
        let mut units = 0;
        while let Some(Token::Unit(mut unit)) = self.peek().cloned() {
            self.at += 1;
            units += 1;
            if units > MAX_UNITS {
                return Err(Stop::TooLarge);
            }
            if self.take(&Token::Caret) {
                // Not `exponent`, which would take a percent sign behind it too.
                let power = self.deeper(Self::primary)?;
                unit = unit.power(small_integer(&power).ok_or(Stop::Syntax)?);
            }
            if inverse {
                unit = unit.power(-1);
            }
            whole = Some(unit.behind(whole));
            let joined = matches!(self.peek_at(1), Some(Token::Unit(_)));
            inverse = joined && self.peek() == Some(&Token::Divide);
            let times = joined && self.peek() == Some(&Token::Times);
            self.at += usize::from(inverse || times);
        }
        whole.ok_or(Stop::Syntax)
    }
}

/// A sum; the unit or percent sign of its last term alone is that of the whole, `1 + \sqrt{2} cm`.
fn sum_of(mut terms: Vec<Expr>) -> Expr {
    let marked =
        |term: &Expr| term.any(&|part| matches!(part, Expr::Measured(..) | Expr::Percent(_)));
    let last = terms.pop();
    let alone = !terms.iter().any(marked);
    match last {
        Some(Expr::Measured(inner, unit)) if alone => {
            terms.push(*inner);
            Expr::Measured(Box::new(Expr::Sum(terms)), unit)
        }
        Some(Expr::Percent(inner)) if alone => {
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
            value.to_i32().filter(|power| (-9..=9).contains(power))
        }
        _ => None,
    }
}
