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

use crate::algebra::evaluate::Evaluator;
use crate::algebra::form::Atom;
use crate::algebra::poly::{AtomId, Poly};
use crate::budget::Stop;
use crate::expr::Function;

/// The most bits that a separation bound may ask for.
const MAX_SEPARATION_BITS: f64 = 6_000.0;

/// `n` such that the value of `poly` is zero if it is below `2^-n`; [`Stop::Syntax`] where more than roots
/// occur in it.
pub(crate) fn separation(poly: &Poly, evaluator: &mut Evaluator<'_>) -> Result<u64, Stop> {
    let mut bounds = Bounds {
        of_atoms: vec![None; evaluator.atoms.len()],
        evaluator,
        degree: 1.0,
    };
    let bound = bounds.of(poly)?;
    let bits = (bounds.degree - 1.0) * bound.above + bound.below + 2.0;
    if bits > MAX_SEPARATION_BITS {
        Err(Stop::TooLarge)
    } else {
        Ok(bits as u64)
    }
}

/// Logarithms to base two of the bounds `u` and `l`.
#[derive(Debug, Clone, Copy)]
struct Bound {
    above: f64,
    below: f64,
}

impl Bound {
    /// Of a whole number of so many bits.
    fn of_whole(bits: u64) -> Self {
        Self {
            above: bits as f64,
            below: 0.0,
        }
    }
}

/// Computes the bounds `u` and `l`, and remembers those of atoms.
struct Bounds<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    of_atoms: Vec<Option<Bound>>,
    /// `D`.
    degree: f64,
}

impl Bounds<'_, '_> {
    fn of(&mut self, poly: &Poly) -> Result<Bound, Stop> {
        let mut sum: Option<Bound> = None;
        for (monomial, value) in poly.terms() {
            let mut term = Bound::of_whole(value.bits());
            for &(atom, power) in monomial {
                let bound = self.of_known_atom(atom)?;
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
        sum.ok_or(Stop::Syntax)
    }

    fn of_known_atom(&mut self, id: AtomId) -> Result<Bound, Stop> {
        if let Some(known) = self.of_atoms[id] {
            return Ok(known);
        }
        let budget = self.evaluator.precision.budget;
        let bound = budget.nested(|| self.of_atom(id))??;
        self.of_atoms[id] = Some(bound);
        Ok(bound)
    }

    fn of_atom(&mut self, id: AtomId) -> Result<Bound, Stop> {
        if let Some((_, value)) = self.evaluator.point.iter().find(|(atom, _)| *atom == id) {
            return Ok(Bound {
                above: value.numer().bits() as f64,
                below: value.denom().bits() as f64,
            });
        }
        let atoms = self.evaluator.atoms;
        match &atoms[id] {
            Atom::Imaginary => Ok(Bound::of_whole(0)),
            Atom::Root(index, inner) => {
                let bound = self.of(inner)?;
                let index = f64::from(*index);
                self.degree *= index;
                Ok(Bound {
                    above: (bound.above + (index - 1.0) * bound.below) / index,
                    below: bound.below,
                })
            }
            // |a| is a or -a; a rounded number is a whole one.
            Atom::Call(Function::Abs, inner) => {
                let (above, below) = (self.of(&inner.above)?, self.of(&inner.below)?);
                Ok(Bound {
                    above: above.above + below.below,
                    below: above.below + below.above,
                })
            }
            Atom::Call(Function::Floor | Function::Ceil | Function::Factorial, _)
            | Atom::Binomial(..) => {
                let magnitude = self.evaluator.atom(id)?.real.magnitude();
                let bits = self.evaluator.precision.bits;
                Ok(Bound::of_whole(magnitude.bits().saturating_sub(bits)))
            }
            _ => Err(Stop::Syntax),
        }
    }
}
