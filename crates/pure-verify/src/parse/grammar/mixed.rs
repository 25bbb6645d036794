//! The part of [`Parser`] for mixed numbers: an integer beside a proper fraction is their sum.

use num_traits::{One, Signed, Zero};

use crate::budget::Budget;
use crate::expr::Expr;
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
        matches!(
            (self.peek(), self.peek_at(1), self.peek_at(2)),
            (
                Some(Token::Open('g')),
                Some(Token::Number(_)),
                Some(Token::Over)
            )
        )
    }
}

/// A whole number and a proper fraction side by side: their sum. The sign behind the fraction is
/// that of the whole: `22\frac{1}{2}^\circ`.
pub(crate) fn mixed(factors: &[Expr], fraction: &Expr, budget: &Budget) -> Option<Expr> {
    match fraction {
        Expr::Percent(inner) => {
            return mixed(factors, inner, budget).map(|sum| Expr::Percent(Box::new(sum)));
        }
        Expr::Degree(inner) => {
            return mixed(factors, inner, budget).map(|sum| Expr::Degree(Box::new(sum)));
        }
        _ => {}
    }
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
    budget.divide(whole.bits() + 2 * below.bits()).ok()?;
    Some(Expr::rational(&whole.0 + &above.0 / &below.0))
}
