//! Pi, exponentials, logarithms, sines and arctangents of intervals.
//!
//! Each is a series in fixed point with [`GUARD`] more bits than requested. A series of `n` terms, each
//! truncated by less than one unit, has an error of less than `n` units plus its remainder; `n` stays far
//! below `2^GUARD`, so one unit of the requested precision covers the error.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::algebra::interval::{Interval, Precision};
use crate::budget::{Budget, Stop};

/// Guard bits, which are computed and dropped.
const GUARD: u64 = 40;

impl Precision {
    fn finer(self) -> Self {
        Self {
            bits: self.bits + GUARD,
        }
    }

    /// From the precision with guard bits to the requested one, with the error of the series.
    fn coarser(value: &BigInt) -> Interval {
        Interval::around(value >> GUARD, 2)
    }

    fn pay_series(self, budget: &mut Budget) -> Result<(), Stop> {
        let words = 1 + self.bits / 64;
        budget.spend((self.bits / 4 + 20) * (150 + words * 15))
    }

    pub(crate) fn pi(self, budget: &mut Budget) -> Result<Interval, Stop> {
        self.pay_series(budget)?;
        Ok(Self::coarser(&(self.finer().quarter_pi() << 2)))
    }

    /// Machin: pi/4 = 4 arctan(1/5) - arctan(1/239).
    fn quarter_pi(self) -> BigInt {
        4 * self.arctan_of_inverse(5) - self.arctan_of_inverse(239)
    }

    fn arctan_of_inverse(self, n: u32) -> BigInt {
        arctan_series(self.one() / n, |power| power / (n * n))
    }

    /// Natural logarithm of two: 2 artanh(1/3).
    fn ln_2(self) -> BigInt {
        let (mut sum, mut power, mut odd) = (BigInt::zero(), self.one() / 3u32, 1u32);
        while !power.is_zero() {
            sum += &power / odd;
            power /= 9u32;
            odd += 2;
        }
        sum * 2
    }

    /// An increasing function of an interval, from its values at the bounds.
    fn growing(
        self,
        a: &Interval,
        function: impl Fn(Self, &BigInt) -> Result<BigInt, Stop>,
    ) -> Result<Interval, Stop> {
        let fine = self.finer();
        let low = Self::coarser(&function(fine, &(&a.low << GUARD))?).low;
        let high = Self::coarser(&function(fine, &(&a.high << GUARD))?).high;
        Ok(Interval { low, high })
    }

    pub(crate) fn exp(self, a: &Interval, budget: &mut Budget) -> Result<Interval, Stop> {
        if self.exponent(&a.magnitude()) > 12 {
            return Err(Stop::TooLarge);
        }
        self.pay_series(budget)?;
        self.pay_series(budget)?;
        self.growing(a, |fine, bound| Ok(fine.exp_of(bound)))
            .map(|grown| Interval {
                // The reduced value was multiplied by up to 2^6000: its error grew with it.
                low: grown.low.clone() - (&grown.magnitude() >> (self.bits + 8)) - 1,
                high: grown.high.clone() + (&grown.magnitude() >> (self.bits + 8)) + 1,
            })
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
        match twos.to_i64() {
            Some(twos) if twos >= 0 => sum << twos.unsigned_abs(),
            Some(twos) => sum >> twos.unsigned_abs(),
            None => BigInt::zero(),
        }
    }

    pub(crate) fn ln(self, a: &Interval, budget: &mut Budget) -> Result<Interval, Stop> {
        if !a.low.is_positive() {
            return Err(Stop::Undefined);
        }
        for _ in 0..4 {
            self.pay_series(budget)?;
        }
        self.growing(a, |fine, bound| Ok(fine.ln_of(bound)))
    }

