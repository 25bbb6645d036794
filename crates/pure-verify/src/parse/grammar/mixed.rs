//! The part of [`Parser`] for mixed numbers: an integer beside a proper fraction is their sum.

use num_traits::Signed;

use crate::budget::Budget;
use crate::expr::Expr;
use crate::expr::rational::Rational;
use crate::parse::grammar::parser::Parser;
use crate::parse::tokens::token::Token;

impl Parser<'_> {
    /// `5 1/81`: a number, then a fraction of two further ones.
    pub(crate) fn mixed_number(&mut self, factors: &[Expr]) -> Option<Expr> {
        let (Token::Number(_), Token::Divide, Token::Number(_)) =
            (self.peek()?, self.peek_at(1)?, self.peek_at(2)?)
        else {
            return None;
        };
        let above = self.factor().ok()?;
        self.at += 1;
        let below = self.factor().ok()?;
        let fraction = Expr::Quotient(Box::new(above), Box::new(below));
        mixed(factors, &fraction, self.budget)
    }

    /// Whether `{1 \over 2}` comes next, which is `\frac{1}{2}` in old notation.
    pub(crate) fn is_old_fraction(&self) -> bool {
        self.peek() == Some(&Token::Open('g'))
            && matches!(self.peek_at(1), Some(Token::Number(_)))
            && self.peek_at(2) == Some(&Token::Over)
    }
}

/// A whole number and a proper fraction side by side: their sum. The sign behind the fraction is
/// that of the whole: `22\frac{1}{2}^\circ`.
pub(crate) fn mixed(factors: &[Expr], fraction: &Expr, budget: &Budget) -> Option<Expr> {
    let (above, below) = match fraction {
        Expr::Percent(inner) => {
            return Some(Expr::Percent(Box::new(mixed(factors, inner, budget)?)));
        }
        Expr::Degree(inner) => return Some(Expr::Degree(Box::new(mixed(factors, inner, budget)?))),
        Expr::Quotient(above, below) => (integer(above)?, integer(below)?),
        _ => return None,
    };
    let [factor] = factors else {
        return None;
    };
    let whole = integer(factor)?;
    if whole.is_negative() || !above.is_positive() || above >= below {
        return None;
    }
    budget.divide(whole.bits() + 2 * below.bits()).ok()?;
    Some(Expr::rational(&whole.0 + &above.0 / &below.0))
}

/// The value of an integer that was written without a point.
fn integer(expr: &Expr) -> Option<&Rational> {
    match expr {
        Expr::Number {
            value,
            places: None,
        } if value.is_integer() => Some(value),
        _ => None,
    }
}
