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
use crate::algebra::integers::prime_factors;
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
        let sign = if content_below.is_negative() {
            -BigInt::one()
        } else {
            BigInt::one()
        };
        let above = inner.above.divided(&(content_above * sign));
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
        let mut divisor = Form {
            above: below,
            below: Poly::one(),
        };
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
                    inner.as_constant().is_some_and(|value| value.is_positive())
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
        let outside = Form {
            above: Poly::term(outside, BigInt::one()),
            below: Poly::one(),
        };
        Ok((outside, rest))
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
        let above = prime_factors(base.numer(), self.budget)?
            .into_iter()
            .map(|factor| (factor, false));
        let below = prime_factors(base.denom(), self.budget)?
            .into_iter()
            .map(|factor| (factor, true));
        for ((prime, times), inverse) in above
            .collect::<Vec<_>>()
            .into_iter()
            .chain(below.collect::<Vec<_>>())
        {
            let times = if inverse {
                -i64::from(times)
            } else {
                i64::from(times)
            };
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
                let power = coefficient
                    .to_i32()
                    .filter(|power| power.unsigned_abs() < 1 << 16)
                    .ok_or(Stop::TooLarge)?;
                let atom = self.atom(Atom::Power(base.clone(), rest))?;
                self.pow(&atom, power)?
            };
            result = self.mul(&result, &factor)?;
        }
        Ok(result)
    }

    /// The terms of a sum, each as an integer multiple of a form with coefficient one.
    pub(crate) fn terms_of(&mut self, form: &Form) -> Result<Vec<(BigInt, Form)>, Stop> {
        let mut terms = Vec::new();
        for (monomial, value) in form.above.terms() {
            let unit = self.quotient(
                Poly::term(monomial.clone(), BigInt::one()),
                form.below.clone(),
            )?;
            let content = unit.below.content(self.budget)?;
            let divisor = self.gcd(&content, value)?;
            let sign = if unit.below.leads_negative() {
                -BigInt::one()
            } else {
                BigInt::one()
            };
            let rest = self.mul(&unit, &Form::integer(&divisor * &sign))?;
            terms.push((value / divisor * sign, rest));
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
        let bits = |poly: &Poly| {
            poly.terms()
                .iter()
                .map(|(_, value)| value.bits())
                .max()
                .unwrap_or(0)
        };
        let largest = bits(&base.above).max(bits(&base.below));
        let is_sum = base.above.terms().len() > 1 || base.below.terms().len() > 1;
        let grows = largest
            .saturating_sub(1)
            .saturating_mul(u64::from(power.unsigned_abs()))
            > MAX_BITS;
        if grows || (is_sum && power.unsigned_abs() > MAX_EXPANDED) {
            return self.atom(Atom::Power(base.clone(), Form::rational(exponent)));
        }
        self.pow(base, power)
    }
}