    /// ln x = n ln 2 + 2 artanh((m - 1)/(m + 1)), x = 2^n m, m near one.
    fn ln_of(self, x: &BigInt) -> BigInt {
        let twos = self.exponent(x);
        let scaled: BigInt = if twos >= 0 {
            x >> twos.unsigned_abs()
        } else {
            x << twos.unsigned_abs()
        };
        let one = self.one();
        let ratio: BigInt = ((&scaled - &one) << self.bits) / (&scaled + &one);
        let square: BigInt = (&ratio * &ratio) >> self.bits;
        let (mut sum, mut power, mut odd) = (BigInt::zero(), ratio, 1u32);
        while !power.is_zero() && power != -BigInt::one() {
            sum += &power / odd;
            power = (&power * &square) >> self.bits;
            odd += 2;
        }
        sum * 2 + self.ln_2() * twos
    }

    /// Sine and cosine, whose slopes are at most one.
    pub(crate) fn sin_cos(
        self,
        a: &Interval,
        budget: &mut Budget,
    ) -> Result<(Interval, Interval), Stop> {
        if self.exponent(&a.magnitude()) > 64 {
            return Err(Stop::TooLarge);
        }
        for _ in 0..4 {
            self.pay_series(budget)?;
        }
        let fine = Self {
            bits: self.bits + GUARD + 64,
        };
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

    pub(crate) fn arctan(self, a: &Interval, budget: &mut Budget) -> Result<Interval, Stop> {
        for _ in 0..4 {
            self.pay_series(budget)?;
        }
        self.growing(a, |fine, bound| Ok(fine.arctan_of(bound)))
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
        arctan_series(small, |power| (power * &square) >> self.bits) << 3
    }
}

/// x - x^3/3 + x^5/5 - ..., from x and the step from one odd power to the next.
fn arctan_series(x: BigInt, next: impl Fn(BigInt) -> BigInt) -> BigInt {
    let (mut sum, mut power, mut odd) = (BigInt::zero(), x, 1u32);
    while !power.is_zero() {
        let term = &power / odd;
        if odd % 4 == 1 {
            sum += term
        } else {
            sum -= term
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

    const FINE: Precision = Precision { bits: 200 };

    fn rational(above: i64, below: i64) -> Interval {
        FINE.rational(&BigRational::new(above.into(), below.into()))
    }

    /// First decimals of the lower and upper bound.
    fn decimals(interval: &Interval, places: u32) -> (BigInt, BigInt) {
        let cut = |bound: &BigInt| (bound * BigInt::from(10).pow(places)) >> FINE.bits;
        (cut(&interval.low), cut(&interval.high))
    }

    fn agrees(interval: &Interval, places: u32, digits: &str) {
        let expected: BigInt = digits.parse().unwrap();
        assert_eq!(decimals(interval, places), (expected.clone(), expected));
    }

    #[test]
    fn constants_agree_with_published_digits() {
        let mut budget = Budget::new();
        agrees(
            &FINE.pi(&mut budget).unwrap(),
            40,
            "31415926535897932384626433832795028841971",
        );
        agrees(
            &FINE.exp(&rational(1, 1), &mut budget).unwrap(),
            40,
            "27182818284590452353602874713526624977572",
        );
        agrees(
            &FINE.ln(&rational(10, 1), &mut budget).unwrap(),
            40,
            "23025850929940456840179914546843642076011",
        );
        agrees(
            &FINE.arctan(&rational(2, 1), &mut budget).unwrap(),
            30,
            "1107148717794090503017065460178",
        );
    }

    #[test]
    fn sines_agree_with_published_digits() {
        let mut budget = Budget::new();
        let (sin, cos) = FINE.sin_cos(&rational(1, 1), &mut budget).unwrap();
        agrees(&sin, 40, "8414709848078965066525023216302989996225");
        agrees(&cos, 40, "5403023058681397174009366074429766037323");
        let (sin, _) = FINE.sin_cos(&rational(-1000, 1), &mut budget).unwrap();
        agrees(&sin.negated(), 30, "826879540532002560255887429109");
    }
}
