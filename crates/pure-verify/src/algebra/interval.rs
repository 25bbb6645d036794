//! Interval arithmetic in fixed point of any precision.
//!
//! An [`Interval`] always contains the exact real number: every operation rounds its lower bound down and
//! its upper bound up. All bounds of one calculation share a [`Precision`]: units of `2^-bits`.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::algebra::integers::power_by_squares;
use crate::budget::{Budget, Stop};

/// Bits of a bound before the binary point; larger values are not computed with.
const MAX_MAGNITUDE: u64 = 8_192;

/// Bounds `low <= x <= high`, in units of the precision.
#[derive(Debug, Clone)]
pub(crate) struct Interval {
    pub(crate) low: BigInt,
    pub(crate) high: BigInt,
}

impl Interval {
    pub(crate) fn exact(value: BigInt) -> Self {
        Self {
            low: value.clone(),
            high: value,
        }
    }

    /// `middle` give or take `error`.
    pub(crate) fn around(middle: BigInt, error: impl Into<BigInt>) -> Self {
        let error = error.into();
        Self {
            low: &middle - &error,
            high: middle + error,
        }
    }

    /// The sign, if it is certain and not zero.
    pub(crate) fn sign(&self) -> Option<Sign> {
        if self.low.is_positive() {
            Some(Sign::Plus)
        } else if self.high.is_negative() {
            Some(Sign::Minus)
        } else {
            None
        }
    }

    pub(crate) fn is_exactly_zero(&self) -> bool {
        self.low.is_zero() && self.high.is_zero()
    }

    pub(crate) fn negated(&self) -> Self {
        Self {
            low: -&self.high,
            high: -&self.low,
        }
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        Self {
            low: &self.low + &other.low,
            high: &self.high + &other.high,
        }
    }

    /// The largest distance from zero.
    pub(crate) fn magnitude(&self) -> BigInt {
        self.low.abs().max(self.high.abs())
    }
}

/// The number of bits behind the binary point, and what the work on them is paid from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Precision<'b> {
    pub(crate) bits: u64,
    pub(crate) budget: &'b Budget,
}

impl Precision<'_> {
    /// Pays for a multiplication or division at this size.
    fn pay(self, words: u64) -> Result<(), Stop> {
        self.budget.spend(100 + words * words)
    }

    fn words(self, interval: &Interval) -> Result<u64, Stop> {
        let bits = interval.low.bits().max(interval.high.bits());
        if bits > self.bits + MAX_MAGNITUDE {
            Err(Stop::TooLarge)
        } else {
            Ok(1 + bits / 64)
        }
    }

    pub(crate) fn one(self) -> BigInt {
        BigInt::one() << self.bits
    }

    pub(crate) fn integer(self, value: &BigInt) -> Interval {
        Interval::exact(value << self.bits)
    }

    pub(crate) fn rational(self, value: &BigRational) -> Interval {
        let scaled = value.numer() << self.bits;
        let (low, remainder) = scaled.div_mod_floor(value.denom());
        let high = &low + u32::from(!remainder.is_zero());
        Interval { low, high }
    }

    pub(crate) fn mul(self, a: &Interval, b: &Interval) -> Result<Interval, Stop> {
        let words = self.words(a)?.max(self.words(b)?);
        self.pay(2 * words)?;
        let (first, second) = (&a.low * &b.low, &a.low * &b.high);
        let (third, fourth) = (&a.high * &b.low, &a.high * &b.high);
        let low = (&first).min(&second).min((&third).min(&fourth));
        let high = (&first).max(&second).max((&third).max(&fourth));
        // Shifting right rounds down.
        Ok(Interval {
            low: low >> self.bits,
            high: -(-high >> self.bits),
        })
    }

    pub(crate) fn inverse(self, a: &Interval) -> Result<Interval, Stop> {
        if a.sign().is_none() {
            return Err(Stop::Undefined);
        }
        let words = self.words(a)? + self.bits / 64;
        self.pay(2 * words)?;
        let square = BigInt::one() << (2 * self.bits);
        Ok(Interval {
            low: square.div_floor(&a.high),
            high: -((-square).div_floor(&a.low)),
        })
    }

    pub(crate) fn power(self, a: &Interval, power: u32) -> Result<Interval, Stop> {
        power_by_squares(Interval::exact(self.one()), a, power, |a, b| self.mul(a, b))
    }

    /// The real root; of an even index only where the argument is certainly not negative.
    pub(crate) fn root(self, index: u32, a: &Interval) -> Result<Interval, Stop> {
        if index.is_even() && a.low.is_negative() {
            return Err(Stop::Undefined);
        }
        let shift = self.bits * u64::from(index - 1);
        let words = self.words(a)? + shift / 64;
        self.pay(8 * words)?;
        // Truncated towards zero, hence a unit on both sides.
        let root = |bound: &BigInt| (bound << shift).nth_root(index);
        let (mut low, high): (BigInt, BigInt) = (root(&a.low) - 1, root(&a.high) + 1);
        if index.is_even() {
            low = low.max(BigInt::zero());
        }
        Ok(Interval { low, high })
    }

    /// The whole number that `a` rounds down to, if it is certain.
    pub(crate) fn floor(self, a: &Interval) -> Option<BigInt> {
        let low = &a.low >> self.bits;
        (low == (&a.high >> self.bits)).then_some(low)
    }

    /// Bits of the whole part, as an exponent that fits.
    pub(crate) fn exponent(self, a: &BigInt) -> i64 {
        let bits = a.bits().to_i64().unwrap_or(i64::MAX);
        bits.saturating_sub(self.bits.to_i64().unwrap_or(0))
    }
}
