//! The part of [`Parser`] for sums, products, units and dollar signs.

use num_traits::ToPrimitive;

use crate::budget::{MAX_DEPTH, MAX_ITEMS, Stop};
use crate::expr::Expr;
use crate::expr::unit::Unit;
use crate::parse::grammar::mixed::mixed;
use crate::parse::grammar::parser::Parser;
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
        let mut sign = self.sign(Sign::Plus);
        loop {
            let term = self.term()?;
            terms.push(match sign {
                Sign::Plus => term,
                Sign::Minus => term.negate(),
                Sign::PlusMinus => term.plus_minus(false),
                Sign::MinusPlus => term.plus_minus(true),
            });
            if !self.at_sign() {
                break;
            }
            // The sign between two terms, and the second one's own.
            sign = self.sign(Sign::Plus);
            sign = self.sign(sign);
        }
        self.pay(start)?;
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

    /// The sign that comes next, if there is one, combined with the one before. A third sign, or two before
    /// a first term, is no usual notation, so `--5` is not read; minus five negated is written `-(-5)`.
    fn sign(&mut self, before: Sign) -> Sign {
        let sign = match (self.peek(), before) {
            (Some(Token::Plus), before) => before,
            (Some(Token::Minus), Sign::Plus) => Sign::Minus,
            (Some(Token::Minus), Sign::Minus) => Sign::Plus,
            (Some(Token::Minus), Sign::PlusMinus) => Sign::MinusPlus,
            (Some(Token::Minus), Sign::MinusPlus) => Sign::PlusMinus,
            (Some(Token::PlusMinus), Sign::Plus) | (Some(Token::MinusPlus), Sign::Minus) => {
                Sign::PlusMinus
            }
            (Some(Token::PlusMinus | Token::MinusPlus), _) => Sign::MinusPlus,
            _ => return before,
        };
        self.at += 1;
        sign
    }

    fn term(&mut self) -> Result<Expr, Stop> {
        if self.take(&Token::Dollar) {
            let sign = self.sign(Sign::Plus);
            let amount = self.deeper(Self::term)?;
            let amount = match sign {
                Sign::Plus => amount,
                Sign::Minus => amount.negate(),
                Sign::PlusMinus | Sign::MinusPlus => return Err(Stop::Syntax),
            };
            return Ok(match amount {
                // Two dollars or dollars and a word: the word may scale (`\$3 million`).
                Expr::Measured(inner, unit) if unit.is_scale => {
                    Expr::Measured(inner, unit.times(units::dollars()))
                }
                Expr::Measured(inner, unit) => Expr::Measured(inner, unit),
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
                    let factor = self.signed_factor()?;
                    factors.push(factor);
                }
                Some(Token::Divide) => {
                    self.at += 1;
                    levels += 1;
                    let below = self.signed_factor()?;
                    let above = Expr::product(std::mem::take(&mut factors));
                    factors.push(match below {
                        // `16/5\%`, `990/7^\circ`: nobody divides by these without brackets.
                        Expr::Percent(below) => {
                            Expr::Percent(Box::new(Expr::Quotient(Box::new(above), below)))
                        }
                        Expr::Degree(below) => {
                            Expr::Degree(Box::new(Expr::Quotient(Box::new(above), below)))
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
                    let bare = (self.peek() == Some(&Token::Fraction) || self.is_old_fraction())
                        && matches!(self.tokens[self.at - 1].token, Token::Number(_));
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

    fn signed_factor(&mut self) -> Result<Expr, Stop> {
        match self.sign(Sign::Plus) {
            Sign::Plus => self.factor(),
            Sign::Minus => Ok(self.factor()?.negate()),
            Sign::PlusMinus | Sign::MinusPlus => Err(Stop::Syntax),
        }
    }

    fn unit(&mut self) -> Result<Unit, Stop> {
        let mut whole: Option<Unit> = None;
        let mut inverse = false;
        let mut units = 0;
        while let Some(Token::Unit(_)) = self.peek() {
            units += 1;
            if units > MAX_UNITS {
                return Err(Stop::TooLarge);
            }
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
        Expr::Number { value, .. } if value.is_integer() => value
            .to_integer()
            .to_i32()
            .filter(|power| power.unsigned_abs() <= 9),
        _ => None,
    }
}
