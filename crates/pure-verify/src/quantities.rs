//! Quantities with units.

use crate::compare::{Comparison, Outcome};
use crate::expr::Expr;
use crate::rational::Rational;
use crate::verdict::Reason;

impl Comparison<'_> {
    pub(crate) fn quantities(&mut self, a: &Expr, b: &Expr) -> Outcome {
        let scaled = |value: &Expr, scale: &Rational| {
            let scale = Expr::rational(scale.0.clone());
            Expr::product(vec![scale, value.clone()])
        };
        match (a, b) {
            // `3 million` is a number.
            (Expr::Measured(inner, unit), other) if unit.is_scale() => {
                self.compare(&scaled(inner, &unit.scale), other)
            }
            (other, Expr::Measured(inner, unit)) if unit.is_scale() => {
                self.compare(other, &scaled(inner, &unit.scale))
            }
            (Expr::Measured(a, unit), Expr::Measured(b, other)) => {
                if !unit.same_dimension(other) {
                    return Err(Reason::DifferentUnits);
                }
                if unit.scale == other.scale {
                    return self.compare(a, b);
                }
                self.compare(&scaled(a, &unit.scale), &scaled(b, &other.scale))
            }
            (Expr::Measured(inner, _), other) | (other, Expr::Measured(inner, _)) => {
                if matches!(other, Expr::Percent(_) | Expr::Degree(_)) {
                    return Err(Reason::DifferentUnits);
                }
                self.compare(inner, other)
            }
            _ => Err(Reason::DifferentUnits),
        }
    }
}
