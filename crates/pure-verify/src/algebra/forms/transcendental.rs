//! Exponentials, hyperbolic functions and logarithms in normal form.
//!
//! Exponentials of sums are expanded, `e^(a+b) = e^a e^b`, and those of integer multiples too, so that only
//! `e^a` of single terms remain as atoms; `e^(i pi r)` becomes `cos(pi r) + i sin(pi r)`. Logarithms of
//! rationals are sums of logarithms of primes. `log` without a base is the decimal one.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive};

use crate::algebra::form::{Atom, Form};
use crate::algebra::forms::Forms;
use crate::algebra::integers::prime_factors;
use crate::algebra::poly::Poly;
use crate::budget::Stop;
use crate::expr::Function;

impl Forms<'_> {
    pub(crate) fn exp(&mut self, exponent: &Form) -> Result<Form, Stop> {
        let mut result = Form::integer(1);
        for (coefficient, rest) in self.terms_of(exponent)? {
            let factor = match self.angle(&rest)? {
                Some(angle) => {
                    // e^(i pi r).
                    let angle = self.multiple_of_pi(&(angle * &coefficient))?;
                    let (sin, cos) = self.sin_cos(&angle)?;
                    let imaginary = self.atom(Atom::Imaginary)?;
                    let vertical = self.mul(&sin, &imaginary)?;
                    self.add(&cos, &vertical)?
                }
                None => {
                    let power = coefficient
                        .to_i32()
                        .filter(|power| power.unsigned_abs() < 1 << 16)
                        .ok_or(Stop::TooLarge)?;
                    let atom = self.atom(Atom::Exp(rest))?;
                    self.pow(&atom, power)?
                }
            };
            result = self.mul(&result, &factor)?;
        }
        Ok(result)
    }

    /// `r` of `i pi r`.
    fn angle(&mut self, exponent: &Form) -> Result<Option<BigRational>, Stop> {
        let [(monomial, value)] = exponent.above.terms() else {
            return Ok(None);
        };
        let is =
            |at: usize, kind: &Atom| self.atoms[monomial[at].0] == *kind && monomial[at].1 == 1;
        let both = monomial.len() == 2
            && (is(0, &Atom::Imaginary) && is(1, &Atom::Pi)
                || is(1, &Atom::Imaginary) && is(0, &Atom::Pi));
        Ok(match exponent.below.as_constant() {
            Some(below) if both => Some(self.fraction(value.clone(), below)?),
            _ => None,
        })
    }

    pub(crate) fn ln(&mut self, inner: &Form) -> Result<Form, Stop> {
        if let Some(value) = inner.as_rational() {
            if !value.is_positive() {
                return Err(Stop::Undefined);
            }
            let mut sum = Form::integer(0);
            let above = prime_factors(value.numer(), self.budget)?;
            let below = prime_factors(value.denom(), self.budget)?;
            let signed = above
                .into_iter()
                .map(|(prime, times)| (prime, i64::from(times)));
            for (prime, times) in signed.chain(
                below
                    .into_iter()
                    .map(|(prime, times)| (prime, -i64::from(times))),
            ) {
                let ln = self.atom(Atom::Ln(Form::integer(prime)))?;
                let term = self.mul(&ln, &Form::integer(times))?;
                sum = self.add(&sum, &term)?;
            }
            return Ok(sum);
        }
        // One term of powers of e and roots of numbers, all positive: their logarithms, added up.
        let ([(monomial, value)], true) =
            (inner.above.terms(), inner.below.as_constant().is_some())
        else {
            return self.atom(Atom::Ln(inner.clone()));
        };
        let below = inner.below.as_constant().unwrap_or_else(BigInt::one);
        let number = self.fraction(value.clone(), below)?;
        let mut sum = match number.is_positive() {
            true => Form::integer(0),
            false => return self.atom(Atom::Ln(inner.clone())),
        };
        for (atom, power) in monomial.clone() {
            let ln = match self.atoms[atom].clone() {
                Atom::Exp(exponent) if exponent.as_rational().is_some() => exponent,
                Atom::Root(index, radicand)
                    if radicand
                        .as_constant()
                        .is_some_and(|value| value.is_positive()) =>
                {
                    let radicand = Form {
                        above: radicand,
                        below: Poly::one(),
                    };
                    let ln = self.ln(&radicand)?;
                    self.div(&ln, &Form::integer(index))?
                }
                _ => return self.atom(Atom::Ln(inner.clone())),
            };
            let term = self.mul(&ln, &Form::integer(power))?;
            sum = self.add(&sum, &term)?;
        }
        let ln = self.ln(&Form::rational(&number))?;
        self.add(&sum, &ln)
    }

    pub(crate) fn hyperbolic(&mut self, function: Function, inner: &Form) -> Result<Form, Stop> {
        let (grown, shrunk) = (self.exp(inner)?, self.exp(&inner.negated())?);
        let sinh = self.add(&grown, &shrunk.negated())?;
        let cosh = self.add(&grown, &shrunk)?;
        match function {
            Function::Sinh => self.div(&sinh, &Form::integer(2)),
            Function::Cosh => self.div(&cosh, &Form::integer(2)),
            _ => self.div(&sinh, &cosh),
        }
    }
}
