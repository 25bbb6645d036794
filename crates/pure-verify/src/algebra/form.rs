//! The normal form: a quotient of two polynomials over atoms.
//!
//! An atom is what polynomial arithmetic treats as an indeterminate: a variable, pi, `i`, a root, a sine.
//! Four relations between atoms are always applied: `i^2 = -1`, `root_k(a)^k = a`, `sin^2 = 1 - cos^2` and
//! `((-1)^n)^2 = 1`. Two forms `a/b` and `c/d` are the same if `ad - bc` is the zero polynomial. That it is
//! not zero proves a difference only where no other relation between the atoms can hold.

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::algebra::poly::Poly;
use crate::expr::Function;

/// A quotient; the denominator is never the zero polynomial.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    pub(crate) above: Poly,
    pub(crate) below: Poly,
}

/// What polynomial arithmetic treats as an indeterminate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Atom {
    Symbol(String),
    Imaginary,
    Pi,
    Root(u32, Poly),
    Exp(Form),
    Ln(Form),
    Sin(Form),
    Cos(Form),
    /// A function to which no relation is applied.
    Call(Function, Form),
    Binomial(Form, Form),
    /// Base and exponent.
    Power(Form, Form),
    Apply(String, Vec<Form>),
}

impl From<Poly> for Form {
    fn from(above: Poly) -> Self {
        let below = Poly::one();
        Self { above, below }
    }
}

impl Form {
    pub(crate) fn integer(value: impl Into<BigInt>) -> Self {
        Poly::constant(value.into()).into()
    }

    pub(crate) fn rational(value: &BigRational) -> Self {
        Self {
            above: Poly::constant(value.numer().clone()),
            below: Poly::constant(value.denom().clone()),
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.above.is_zero()
    }

    /// The value, if it contains no atom. A quotient is in lowest terms already.
    pub(crate) fn as_rational(&self) -> Option<BigRational> {
        Some(BigRational::new_raw(
            self.above.as_constant()?,
            self.below.as_constant()?,
        ))
    }

    pub(crate) fn negated(&self) -> Self {
        Self {
            above: self.above.negated(),
            below: self.below.clone(),
        }
    }
}
