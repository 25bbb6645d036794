//! Polynomials with integer coefficients over numbered atoms: the numerators and denominators of the
//! normal form. Terms are sorted by monomial and none is zero, so that equal polynomials have equal terms.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::algebra::integers::power_by_squares;
use crate::budget::{Budget, MAX_BITS, MAX_TERMS, Stop};

/// The number of an atom in its table.
pub(crate) type AtomId = usize;

/// Atoms and their powers, sorted by atom, every power positive.
pub(crate) type Monomial = Vec<(AtomId, u32)>;

/// A sum of monomials with integer coefficients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Poly {
    terms: Vec<(Monomial, BigInt)>,
}

impl Poly {
    pub(crate) fn constant(value: BigInt) -> Self {
        Self::term(vec![], value)
    }

    pub(crate) fn one() -> Self {
        Self::constant(BigInt::one())
    }

    /// One monomial with its coefficient.
    pub(crate) fn term(monomial: Monomial, coefficient: BigInt) -> Self {
        let terms = if coefficient.is_zero() {
            vec![]
        } else {
            vec![(monomial, coefficient)]
        };
        Self { terms }
    }

    pub(crate) fn terms(&self) -> &[(Monomial, BigInt)] {
        &self.terms
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// The value, if it contains no atom.
    pub(crate) fn as_constant(&self) -> Option<BigInt> {
        match self.terms.as_slice() {
            [] => Some(BigInt::zero()),
            [(monomial, value)] if monomial.is_empty() => Some(value.clone()),
            _ => None,
        }
    }

    pub(crate) fn is_one(&self) -> bool {
        matches!(self.terms.as_slice(), [(monomial, value)] if monomial.is_empty() && value.is_one())
    }

    /// Every atom that occurs.
    pub(crate) fn atoms(&self) -> Vec<AtomId> {
        let mut atoms: Vec<AtomId> = self
            .terms
            .iter()
            .flat_map(|(monomial, _)| monomial.iter().map(|(atom, _)| *atom))
            .collect();
        atoms.sort_unstable();
        atoms.dedup();
        atoms
    }

    /// Powers of atoms in all terms together.
    pub(crate) fn factors(&self) -> u64 {
        let lengths = self.terms.iter().map(|(monomial, _)| monomial.len() as u64);
        lengths.sum()
    }

    pub(crate) fn negated(&self) -> Self {
        self.with_coefficients(|value| -value)
    }

    /// The same with every coefficient changed, none to zero.
    fn with_coefficients(&self, change: impl Fn(&BigInt) -> BigInt) -> Self {
        let changed = |(monomial, value): &(Monomial, BigInt)| (monomial.clone(), change(value));
        Self {
            terms: self.terms.iter().map(changed).collect(),
        }
    }

    pub(crate) fn add(&self, other: &Self, budget: &Budget) -> Result<Self, Stop> {
        budget.spend(80 * (self.terms.len() + other.terms.len()) as u64)?;
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut left, mut right) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            match a.0.cmp(&b.0) {
                std::cmp::Ordering::Less => terms.extend(left.next().cloned()),
                std::cmp::Ordering::Greater => terms.extend(right.next().cloned()),
                std::cmp::Ordering::Equal => {
                    let sum = &a.1 + &b.1;
                    if !sum.is_zero() {
                        terms.push((a.0.clone(), sum));
                    }
                    left.next();
                    right.next();
                }
            }
        }
        terms.extend(left.cloned());
        terms.extend(right.cloned());
        Self { terms }.bounded()
    }

    pub(crate) fn mul(&self, other: &Self, budget: &Budget) -> Result<Self, Stop> {
        if self.is_one() {
            return Ok(other.clone());
        }
        if other.is_one() {
            return Ok(self.clone());
        }
        let words = |poly: &Self| {
            let words = poly.terms.iter().map(|(_, value)| 1 + value.bits() / 64);
            words.sum::<u64>()
        };
        let (left, right) = (self.terms.len() as u64, other.terms.len() as u64);
        budget.spend(300 * left * right)?;
        budget.spend(20 * (self.factors() * right + other.factors() * left))?;
        budget.spend(words(self).saturating_mul(words(other)))?;
        if let ([(left, a)], [(right, b)]) = (self.terms.as_slice(), other.terms.as_slice()) {
            return Self::term(product(left, right)?, a * b).bounded();
        }
        let mut terms: BTreeMap<Monomial, BigInt> = BTreeMap::new();
        for (left, a) in &self.terms {
            for (right, b) in &other.terms {
                *terms.entry(product(left, right)?).or_default() += a * b;
            }
            if terms.len() > 2 * MAX_TERMS {
                return Err(Stop::TooLarge);
            }
        }
        terms.retain(|_, value| !value.is_zero());
        Self {
            terms: terms.into_iter().collect(),
        }
        .bounded()
    }

    pub(crate) fn pow(&self, power: u32, budget: &Budget) -> Result<Self, Stop> {
        power_by_squares(Self::one(), self, power, |a, b| a.mul(b, budget))
    }

    /// The greatest number that divides every coefficient, with the sign of the first.
    pub(crate) fn content(&self, budget: &Budget) -> Result<BigInt, Stop> {
        let mut content = BigInt::zero();
        for (_, value) in &self.terms {
            if content.is_one() {
                break;
            }
            budget.divide(value.bits() + content.bits())?;
            content = content.gcd(value);
        }
        Ok(if self.leads_negative() {
            -content
        } else {
            content
        })
    }

    /// Every coefficient divided by `divisor`, which divides them.
    pub(crate) fn divided(&self, divisor: &BigInt) -> Self {
        if divisor.is_one() {
            return self.clone();
        }
        self.with_coefficients(|value| value / divisor)
    }

    /// The largest monomial that divides every term.
    pub(crate) fn common_monomial(&self) -> Monomial {
        let mut monomials = self.terms.iter().map(|(monomial, _)| monomial);
        let mut common = monomials.next().cloned().unwrap_or_default();
        monomials.for_each(|monomial| keep_common(&mut common, monomial));
        common
    }

    /// Every monomial divided by `divisor`, which divides them.
    pub(crate) fn without_monomial(&self, divisor: &Monomial) -> Self {
        if divisor.is_empty() {
            return self.clone();
        }
        let divide = |monomial: &Monomial| {
            let mut rest = monomial.clone();
            for (atom, power) in divisor {
                if let Ok(at) = position(&rest, *atom) {
                    rest[at].1 -= power;
                }
            }
            rest.retain(|(_, power)| *power > 0);
            rest
        };
        let mut terms: Vec<_> = self
            .terms
            .iter()
            .map(|(monomial, value)| (divide(monomial), value.clone()))
            .collect();
        terms.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Self { terms }
    }

    fn bounded(self) -> Result<Self, Stop> {
        let small = |(_, value): &(Monomial, BigInt)| value.bits() <= 2 * MAX_BITS;
        let fits = self.terms.len() <= MAX_TERMS && self.terms.iter().all(small);
        if fits { Ok(self) } else { Err(Stop::TooLarge) }
    }

    /// Whether the first coefficient is negative.
    pub(crate) fn leads_negative(&self) -> bool {
        self.terms
            .first()
            .is_some_and(|(_, value)| value.is_negative())
    }
}

/// Where an atom is in a monomial, or where it would be.
pub(crate) fn position(monomial: &Monomial, atom: AtomId) -> Result<usize, usize> {
    monomial.binary_search_by_key(&atom, |(atom, _)| *atom)
}

/// Leaves of `monomial` what divides `other` too.
pub(crate) fn keep_common(monomial: &mut Monomial, other: &Monomial) {
    monomial.retain_mut(|(atom, power)| {
        let found = position(other, *atom);
        *power = found.map_or(0, |at| other[at].1.min(*power));
        *power > 0
    });
}

fn product(left: &Monomial, right: &Monomial) -> Result<Monomial, Stop> {
    if left.is_empty() {
        return Ok(right.clone());
    }
    let mut result = left.clone();
    for &(atom, power) in right {
        match position(&result, atom) {
            Ok(at) => {
                result[at].1 = result[at]
                    .1
                    .checked_add(power)
                    .filter(|power| *power < 1 << 20)
                    .ok_or(Stop::TooLarge)?;
            }
            Err(at) => result.insert(at, (atom, power)),
        }
    }
    Ok(result)
}
