//! How near zero a number that is not zero can be.
//!
//! The separation bound is that of Burnikel, Funke, Mehlhorn, Schirra and Schmitt (BFMSS). An
//! expression of integers with `+ - * /` and roots is rewritten as `U/L` without divisions; `U` is an
//! algebraic integer of degree at most `D`, the product of the indices of the roots, and all its
//! conjugates are at most `u`. Their product is a whole number, so unless it is zero,
//!
//! ```text
//! |U/L| >= 1 / (u^(D-1) l)      u(ab) = u(a) u(b)      u(a + b) = u(a) l(b) + l(a) u(b)
//!                               l(ab) = l(a) l(b)      l(a + b) = l(a) l(b)
//!                               u(root_k a) = (u(a) l(a)^(k-1))^(1/k)      l(root_k a) = l(a)
//! ```

use num_rational::BigRational;
use num_traits::Signed;

use crate::budget::Stop;
use crate::decide::Looked;
use crate::evaluate::Evaluator;
use crate::expr::Function;
use crate::form::Atom;
use crate::poly::{AtomId, Poly};

/// The most bits that a separation bound may ask for.
const MAX_SEPARATION_BITS: f64 = 6_000.0;

impl Looked<'_> {
    /// Bits below which a difference of roots can only be zero; none where more than roots occur.
    pub(crate) fn separation(
        &mut self,
        evaluator: &mut Evaluator<'_>,
    ) -> Result<Option<f64>, Stop> {
        let mut degree = 1.0;
        let mut sizes = vec![None; self.atoms.len()];
        let Some(size) = self.size(self.difference, evaluator, &mut sizes, &mut degree)? else {
            return Ok(None);
        };
        let bits = (degree - 1.0) * size.above + size.below + 2.0;
        if bits > MAX_SEPARATION_BITS {
            Err(Stop::TooLarge)
        } else {
            Ok(Some(bits))
        }
    }

    fn size(
        &mut self,
        poly: &Poly,
        evaluator: &mut Evaluator<'_>,
        sizes: &mut Vec<Option<Size>>,
        degree: &mut f64,
    ) -> Result<Option<Size>, Stop> {
        let mut sum: Option<Size> = None;
        for (monomial, value) in poly.terms() {
            let mut term = Size {
                above: value.bits() as f64,
                below: 0.0,
            };
            for &(atom, power) in monomial {
                if sizes[atom].is_none() {
                    self.budget.open()?;
                    let size = self.size_of_atom(atom, evaluator, sizes, degree);
                    self.budget.close();
                    let Some(size) = size? else {
                        return Ok(None);
                    };
                    sizes[atom] = Some(size);
                }
                let Some(size) = sizes[atom] else {
                    return Ok(None);
                };
                term.above += f64::from(power) * size.above;
                term.below += f64::from(power) * size.below;
            }
            sum = Some(match sum {
                None => term,
                Some(sum) => Size {
                    above: (sum.above + term.below).max(term.above + sum.below) + 1.0,
                    below: sum.below + term.below,
                },
            });
        }
        Ok(sum)
    }

    fn size_of_atom(
        &mut self,
        id: AtomId,
        evaluator: &mut Evaluator<'_>,
        sizes: &mut Vec<Option<Size>>,
        degree: &mut f64,
    ) -> Result<Option<Size>, Stop> {
        if let Some((_, value)) = evaluator.point.iter().find(|(atom, _)| *atom == id) {
            return Ok(Some(Size::of(value)));
        }
        let atoms = self.atoms;
        match &atoms[id] {
            Atom::Imaginary => Ok(Some(Size {
                above: 0.0,
                below: 0.0,
            })),
            Atom::Root(index, inner) => {
                let Some(size) = self.size(inner, evaluator, sizes, degree)? else {
                    return Ok(None);
                };
                let index = f64::from(*index);
                *degree *= index;
                Ok(Some(Size {
                    above: (size.above + (index - 1.0) * size.below) / index,
                    below: size.below,
                }))
            }
            // |a| is a or -a; a rounded number is a whole one.
            Atom::Call(Function::Abs, inner) => {
                let above = self.size(&inner.above, evaluator, sizes, degree)?;
                let below = self.size(&inner.below, evaluator, sizes, degree)?;
                Ok(above.zip(below).map(|(above, below)| Size {
                    above: above.above + below.below,
                    below: above.below + below.above,
                }))
            }
            Atom::Call(Function::Floor | Function::Ceil | Function::Factorial, _)
            | Atom::Binomial(..) => {
                let value = evaluator.atom(id, self.budget)?;
                let bits = value
                    .real
                    .magnitude()
                    .bits()
                    .saturating_sub(evaluator.precision.bits);
                Ok(Some(Size {
                    above: bits as f64,
                    below: 0.0,
                }))
            }
            _ => Ok(None),
        }
    }
}

/// Logarithms to base two of the bounds `u` and `l`.
#[derive(Debug, Clone, Copy)]
struct Size {
    above: f64,
    below: f64,
}

impl Size {
    fn of(value: &BigRational) -> Self {
        Self {
            above: value.numer().abs().bits() as f64,
            below: value.denom().bits() as f64,
        }
    }
}
