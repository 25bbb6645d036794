//! Pi, exponentials, logarithms, sines and arctangents of intervals.
//!
//! Each is a series in fixed point with [`GUARD`] more bits than requested. A series of `n` terms, each
//! truncated by less than one unit, has an error of less than `n` units plus its remainder; `n` stays far
//! below `2^GUARD`, so one unit of the requested precision covers the error.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::algebra::interval::{Interval, Precision};
use crate::budget::Stop;

/// Guard bits, which are computed and dropped.
const GUARD: u64 = 40;

impl Precision<'_> {
    fn finer(self, guard: u64) -> Self {
        let bits = self.bits + guard;
        Self { bits, ..self }
    }

    /// From the precision with guard bits to the requested one, with the error of the series.
    fn coarser(value: &BigInt) -> Interval {
        Interval::around(value >> GUARD, 2)
    }

    fn pay_series(self, count: u64) -> Result<(), Stop> {
        let words = 1 + self.bits / 64;
        let cost = (self.bits / 4 + 20) * (150 + words * 15);
        (0..count).try_for_each(|_| self.budget.spend(cost))
    }

    pub(crate) fn pi(self) -> Result<Interval, Stop> {
        self.pay_series(1)?;
        Ok(Self::coarser(&(self.finer(GUARD).quarter_pi() << 2)))
    }

    /// Machin: pi/4 = 4 arctan(1/5) - arctan(1/239).
    fn quarter_pi(self) -> BigInt {
        4 * self.arctan_of_inverse(5) - self.arctan_of_inverse(239)
    }

    fn arctan_of_inverse(self, n: u32) -> BigInt {
        odd_series(self.one() / n, true, |power| power / (n * n))
    }

    /// Natural logarithm of two: 2 artanh(1/3).
    fn ln_2(self) -> BigInt {
        odd_series(self.one() / 3u32, false, |power| power / 9u32) * 2
    }

    /// An increasing function of an interval, from its values at the bounds, for the cost of `series`.
    fn growing(
        self,
        a: &Interval,
        series: u64,
        function: impl Fn(Self, &BigInt) -> BigInt,
    ) -> Result<Interval, Stop> {
        self.pay_series(series)?;
        let fine = self.finer(GUARD);
        let low = Self::coarser(&function(fine, &(&a.low << GUARD))).low;
        let high = Self::coarser(&function(fine, &(&a.high << GUARD))).high;
        Ok(Interval { low, high })
    }

    pub(crate) fn exp(self, a: &Interval) -> Result<Interval, Stop> {
        if self.exponent(&a.magnitude()) > 12 {
            return Err(Stop::TooLarge);
        }
        let grown = self.growing(a, 2, Self::exp_of)?;
        // The reduced value was multiplied by up to 2^6000: its error grew with it.
        let error = Interval::around(BigInt::zero(), (grown.magnitude() >> (self.bits + 8)) + 1);
        Ok(grown.add(&error))
    }

    /// e^x = 2^n e^r, r = x - n ln 2; e^(r/2^8) squared eight times.
    fn exp_of(self, x: &BigInt) -> BigInt {
        const HALVINGS: u64 = 8;
        let ln_2 = self.ln_2();
        let twos = x.div_floor(&ln_2);
        let rest: BigInt = (x - &twos * &ln_2) >> HALVINGS;
        let (mut sum, mut term, mut n) = (self.one(), self.one(), 1u32);
        while !term.is_zero() {
            term = ((&term * &rest) >> self.bits) / n;
            sum += &term;
            n += 1;
        }
        for _ in 0..HALVINGS {
            sum = (&sum * &sum) >> self.bits;
        }
        twos.to_i64()
            .map_or_else(BigInt::zero, |twos| doubled(&sum, twos))
    }

    pub(crate) fn ln(self, a: &Interval) -> Result<Interval, Stop> {
        if !a.low.is_positive() {
            return Err(Stop::Undefined);
        }
        self.growing(a, 4, Self::ln_of)
    }

    /// ln x = n ln 2 + 2 artanh((m - 1)/(m + 1)), x = 2^n m, m near one.
    fn ln_of(self, x: &BigInt) -> BigInt {
        let twos = self.exponent(x);
        let (one, scaled) = (self.one(), doubled(x, -twos));
        let ratio: BigInt = ((&scaled - &one) << self.bits) / (&scaled + &one);
        let square: BigInt = (&ratio * &ratio) >> self.bits;
        let series = odd_series(ratio, false, |power| (power * &square) >> self.bits);
        series * 2 + self.ln_2() * twos
    }

    /// Sine and cosine, whose slopes are at most one.
    pub(crate) fn sin_cos(self, a: &Interval) -> Result<(Interval, Interval), Stop> {
        if self.exponent(&a.magnitude()) > 64 {
            return Err(Stop::TooLarge);
        }
        self.pay_series(4)?;
        let fine = self.finer(GUARD + 64);
        let middle: BigInt = (&a.low + &a.high) << (GUARD + 63);
        let spread: BigInt = ((&a.high - &a.low) >> 1) + 3;
        let (sin, cos) = fine.sin_cos_of(&middle);
        let coarser = |value: BigInt| Interval::around(value >> (GUARD + 64), spread.clone());
        Ok((coarser(sin), coarser(cos)))
    }

    fn sin_cos_of(self, x: &BigInt) -> (BigInt, BigInt) {
        let right_angle: BigInt = self.quarter_pi() << 1;
        let (quarters, rest) = x.div_mod_floor(&right_angle);
        let (mut sin, mut cos) = (BigInt::zero(), BigInt::zero());
        let (mut term, mut n) = (self.one(), 0u32);
        while !term.is_zero() {
            match n % 4 {
                0 => cos += &term,
                1 => sin += &term,
                2 => cos -= &term,
                _ => sin -= &term,
            }
            n += 1;
            term = ((&term * &rest) >> self.bits) / n;
        }
        match quarters.mod_floor(&BigInt::from(4)).to_u32() {
            Some(0) => (sin, cos),
            Some(1) => (cos, -sin),
            Some(2) => (-sin, -cos),
            _ => (-cos, sin),
        }
    }

    pub(crate) fn arctan(self, a: &Interval) -> Result<Interval, Stop> {
        self.growing(a, 4, Self::arctan_of)
    }

    /// arctan x = pi/2 - arctan(1/x) above one, then three times arctan x = 2 arctan(x/(1 + sqrt(1 + x^2))).
    fn arctan_of(self, x: &BigInt) -> BigInt {
        if x.is_negative() {
            return -self.arctan_of(&-x);
        }
        let one = self.one();
        if *x > one {
            let inverse = (&one << self.bits) / x;
            return (self.quarter_pi() << 1) - self.arctan_of(&inverse);
        }
        let mut small = x.clone();
        for _ in 0..3 {
            let hypotenuse = (&one * &one + &small * &small).sqrt();
            small = (&small << self.bits) / (&one + hypotenuse);
        }
        let square: BigInt = (&small * &small) >> self.bits;
        odd_series(small, true, |power| (power * &square) >> self.bits) << 3
    }
}

