//! Exponentials, hyperbolic functions and logarithms in normal form.
//!
//! Exponentials of sums are expanded, `e^(a+b) = e^a e^b`, and those of integer multiples too, so that only
//! `e^a` of single terms remain as atoms; `e^(i pi r)` becomes `cos(pi r) + i sin(pi r)`. Logarithms of
//! rationals are sums of logarithms of primes. `log` without a base is the decimal one.

use num_rational::BigRational;
use num_traits::Signed;

use crate::algebra::form::{Atom, Form};
use crate::algebra::forms::Forms;
use crate::algebra::integers::prime_powers;
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
                None => self.power_of_atom(Atom::Exp(rest), &coefficient)?,
            };
            result = self.mul(&result, &factor)?;
        }
        Ok(result)
    }

    /// `r` of `i pi r`.
    fn angle(&self, exponent: &Form) -> Result<Option<BigRational>, Stop> {
        let [(monomial, value)] = exponent.above.terms() else {
            return Ok(None);
        };
        let [(one, 1), (other, 1)] = monomial.as_slice() else {
            return Ok(None);
        };
        let both = matches!(
            (&self.atoms[*one], &self.atoms[*other]),
            (Atom::Imaginary, Atom::Pi) | (Atom::Pi, Atom::Imaginary)
        );
        let below = exponent.below.as_constant().filter(|_| both);
        below
            .map(|below| self.fraction(value.clone(), below))
            .transpose()
    }

    pub(crate) fn ln(&mut self, inner: &Form) -> Result<Form, Stop> {
        if let Some(value) = inner.as_rational() {
            if !value.is_positive() {
                return Err(Stop::Undefined);
            }
            let mut sum = Form::integer(0);
            for (prime, times) in prime_powers(&value, self.budget)? {
                let ln = self.atom(Atom::Ln(Form::integer(prime)))?;
                let term = self.mul(&ln, &Form::integer(times))?;
                sum = self.add(&sum, &term)?;
            }
            return Ok(sum);
        }
        // One term of powers of e and roots of numbers, all positive: their logarithms, added up.
        let ([(monomial, value)], Some(below)) = (inner.above.terms(), inner.below.as_constant())
        else {
            return self.atom(Atom::Ln(inner.clone()));
        };
        let number = self.fraction(value.clone(), below)?;
        if !number.is_positive() {
            return self.atom(Atom::Ln(inner.clone()));
        }
        let mut sum = Form::integer(0);
        for (atom, power) in monomial.clone() {
            let ln = match self.atoms[atom].clone() {
                Atom::Exp(exponent) if exponent.as_rational().is_some() => exponent,
                Atom::Root(index, radicand)
                    if radicand.as_constant().is_some_and(|a| a.is_positive()) =>
                {
                    let ln = self.ln(&radicand.into())?;
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
