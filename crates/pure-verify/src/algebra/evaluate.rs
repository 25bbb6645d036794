//! Evaluates forms in complex interval arithmetic, at given values of the variables.

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::algebra::form::{Atom, Form};
use crate::algebra::integers::binomial;
use crate::algebra::interval::{Interval, Precision};
use crate::algebra::poly::{AtomId, Poly};
use crate::budget::{Budget, MAX_BITS, Stop};
use crate::expr::Function;

/// The largest whole number whose factorial is taken at a point.
const MAX_FACTORIAL: u32 = 150;

/// A complex interval.
#[derive(Debug, Clone)]
pub(crate) struct Complex {
    pub(crate) real: Interval,
    pub(crate) imaginary: Interval,
}

impl Complex {
    fn real(real: Interval) -> Self {
        Self {
            real,
            imaginary: Interval::exact(BigInt::zero()),
        }
    }

    fn into_real(self) -> Result<Interval, Stop> {
        if self.imaginary.is_exactly_zero() {
            Ok(self.real)
        } else {
            Err(Stop::Undefined)
        }
    }

    /// Whether it is certainly not zero.
    pub(crate) fn is_nonzero(&self) -> bool {
        self.real.sign().is_some() || self.imaginary.sign().is_some()
    }
}

/// A value for each variable: the same for all polynomials of one evaluation.
pub(crate) type Point = Vec<(AtomId, BigRational)>;

