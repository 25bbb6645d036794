//! Roots and powers in normal form.
//!
//! Roots of rationals are split into roots of primes, `sqrt(12/5) = 2 sqrt(3) sqrt(5) / 5`, so that
//! different spellings have the same form. An odd root of a negative number is the real one. A root of
//! anything else is an atom; `sqrt(a/b)` becomes `sqrt(ab) / |b|`, which holds for every sign.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::algebra::form::{Atom, Form};
use crate::algebra::forms::Forms;
use crate::algebra::integers::{prime_factors, prime_powers};
use crate::algebra::poly::Poly;
use crate::budget::{MAX_BITS, Stop};

/// The largest denominator of an exponent that is treated as a root.
const MAX_INDEX: u32 = 64;
/// The largest power of a sum that is expanded.
const MAX_EXPANDED: u32 = 32;

impl Forms<'_> {
    pub(crate) fn root(&mut self, index: u32, inner: &Form) -> Result<Form, Stop> {
        if let Some(value) = inner.as_rational() {
            return self.root_of_rational(index, &value);
        }
        let content_above = inner.above.content(self.budget)?.abs();
        let content_below = inner.below.content(self.budget)?;
        let content = self.fraction(content_above.clone(), content_below.abs())?;
        let content = self.root_of_rational(index, &content)?;
        let above = inner
            .above
            .divided(&(content_above * content_below.signum()));
        let below = inner.below.divided(&content_below);
        if let (Some(value), true) = (above.as_constant(), below.is_one()) {
            let rest = self.root_of_rational(index, &BigRational::from_integer(value))?;
            return self.mul(&content, &rest);
        }
        let cleared = below.pow(index - 1, self.budget)?;
        let radicand = above.mul(&cleared, self.budget)?;
        let radicand = self.reduced(radicand)?;
        let (outside, radicand) = self.positive_powers(index, radicand)?;
        let content = self.mul(&content, &outside)?;
        let root = if radicand.is_one() {
            Form::integer(1)
        } else {
            self.atom(Atom::Root(index, radicand))?
        };
        let product = self.mul(&content, &root)?;
        let mut divisor = Form::from(below);
        if index.is_even() {
            divisor = self.abs(&divisor)?;
        }
        self.div(&product, &divisor)
    }

    /// Splits `a b^k` into `(b, a)` where `b` is certainly positive: pi, powers of e, roots of numbers.
    fn positive_powers(&mut self, index: u32, radicand: Poly) -> Result<(Form, Poly), Stop> {
        let mut outside = radicand.common_monomial();
        outside.retain_mut(|(atom, power)| {
            *power /= index;
            let positive = match &self.atoms[*atom] {
                Atom::Pi => true,
                Atom::Exp(exponent) => exponent.as_rational().is_some(),
                Atom::Root(_, inner) => {
                    inner.as_constant().is_some_and(|inner| inner.is_positive())
                }
                _ => false,
            };
            positive && *power > 0
        });
        let inside = outside
            .iter()
            .map(|(atom, power)| (*atom, power * index))
            .collect();
        let rest = radicand.without_monomial(&inside);
        Ok((Poly::term(outside, BigInt::one()).into(), rest))
    }

    fn root_of_rational(&mut self, index: u32, value: &BigRational) -> Result<Form, Stop> {
        if value.is_zero() {
            return Ok(Form::integer(0));
        }
        if value.is_negative() {
            let positive = self.root_of_rational(index, &value.abs())?;
            return match index {
                2 => {
                    let imaginary = self.atom(Atom::Imaginary)?;
                    self.mul(&positive, &imaginary)
                }
                _ if index.is_odd() => Ok(positive.negated()),
                _ => Err(Stop::Undefined),
            };
        }
        let bits = (value.numer().bits() + value.denom().bits()) * u64::from(index);
        if bits > MAX_BITS {
            return Err(Stop::TooLarge);
        }
        // root(p/q) = root(p q^(k-1)) / q, prime by prime.
        let mut primes = prime_factors(value.numer(), self.budget)?;
        for (prime, power) in prime_factors(value.denom(), self.budget)? {
            primes.push((prime, power * (index - 1)));
        }
        let mut result = Form::rational(&BigRational::new(BigInt::one(), value.denom().clone()));
        for (prime, power) in primes {
            let whole = Form::integer(prime.pow(power / index));
            result = self.mul(&result, &whole)?;
            let rest = power % index;
            if rest == 0 {
                continue;
            }
            let shared = rest.gcd(&index);
            if prime.bits() * u64::from(index) > MAX_BITS {
                return Err(Stop::TooLarge);
            }
            let root = self.atom(Atom::Root(index / shared, Poly::constant(prime)))?;
            let root = self.pow(&root, (rest / shared) as i32)?;
            result = self.mul(&result, &root)?;
        }
        Ok(result)
    }

    pub(crate) fn power(&mut self, base: &Form, exponent: &Form) -> Result<Form, Stop> {
        if let Some(exponent) = exponent.as_rational() {
            return self.rational_power(base, &exponent);
        }
        if let Some(value) = base.as_rational() {
            if value.is_one() {
                return Ok(Form::integer(1));
            }
            if value.is_positive() {
                return self.power_of_rational(&value, exponent);
            }
            if value.is_negative() {
                // (-a)^n = (-1)^n a^n.
                let sign = self.split_power(&Form::integer(-1), exponent)?;
                let length = self.power_of_rational(&-value, exponent)?;
                return self.mul(&sign, &length);
            }
        }
        self.split_power(base, exponent)
    }

    /// A rational number to an exponent that is not a number, prime by prime.
    fn power_of_rational(&mut self, base: &BigRational, exponent: &Form) -> Result<Form, Stop> {
        let mut result = Form::integer(1);
        for (prime, times) in prime_powers(base, self.budget)? {
            let exponent = self.mul(exponent, &Form::integer(times))?;
            let power = self.split_power(&Form::integer(prime), &exponent)?;
            result = self.mul(&result, &power)?;
        }
        Ok(result)
    }

    /// `a^(p/q m + ...)` as `(a^(m/q))^p ...`, each inner power an atom.
    fn split_power(&mut self, base: &Form, exponent: &Form) -> Result<Form, Stop> {
        let mut result = Form::integer(1);
        for (coefficient, rest) in self.terms_of(exponent)? {
            let factor = if rest.as_rational().is_some() {
                let exponent = self
                    .mul(&rest, &Form::integer(coefficient))?
                    .as_rational()
                    .ok_or(Stop::Syntax)?;
                self.rational_power(base, &exponent)?
            } else {
                self.power_of_atom(Atom::Power(base.clone(), rest), &coefficient)?
            };
            result = self.mul(&result, &factor)?;
        }
        Ok(result)
    }

    pub(crate) fn power_of_atom(&mut self, atom: Atom, power: &BigInt) -> Result<Form, Stop> {
        let power = power
            .to_i32()
            .filter(|power| power.unsigned_abs() < 1 << 16)
            .ok_or(Stop::TooLarge)?;
        let atom = self.atom(atom)?;
        self.pow(&atom, power)
    }

    /// The terms of a sum, each as an integer multiple of a form with coefficient one.
    pub(crate) fn terms_of(&mut self, form: &Form) -> Result<Vec<(BigInt, Form)>, Stop> {
        let mut terms = Vec::new();
        for (monomial, value) in form.above.terms() {
            let monomial = Poly::term(monomial.clone(), BigInt::one());
            let unit = self.quotient(monomial, form.below.clone())?;
            let content = unit.below.content(self.budget)?;
            let divisor = self.gcd(&content, value)?;
            let divisor = divisor * content.signum();
            let rest = self.mul(&unit, &Form::integer(divisor.clone()))?;
            terms.push((value / divisor, rest));
        }
        Ok(terms)
    }

    fn rational_power(&mut self, base: &Form, exponent: &BigRational) -> Result<Form, Stop> {
        let (Some(power), Some(index)) = (exponent.numer().to_i32(), exponent.denom().to_u32())
        else {
            return self.atom(Atom::Power(base.clone(), Form::rational(exponent)));
        };
        if index > MAX_INDEX {
            return Err(Stop::TooLarge);
        }
        if index > 1 {
            let root = self.root(index, base)?;
            return self.rational_power(&root, &BigRational::from_integer(power.into()));
        }
        let (above, below) = (base.above.terms(), base.below.terms());
        let bits = above.iter().chain(below).map(|(_, value)| value.bits());
        let growing = bits.max().unwrap_or(0).saturating_sub(1);
        let is_sum = above.len() > 1 || below.len() > 1;
        let times = power.unsigned_abs();
        if growing.saturating_mul(times.into()) > MAX_BITS || is_sum && times > MAX_EXPANDED {
            return self.atom(Atom::Power(base.clone(), Form::rational(exponent)));
        }
        self.pow(base, power)
    }
}
