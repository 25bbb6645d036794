//! Integers: their prime factors, as far as these are found by trial division, binomial coefficients, and
//! whole powers of anything.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

use crate::budget::{Budget, Stop};

/// Primes below this are divided out; what is left is not factored further.
const TRIAL: u32 = 1_000;

/// Primes and their powers, whose product is `value`, which is positive; the last may be composite.
pub(crate) fn prime_factors(value: &BigInt, budget: &Budget) -> Result<Vec<(BigInt, u32)>, Stop> {
    let mut rest = value.clone();
    let mut found = Vec::new();
    let mut prime = 2u32;
    while prime < TRIAL && !rest.is_one() {
        if rest.bits() <= 63
            && u64::from(prime) * u64::from(prime) > rest.to_u64().unwrap_or(u64::MAX)
        {
            break;
        }
        budget.spend(50 + rest.bits() / 8)?;
        let mut power = 0;
        loop {
            let (quotient, remainder) = rest.div_rem(&BigInt::from(prime));
            if !remainder.is_zero() {
                break;
            }
            rest = quotient;
            power += 1;
            budget.spend(50 + rest.bits() / 8)?;
        }
        if power > 0 {
            found.push((BigInt::from(prime), power));
        }
        prime += if prime == 2 { 1 } else { 2 };
    }
    if !rest.is_one() {
        // A square or a cube of a large prime is common; higher powers are not.
        budget.spend(rest.bits() * rest.bits() / 16 + 200)?;
        let (square, cube) = (rest.sqrt(), rest.cbrt());
        if &square * &square == rest {
            found.push((square, 2));
        } else if &cube * &cube * &cube == rest {
            found.push((cube, 3));
        } else {
            found.push((rest, 1));
        }
    }
    Ok(found)
}

/// The same of a fraction, which is positive; the powers of its denominator are negative.
pub(crate) fn prime_powers(
    value: &BigRational,
    budget: &Budget,
) -> Result<Vec<(BigInt, i64)>, Stop> {
    let above = prime_factors(value.numer(), budget)?.into_iter();
    let below = prime_factors(value.denom(), budget)?.into_iter();
    let above = above.map(|(prime, times)| (prime, i64::from(times)));
    let below = below.map(|(prime, times)| (prime, -i64::from(times)));
    Ok(above.chain(below).collect())
}

/// n over k: every partial product is a binomial coefficient, so every division is exact.
pub(crate) fn binomial(n: u64, k: u64) -> BigInt {
    if k > n {
        return BigInt::zero();
    }
    (0..k.min(n - k)).fold(BigInt::one(), |product, step| {
        product * (n - step) / (step + 1)
    })
}

/// A power, by squaring.
pub(crate) fn power_by_squares<T: Clone>(
    one: T,
    base: &T,
    mut power: u32,
    mul: impl Fn(&T, &T) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let (mut result, mut square) = (one, base.clone());
    loop {
        if power & 1 == 1 {
            result = mul(&result, &square)?;
        }
        power >>= 1;
        if power == 0 {
            return Ok(result);
        }
        square = mul(&square, &square)?;
    }
}
