//! [`Forms`] builds normal forms. This file has its table of atoms and the arithmetic of forms; the other
//! methods are in:
//!
//! | file | normal forms of |
//! | --- | --- |
//! | `expression` | trees |
//! | `power` | roots and powers |
//! | `transcendental` | exponentials, logarithms, hyperbolic functions |
//! | `trigonometry` | sines, cosines and their inverses |
//! | `reduce` | polynomials, by applying the relations between atoms |

mod expression;
mod power;
mod reduce;
mod transcendental;
mod trigonometry;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed};

use crate::algebra::form::{Atom, Form};
use crate::algebra::poly::{AtomId, Poly, keep_common};
use crate::budget::{Budget, Stop};

/// The atoms of one comparison, and its budget.
#[derive(Debug)]
pub(crate) struct Forms<'b> {
    pub(crate) atoms: Vec<Atom>,
    pub(crate) budget: &'b Budget,
}

/// Atoms of one comparison.
const MAX_ATOMS: usize = 60;

impl<'b> Forms<'b> {
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Self {
            atoms: Vec::new(),
            budget,
        }
    }

    /// The number of an atom in the table, which is the same for equal atoms.
    pub(crate) fn id(&mut self, atom: Atom) -> Result<AtomId, Stop> {
        // Comparing the arguments of atoms may add atoms, such as the cosines that replace squares of sines.
        self.budget.nested(|| self.known_or_new(atom))?
    }

    fn known_or_new(&mut self, atom: Atom) -> Result<AtomId, Stop> {
        for at in 0..self.atoms.len() {
            self.budget.spend(20)?;
            let known = &self.atoms[at];
            if *known == atom {
                return Ok(at);
            }
            let alike = std::mem::discriminant(known) == std::mem::discriminant(&atom);
            if alike && !matches!(atom, Atom::Symbol(_) | Atom::Root(..)) {
                let known = known.clone();
                self.budget.spend(200)?;
                if self.same_arguments(&known, &atom)? {
                    return Ok(at);
                }
            }
        }
        if self.atoms.len() >= MAX_ATOMS {
            return Err(Stop::TooLarge);
        }
        self.atoms.push(atom);
        Ok(self.atoms.len() - 1)
    }

    fn same_arguments(&mut self, left: &Atom, right: &Atom) -> Result<bool, Stop> {
        match (left, right) {
            (Atom::Exp(a), Atom::Exp(b))
            | (Atom::Ln(a), Atom::Ln(b))
            | (Atom::Sin(a), Atom::Sin(b))
            | (Atom::Cos(a), Atom::Cos(b)) => self.same(a, b),
            (Atom::Call(f, a), Atom::Call(g, b)) if f == g => self.same(a, b),
            (Atom::Binomial(a, b), Atom::Binomial(c, d))
            | (Atom::Power(a, b), Atom::Power(c, d)) => Ok(self.same(a, c)? && self.same(b, d)?),
            (Atom::Apply(f, a), Atom::Apply(g, b)) if f == g && a.len() == b.len() => {
                let mut pairs = a.iter().zip(b);
                pairs.try_fold(true, |same, (a, b)| Ok(same && self.same(a, b)?))
            }
            _ => Ok(false),
        }
    }

    pub(crate) fn atom(&mut self, atom: Atom) -> Result<Form, Stop> {
        let id = self.id(atom)?;
        Ok(Poly::term(vec![(id, 1)], BigInt::one()).into())
    }

    pub(crate) fn same(&mut self, left: &Form, right: &Form) -> Result<bool, Stop> {
        Ok(self.difference(left, right)?.is_zero())
    }

    /// A greatest common divisor, paid for.
    pub(crate) fn gcd(&self, a: &BigInt, b: &BigInt) -> Result<BigInt, Stop> {
        self.budget.divide(a.bits() + b.bits())?;
        Ok(a.gcd(b))
    }

    /// A fraction in lowest terms, paid for.
    pub(crate) fn fraction(&self, above: BigInt, below: BigInt) -> Result<BigRational, Stop> {
        self.budget.divide(above.bits() + below.bits())?;
        Ok(BigRational::new(above, below))
    }

    /// `ad - bc` of `a/b` and `c/d`: zero if and only if they are the same form.
    pub(crate) fn difference(&mut self, left: &Form, right: &Form) -> Result<Poly, Stop> {
        if left.below == right.below {
            let difference = left.above.add(&right.above.negated(), self.budget)?;
            return self.reduced(difference);
        }
        let one = left.above.mul(&right.below, self.budget)?;
        let other = right.above.mul(&left.below, self.budget)?;
        let difference = one.add(&other.negated(), self.budget)?;
        self.reduced(difference)
    }

    pub(crate) fn add(&mut self, left: &Form, right: &Form) -> Result<Form, Stop> {
        if left.below == right.below {
            let above = left.above.add(&right.above, self.budget)?;
            return self.quotient(above, left.below.clone());
        }
        let one = left.above.mul(&right.below, self.budget)?;
        let other = right.above.mul(&left.below, self.budget)?;
        let above = one.add(&other, self.budget)?;
        let below = left.below.mul(&right.below, self.budget)?;
        self.quotient(above, below)
    }

    pub(crate) fn mul(&mut self, left: &Form, right: &Form) -> Result<Form, Stop> {
        let above = left.above.mul(&right.above, self.budget)?;
        let below = left.below.mul(&right.below, self.budget)?;
        self.quotient(above, below)
    }

    pub(crate) fn div(&mut self, left: &Form, right: &Form) -> Result<Form, Stop> {
        if right.is_zero() {
            return Err(Stop::Undefined);
        }
        let above = left.above.mul(&right.below, self.budget)?;
        let below = left.below.mul(&right.above, self.budget)?;
        self.quotient(above, below)
    }

    /// A whole power of a form; zero to a negative power is undefined.
    pub(crate) fn pow(&mut self, base: &Form, power: i32) -> Result<Form, Stop> {
        let times = power.unsigned_abs();
        let above = base.above.pow(times, self.budget)?;
        let below = base.below.pow(times, self.budget)?;
        match power {
            0.. => self.quotient(above, below),
            _ if above.is_zero() => Err(Stop::Undefined),
            _ => self.quotient(below, above),
        }
    }

    /// The quotient after applying the relations and cancelling common monomials and common factors of the
    /// coefficients.
    pub(crate) fn quotient(&mut self, above: Poly, below: Poly) -> Result<Form, Stop> {
        let (above, below) = (self.reduced(above)?, self.reduced(below)?);
        if below.is_zero() {
            return Err(Stop::Undefined);
        }
        if below.is_one() {
            return Ok(Form { above, below });
        }
        self.budget
            .spend(20 * (above.factors() + below.factors()))?;
        let mut common = above.common_monomial();
        keep_common(&mut common, &below.common_monomial());
        let above = above.without_monomial(&common);
        let below = below.without_monomial(&common);
        let content = below.content(self.budget)?;
        let divisor = above.content(self.budget)?;
        let divisor = self.gcd(&divisor, &content)? * content.signum();
        Ok(Form {
            above: above.divided(&divisor),
            below: below.divided(&divisor),
        })
    }
}
