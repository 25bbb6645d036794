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

impl Rational {
    /// Bits above and below the line.
    pub(crate) fn bits(&self) -> u64 {
        self.numer().bits() + self.denom().bits()
    }
}

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

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use num_rational::BigRational;

    use super::Rational;

    /// Quotients of neighbouring Fibonacci numbers: their continued fractions are all ones.
    #[test]
    fn fractions_that_nearly_agree_are_told_apart_on_a_small_stack() {
        let (mut before, mut last) = (BigInt::from(1), BigInt::from(1));
        for _ in 0..10_000 {
            (before, last) = (last.clone(), before + last);
        }
        let one = Rational(BigRational::new(last.clone(), before.clone()));
        let other = Rational(BigRational::new(&last + &before, last));
        let compared = std::thread::Builder::new()
            .stack_size(64 << 10)
            .spawn(move || (one == other, one < other, one > other));
        let (equal, less, greater) = compared.unwrap().join().unwrap();
        assert!(!equal && less != greater);
    }
}
