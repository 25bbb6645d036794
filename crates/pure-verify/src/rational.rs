//! Exact fractions that are compared without recursion.
//!
//! `num_rational` compares two fractions by their continued fractions, one call inside another, so two
//! numbers of a thousand digits that nearly agree take two thousand frames of the stack. Fractions in
//! lowest terms are equal when their parts are, and a product with each other's denominator orders them.

use std::cmp::Ordering;
use std::ops::Deref;

use num_rational::BigRational;

/// A fraction in lowest terms, its denominator positive.
#[derive(Debug, Clone)]
pub(crate) struct Rational(pub(crate) BigRational);

impl Deref for Rational {
    type Target = BigRational;

    fn deref(&self) -> &BigRational {
        &self.0
    }
}

impl PartialEq for Rational {
    fn eq(&self, other: &Self) -> bool {
        self.numer() == other.numer() && self.denom() == other.denom()
    }
}

impl Eq for Rational {}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.numer() * other.denom()).cmp(&(other.numer() * self.denom()))
    }
}
