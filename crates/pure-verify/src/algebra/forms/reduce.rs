//! Applies the relations between atoms: `i^2 = -1`, `root_k(a)^k = a`, `sin^2 = 1 - cos^2` and
//! `((-1)^n)^2 = 1`.

use num_bigint::BigInt;

use crate::algebra::form::{Atom, Form};
use crate::algebra::forms::Forms;
use crate::algebra::poly::{AtomId, Poly, position};
use crate::budget::Stop;

impl Forms<'_> {
    /// The polynomial with every square of `i` and of sines, and every full power of a root, replaced.
    pub(crate) fn reduced(&mut self, mut poly: Poly) -> Result<Poly, Stop> {
        loop {
            self.budget
                .spend(60 * poly.terms().len() as u64 + 20 * poly.factors())?;
            let factors = poly.terms().iter().flat_map(|(monomial, _)| monomial);
            let reducible = factors.filter_map(|&(atom, power)| {
                let limit = self.relation(atom)?;
                (power >= limit).then_some((atom, limit))
            });
            let Some((atom, limit)) = reducible.min() else {
                return Ok(poly);
            };
            let replacement = self.replacement(atom)?;
            let mut sum = Poly::constant(BigInt::from(0));
            for (monomial, value) in poly.terms() {
                let mut rest = monomial.clone();
                let mut times = 0;
                if let Ok(at) = position(&rest, atom) {
                    times = rest[at].1 / limit;
                    rest[at].1 %= limit;
                    rest.retain(|(_, power)| *power > 0);
                }
                let replaced = replacement.pow(times, self.budget)?;
                let term = Poly::term(rest, value.clone()).mul(&replaced, self.budget)?;
                sum = sum.add(&term, self.budget)?;
            }
            poly = sum;
        }
    }

    /// The power of an atom that a relation replaces.
    fn relation(&self, atom: AtomId) -> Option<u32> {
        match &self.atoms[atom] {
            Atom::Imaginary | Atom::Sin(_) => Some(2),
            Atom::Power(base, exponent) if self.is_sign(base, exponent) => Some(2),
            Atom::Root(index, _) => Some(*index),
            _ => None,
        }
    }

    /// `(-1)^n`, in which `n` is taken for an integer, so that its square is one.
    fn is_sign(&self, base: &Form, exponent: &Form) -> bool {
        let whole = |atom: AtomId| matches!(self.atoms[atom], Atom::Symbol(_));
        base.above.as_constant() == Some(BigInt::from(-1))
            && base.below.is_one()
            && exponent.below.is_one()
            && exponent.above.atoms().into_iter().all(whole)
    }

    fn replacement(&mut self, atom: AtomId) -> Result<Poly, Stop> {
        match self.atoms[atom].clone() {
            Atom::Imaginary => Ok(Poly::constant(BigInt::from(-1))),
            Atom::Power(..) => Ok(Poly::one()),
            Atom::Root(_, inner) => Ok(inner),
            Atom::Sin(argument) => {
                let cosine = self.id(Atom::Cos(argument))?;
                let square = Poly::term(vec![(cosine, 2)], BigInt::from(-1));
                Poly::one().add(&square, self.budget)
            }
            _ => Err(Stop::Syntax),
        }
    }
}
