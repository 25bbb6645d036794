//! A lower bound for the absolute value of an algebraic number that is not zero.
//!
//! The separation bound is that of Burnikel, Funke, Mehlhorn, Schirra and Schmitt (BFMSS). An
//! expression of integers with `+ - * /` and roots is rewritten as `U/L` without divisions; `U` is an
//! algebraic integer of degree at most `D`, the product of the indices of the roots, and all its
//! conjugates are at most `u`. The product of the conjugates is an integer, so unless it is zero,
//!
//! ```text
//! |U/L| >= 1 / (u^(D-1) l)      u(ab) = u(a) u(b)      u(a + b) = u(a) l(b) + l(a) u(b)
//!                               l(ab) = l(a) l(b)      l(a + b) = l(a) l(b)
//!                               u(root_k a) = (u(a) l(a)^(k-1))^(1/k)      l(root_k a) = l(a)
//! ```

use num_rational::BigRational;
use num_traits::Signed;

use crate::algebra::evaluate::Evaluator;
use crate::algebra::form::Atom;
use crate::algebra::poly::{AtomId, Poly};
use crate::budget::{Budget, Stop};
use crate::expr::Function;

/// The most bits that a separation bound may ask for.
const MAX_SEPARATION_BITS: f64 = 6_000.0;

/// `n` such that the value of `poly` is zero if it is below `2^-n`; none where more than roots occur in it.
pub(crate) fn separation(
    poly: &Poly,
    evaluator: &mut Evaluator<'_>,
    budget: &mut Budget,
) -> Result<Option<f64>, Stop> {
    let mut bounds = Bounds {
        of_atoms: vec![None; evaluator.atoms.len()],
        evaluator,
        budget,
        degree: 1.0,
    };
    let Some(bound) = bounds.of(poly)? else {
        return Ok(None);
    };
    let bits = (bounds.degree - 1.0) * bound.above + bound.below + 2.0;
    if bits > MAX_SEPARATION_BITS {
        Err(Stop::TooLarge)
    } else {
        Ok(Some(bits))
    }
}

/// Logarithms to base two of the bounds `u` and `l`.
#[derive(Debug, Clone, Copy)]
struct Bound {
    above: f64,
    below: f64,
}

impl Bound {
    fn of_number(value: &BigRational) -> Self {
        Self {
            above: value.numer().abs().bits() as f64,
            below: value.denom().bits() as f64,
        }
    }
}

/// Computes the bounds `u` and `l`, and remembers those of atoms.
struct Bounds<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    budget: &'e mut Budget,
    of_atoms: Vec<Option<Bound>>,
    /// `D`.
    degree: f64,
}

impl Bounds<'_, '_> {
    fn of(&mut self, poly: &Poly) -> Result<Option<Bound>, Stop> {
        let mut sum: Option<Bound> = None;
        for (monomial, value) in poly.terms() {
            let mut term = Bound {
                above: value.bits() as f64,
                below: 0.0,
            };
            for &(atom, power) in monomial {
                let Some(bound) = self.of_known_atom(atom)? else {
                    return Ok(None);
                };
                term.above += f64::from(power) * bound.above;
                term.below += f64::from(power) * bound.below;
            }
            sum = Some(match sum {
                None => term,
                Some(sum) => Bound {
                    above: (sum.above + term.below).max(term.above + sum.below) + 1.0,
                    below: sum.below + term.below,
                },
            });
        }
        Ok(sum)
    }

    fn of_known_atom(&mut self, id: AtomId) -> Result<Option<Bound>, Stop> {
        if self.of_atoms[id].is_none() {
            self.budget.open()?;
            let bound = self.of_atom(id);
            self.budget.close();
            self.of_atoms[id] = bound?;
        }
        Ok(self.of_atoms[id])
    }

    fn of_atom(&mut self, id: AtomId) -> Result<Option<Bound>, Stop> {
        if let Some((_, value)) = self.evaluator.point.iter().find(|(atom, _)| *atom == id) {
            return Ok(Some(Bound::of_number(value)));
        }
        let atoms = self.evaluator.atoms;
        match &atoms[id] {
            Atom::Imaginary => Ok(Some(Bound {
                above: 0.0,
                below: 0.0,
            })),
            Atom::Root(index, inner) => {
                let Some(bound) = self.of(inner)? else {
                    return Ok(None);
                };
                let index = f64::from(*index);
                self.degree *= index;
                Ok(Some(Bound {
                    above: (bound.above + (index - 1.0) * bound.below) / index,
                    below: bound.below,
                }))
            }
            // |a| is a or -a; a rounded number is a whole one.
            Atom::Call(Function::Abs, inner) => {
                let (above, below) = (self.of(&inner.above)?, self.of(&inner.below)?);
                Ok(above.zip(below).map(|(above, below)| Bound {
                    above: above.above + below.below,
                    below: above.below + below.above,
                }))
            }
            Atom::Call(Function::Floor | Function::Ceil | Function::Factorial, _)
            | Atom::Binomial(..) => {
                let magnitude = self.evaluator.atom(id, self.budget)?.real.magnitude();
                let bits = magnitude
                    .bits()
                    .saturating_sub(self.evaluator.precision.bits);
                Ok(Some(Bound {
                    above: bits as f64,
                    below: 0.0,
                }))
            }
            _ => Ok(None),
        }
    }
}
