//! Quantities with units.

use crate::compare::comparison::{Comparison, Outcome};
use crate::expr::Expr;
use crate::expr::rational::Rational;
use crate::expr::unit::Unit;
use crate::verdict::Reason;

impl Comparison<'_> {
    /// A number with a unit against anything.
    pub(crate) fn quantities(&mut self, number: &Expr, unit: &Unit, other: &Expr) -> Outcome {
        let scaled = |value: &Expr, scale: &Rational| {
            Expr::product(vec![Expr::rational(scale.0.clone()), value.clone()])
        };
        match other {
            // `3 million` is a number.
            other if unit.is_scale() => self.compare(&scaled(number, &unit.scale), other),
            Expr::Measured(inner, scale) if scale.is_scale() => {
                let other = scaled(inner, &scale.scale);
                self.compare(
                    &Expr::Measured(Box::new(number.clone()), unit.clone()),
                    &other,
                )
            }
            Expr::Measured(_, other_unit) if !unit.same_dimension(other_unit) => {
                Err(Reason::DifferentUnits)
            }
            Expr::Measured(inner, other_unit) if unit.scale == other_unit.scale => {
                self.compare(number, inner)
            }
            Expr::Measured(inner, other_unit) => {
                let other = scaled(inner, &other_unit.scale);
                self.compare(&scaled(number, &unit.scale), &other)
            }
            Expr::Percent(_) | Expr::Degree(_) => Err(Reason::DifferentUnits),
            other => self.compare(number, other),
        }
    }
}
