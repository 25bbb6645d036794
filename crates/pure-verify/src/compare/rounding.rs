//! Decimals that equal every number that rounds to them, under [`Decimals::Rounded`].

use num_rational::BigRational;
use num_traits::Signed;

use crate::algebra::decide::within;
use crate::compare::comparison::Comparison;
use crate::expr::Expr;
use crate::expr::rational::Rational;
use crate::verdict::Decimals;

impl Comparison<'_> {
    /// Whether `value` rounds to the written decimal.
    pub(crate) fn rounds(&mut self, written: &Expr, value: &Rational) -> bool {
        let Some((written, half)) = self.half_unit(written) else {
            return false;
        };
        let paid = self.forms.budget.divide(written.bits() + value.bits());
        paid.is_ok() && Rational((written.0 - &value.0).abs()) <= half
    }

    /// The value of a written decimal and half a unit of its last place, under [`Decimals::Rounded`].
    fn half_unit(&mut self, written: &Expr) -> Option<(Rational, Rational)> {
        if self.decimals == Decimals::Exact {
            return None;
        }
        let (value, places) = match written {
            Expr::Number { value, places } => (value.clone(), (*places)?),
            Expr::Negative(inner) => {
                let (value, half) = self.half_unit(inner)?;
                return Some((Rational(-value.0), half));
            }
            _ => return None,
        };
        self.forms.budget.divide(4 * u64::from(places)).ok()?;
        let unit = num_traits::Pow::pow(BigRational::from_integer(10.into()), places);
        let half = (unit * BigRational::from_integer(2.into())).recip();
        Some((value, Rational(half)))
    }

    /// Whether one is a written decimal and the other certainly rounds to it.
    pub(crate) fn close(&mut self, a: &Expr, b: &Expr) -> bool {
        let (written, other) = match (self.half_unit(a), self.half_unit(b)) {
            (Some(written), _) => (written, b),
            (None, Some(written)) => (written, a),
            (None, None) => return false,
        };
        within(&mut self.forms, other, &written.0, &written.1)
    }
}