/// `value * 2^twos`, rounded down.
fn doubled(value: &BigInt, twos: i64) -> BigInt {
    let bits = twos.unsigned_abs();
    if twos >= 0 {
        value << bits
    } else {
        value >> bits
    }
}

/// x + x^3/3 + x^5/5 + ..., or with alternating signs, from x and the step from one odd power to the next.
fn odd_series(x: BigInt, alternating: bool, next: impl Fn(BigInt) -> BigInt) -> BigInt {
    let (mut sum, mut power, mut odd) = (BigInt::zero(), x, 1u32);
    // A negative power that is rounded down ends at -1.
    while !(power.is_zero() || power.is_negative() && power.bits() == 1) {
        let term = &power / odd;
        if alternating && odd % 4 == 3 {
            sum -= term
        } else {
            sum += term
        }
        power = next(power);
        odd += 2;
    }
    sum
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use num_rational::BigRational;

    use crate::algebra::interval::{Interval, Precision};
    use crate::budget::Budget;

    const BITS: u64 = 200;

    fn fine(budget: &Budget) -> Precision<'_> {
        Precision { bits: BITS, budget }
    }

    fn rational(above: i64, below: i64) -> Interval {
        fine(&Budget::new()).rational(&BigRational::new(above.into(), below.into()))
    }

    /// First decimals of the lower and upper bound.
    fn decimals(interval: &Interval, places: u32) -> (BigInt, BigInt) {
        let cut = |bound: &BigInt| (bound * BigInt::from(10).pow(places)) >> BITS;
        (cut(&interval.low), cut(&interval.high))
    }

    fn agrees(interval: &Interval, places: u32, digits: &str) {
        let expected: BigInt = digits.parse().unwrap();
        assert_eq!(decimals(interval, places), (expected.clone(), expected));
    }

    #[test]
    fn constants_agree_with_published_digits() {
        let budget = Budget::new();
        let fine = fine(&budget);
        agrees(
            &fine.pi().unwrap(),
            40,
            "31415926535897932384626433832795028841971",
        );
        agrees(
            &fine.exp(&rational(1, 1)).unwrap(),
            40,
            "27182818284590452353602874713526624977572",
        );
        agrees(
            &fine.ln(&rational(10, 1)).unwrap(),
            40,
            "23025850929940456840179914546843642076011",
        );
        agrees(
            &fine.arctan(&rational(2, 1)).unwrap(),
            30,
            "1107148717794090503017065460178",
        );
    }

    #[test]
    fn sines_agree_with_published_digits() {
        let budget = Budget::new();
        let fine = fine(&budget);
        let (sin, cos) = fine.sin_cos(&rational(1, 1)).unwrap();
        agrees(&sin, 40, "8414709848078965066525023216302989996225");
        agrees(&cos, 40, "5403023058681397174009366074429766037323");
        let (sin, _) = fine.sin_cos(&rational(-1000, 1)).unwrap();
        agrees(&sin.negated(), 30, "826879540532002560255887429109");
    }
}