/// Evaluation at one point and precision; the values of atoms are cached.
pub(crate) struct Evaluator<'a> {
    pub(crate) atoms: &'a [Atom],
    pub(crate) point: &'a Point,
    pub(crate) precision: Precision,
    known: Vec<Option<Complex>>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(atoms: &'a [Atom], point: &'a Point, precision: Precision) -> Self {
        Self {
            atoms,
            point,
            precision,
            known: vec![None; atoms.len()],
        }
    }

    pub(crate) fn poly(&mut self, poly: &Poly, budget: &mut Budget) -> Result<Complex, Stop> {
        let mut sum = Complex::real(Interval::exact(BigInt::zero()));
        for (monomial, value) in poly.terms() {
            budget.spend(200 + value.bits() / 16 + self.precision.bits / 16)?;
            let mut term = Complex::real(self.precision.integer(value));
            for &(atom, power) in monomial {
                if power > 10_000 {
                    return Err(Stop::TooLarge);
                }
                let factor = self.atom(atom, budget)?;
                let factor = self.power(&factor, power, budget)?;
                term = self.mul(&term, &factor, budget)?;
            }
            sum = Complex {
                real: sum.real.add(&term.real),
                imaginary: sum.imaginary.add(&term.imaginary),
            };
        }
        Ok(sum)
    }

    pub(crate) fn form(&mut self, form: &Form, budget: &mut Budget) -> Result<Complex, Stop> {
        let above = self.poly(&form.above, budget)?;
        if form.below.is_one() {
            return Ok(above);
        }
        let below = self.poly(&form.below, budget)?;
        // a / (c + di) = a (c - di) / (c^2 + d^2).
        let conjugate = Complex {
            real: below.real.clone(),
            imaginary: below.imaginary.negated(),
        };
        let square = self.mul(&below, &conjugate, budget)?.real;
        let inverse = Complex::real(self.precision.inverse(&square, budget)?);
        let product = self.mul(&above, &conjugate, budget)?;
        self.mul(&product, &inverse, budget)
    }

    fn mul(&self, a: &Complex, b: &Complex, budget: &mut Budget) -> Result<Complex, Stop> {
        let precision = self.precision;
        let real = precision.mul(&a.real, &b.real, budget)?;
        if a.imaginary.is_exactly_zero() && b.imaginary.is_exactly_zero() {
            return Ok(Complex::real(real));
        }
        let crossed = precision.mul(&a.imaginary, &b.imaginary, budget)?;
        let left = precision.mul(&a.real, &b.imaginary, budget)?;
        let right = precision.mul(&a.imaginary, &b.real, budget)?;
        Ok(Complex {
            real: real.add(&crossed.negated()),
            imaginary: left.add(&right),
        })
    }

    fn power(&self, base: &Complex, power: u32, budget: &mut Budget) -> Result<Complex, Stop> {
        if base.imaginary.is_exactly_zero() {
            return Ok(Complex::real(
                self.precision.power(&base.real, power, budget)?,
            ));
        }
        if power > 64 {
            return Err(Stop::TooLarge);
        }
        let mut result = base.clone();
        for _ in 1..power {
            result = self.mul(&result, base, budget)?;
        }
        Ok(result)
    }

    pub(crate) fn atom(&mut self, id: AtomId, budget: &mut Budget) -> Result<Complex, Stop> {
        if let Some(value) = &self.known[id] {
            return Ok(value.clone());
        }
        budget.open()?;
        let value = self.computed(id, budget);
        budget.close();
        let value = value?;
        self.known[id] = Some(value.clone());
        Ok(value)
    }

    fn real(&mut self, form: &Form, budget: &mut Budget) -> Result<Interval, Stop> {
        self.form(form, budget)?.into_real()
    }

    fn computed(&mut self, id: AtomId, budget: &mut Budget) -> Result<Complex, Stop> {
        let precision = self.precision;
        if let Some((_, value)) = self.point.iter().find(|(atom, _)| *atom == id) {
            return Ok(Complex::real(precision.rational(value)));
        }
        let atoms = self.atoms;
        Ok(Complex::real(match &atoms[id] {
            Atom::Symbol(_) | Atom::Apply(..) => return Err(Stop::Syntax),
            Atom::Imaginary => {
                return Ok(Complex {
                    real: Interval::exact(BigInt::zero()),
                    imaginary: Interval::exact(precision.one()),
                });
            }
            Atom::Pi => precision.pi(budget)?,
            Atom::Root(index, inner) => {
                let inner = self.poly(inner, budget)?.into_real()?;
                precision.root(*index, &inner, budget)?
            }
            Atom::Exp(inner) => {
                let inner = self.form(inner, budget)?;
                let length = precision.exp(&inner.real, budget)?;
                if inner.imaginary.is_exactly_zero() {
                    length
                } else {
                    let (sin, cos) = precision.sin_cos(&inner.imaginary, budget)?;
                    return Ok(Complex {
                        real: precision.mul(&length, &cos, budget)?,
                        imaginary: precision.mul(&length, &sin, budget)?,
                    });
                }
            }
            Atom::Ln(inner) => {
                let inner = self.real(inner, budget)?;
                precision.ln(&inner, budget)?
            }
            Atom::Sin(inner) => {
                let inner = self.real(inner, budget)?;
                precision.sin_cos(&inner, budget)?.0
            }
            Atom::Cos(inner) => {
                let inner = self.real(inner, budget)?;
                precision.sin_cos(&inner, budget)?.1
            }
            Atom::Call(function, inner) => {
                let inner = self.real(inner, budget)?;
                self.call(*function, &inner, budget)?
            }
            Atom::Binomial(above, below) => {
                let (above, below) = (self.real(above, budget)?, self.real(below, budget)?);
                let (n, k) = (self.natural(&above)?, self.natural(&below)?);
                if k > n || n > MAX_FACTORIAL {
                    return Err(Stop::Undefined);
                }
                budget.spend(u64::from(n) * 100)?;
                precision.integer(&binomial(n.into(), k.into()))
            }
            Atom::Power(base, exponent) => {
                let (base, exponent) = (self.real(base, budget)?, self.real(exponent, budget)?);
                self.real_power(&base, &exponent, budget)?
            }
        }))
    }

    fn call(
        &self,
        function: Function,
        inner: &Interval,
        budget: &mut Budget,
    ) -> Result<Interval, Stop> {
        let precision = self.precision;
        match function {
            Function::Abs => match inner.sign() {
                Some(Sign::Minus) => Ok(inner.negated()),
                Some(_) => Ok(inner.clone()),
                None => Ok(Interval {
                    low: BigInt::zero(),
                    high: inner.magnitude(),
                }),
            },
            Function::Floor => {
                Ok(precision.integer(&precision.floor(inner).ok_or(Stop::Undefined)?))
            }
            Function::Ceil => {
                let floor = precision.floor(&inner.negated()).ok_or(Stop::Undefined)?;
                Ok(precision.integer(&-floor))
            }
            Function::Factorial => {
                let n = self.natural(inner)?;
                if n > MAX_FACTORIAL {
                    return Err(Stop::TooLarge);
                }
                budget.spend(u64::from(n) * 100)?;
                Ok(precision
                    .integer(&(1..=n).fold(BigInt::one(), |product, factor| product * factor)))
            }
            Function::Arctan => precision.arctan(inner, budget),
            Function::Arcsin => {
                // arcsin x = arctan(x / sqrt(1 - x^2)).
                let square = precision.mul(inner, inner, budget)?;
                let rest = Interval::exact(precision.one()).add(&square.negated());
                let root = precision.root(2, &rest, budget)?;
                let tangent = precision.mul(inner, &precision.inverse(&root, budget)?, budget)?;
                precision.arctan(&tangent, budget)
            }
            _ => Err(Stop::Syntax),
        }
    }

    /// The whole number, not negative, that an exact interval is.
    fn natural(&self, value: &Interval) -> Result<u32, Stop> {
        self.whole(value)
            .and_then(|value| value.to_u32())
            .ok_or(Stop::Undefined)
    }

    fn whole(&self, value: &Interval) -> Option<BigInt> {
        let floor = self.precision.floor(value)?;
        (value.low == value.high && &floor << self.precision.bits == value.low).then_some(floor)
    }

    fn real_power(
        &self,
        base: &Interval,
        exponent: &Interval,
        budget: &mut Budget,
    ) -> Result<Interval, Stop> {
        let precision = self.precision;
        if let Some(power) = self.whole(exponent) {
            let times = power.abs().to_u32().ok_or(Stop::TooLarge)?;
            let bits = precision.exponent(&base.magnitude()).unsigned_abs().max(1);
            if bits * u64::from(times) > MAX_BITS {
                return Err(Stop::TooLarge);
            }
            let power_of = precision.power(base, times, budget)?;
            return if power.is_negative() {
                precision.inverse(&power_of, budget)
            } else {
                Ok(power_of)
            };
        }
        let ln = precision.ln(base, budget)?;
        precision.exp(&precision.mul(&ln, exponent, budget)?, budget)
    }
}
