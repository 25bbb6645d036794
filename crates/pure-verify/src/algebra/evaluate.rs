//! Evaluates forms in complex interval arithmetic, at given values of the variables.

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::algebra::form::{Atom, Form};
use crate::algebra::integers::binomial;
use crate::algebra::interval::{Interval, Precision};
use crate::algebra::poly::{AtomId, Poly};
use crate::budget::{MAX_BITS, Stop};
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
pub(crate) type Point = [(AtomId, BigRational)];

/// Evaluation at one point and precision; the values of atoms are cached.
pub(crate) struct Evaluator<'a> {
    pub(crate) atoms: &'a [Atom],
    pub(crate) point: &'a Point,
    pub(crate) precision: Precision<'a>,
    known: Vec<Option<Complex>>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(atoms: &'a [Atom], point: &'a Point, precision: Precision<'a>) -> Self {
        Self {
            atoms,
            point,
            precision,
            known: vec![None; atoms.len()],
        }
    }

    pub(crate) fn poly(&mut self, poly: &Poly) -> Result<Complex, Stop> {
        let mut sum = Complex::real(Interval::exact(BigInt::zero()));
        for (monomial, value) in poly.terms() {
            self.precision
                .budget
                .spend(200 + value.bits() / 16 + self.precision.bits / 16)?;
            let mut term = Complex::real(self.precision.integer(value));
            for &(atom, power) in monomial {
                if power > 10_000 {
                    return Err(Stop::TooLarge);
                }
                let factor = self.atom(atom)?;
                let factor = self.power(&factor, power)?;
                term = self.mul(&term, &factor)?;
            }
            sum = Complex {
                real: sum.real.add(&term.real),
                imaginary: sum.imaginary.add(&term.imaginary),
            };
        }
        Ok(sum)
    }

    pub(crate) fn form(&mut self, form: &Form) -> Result<Complex, Stop> {
        let above = self.poly(&form.above)?;
        if form.below.is_one() {
            return Ok(above);
        }
        let below = self.poly(&form.below)?;
        // a / (c + di) = a (c - di) / (c^2 + d^2).
        let conjugate = Complex {
            real: below.real.clone(),
            imaginary: below.imaginary.negated(),
        };
        let square = self.mul(&below, &conjugate)?.real;
        let inverse = Complex::real(self.precision.inverse(&square)?);
        let product = self.mul(&above, &conjugate)?;
        self.mul(&product, &inverse)
    }

    fn mul(&self, a: &Complex, b: &Complex) -> Result<Complex, Stop> {
        let precision = self.precision;
        let real = precision.mul(&a.real, &b.real)?;
        if a.imaginary.is_exactly_zero() && b.imaginary.is_exactly_zero() {
            return Ok(Complex::real(real));
        }
        let crossed = precision.mul(&a.imaginary, &b.imaginary)?;
        let left = precision.mul(&a.real, &b.imaginary)?;
        let right = precision.mul(&a.imaginary, &b.real)?;
        Ok(Complex {
            real: real.add(&crossed.negated()),
            imaginary: left.add(&right),
        })
    }

    fn power(&self, base: &Complex, power: u32) -> Result<Complex, Stop> {
        if base.imaginary.is_exactly_zero() {
            let real = self.precision.power(&base.real, power)?;
            return Ok(Complex::real(real));
        }
        if power > 64 {
            return Err(Stop::TooLarge);
        }
        let mut result = base.clone();
        for _ in 1..power {
            result = self.mul(&result, base)?;
        }
        Ok(result)
    }

    pub(crate) fn atom(&mut self, id: AtomId) -> Result<Complex, Stop> {
        if let Some(value) = &self.known[id] {
            return Ok(value.clone());
        }
        let budget = self.precision.budget;
        let value = budget.nested(|| self.computed(id))??;
        self.known[id] = Some(value.clone());
        Ok(value)
    }

    fn real(&mut self, form: &Form) -> Result<Interval, Stop> {
        self.form(form)?.into_real()
    }

    fn computed(&mut self, id: AtomId) -> Result<Complex, Stop> {
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
            Atom::Pi => precision.pi()?,
            Atom::Root(index, inner) => precision.root(*index, &self.poly(inner)?.into_real()?)?,
            Atom::Exp(inner) => {
                let inner = self.form(inner)?;
                let length = precision.exp(&inner.real)?;
                if inner.imaginary.is_exactly_zero() {
                    length
                } else {
                    let (sin, cos) = precision.sin_cos(&inner.imaginary)?;
                    return Ok(Complex {
                        real: precision.mul(&length, &cos)?,
                        imaginary: precision.mul(&length, &sin)?,
                    });
                }
            }
            Atom::Ln(inner) => precision.ln(&self.real(inner)?)?,
            Atom::Sin(inner) => precision.sin_cos(&self.real(inner)?)?.0,
            Atom::Cos(inner) => precision.sin_cos(&self.real(inner)?)?.1,
            Atom::Call(function, inner) => {
                let inner = self.real(inner)?;
                self.call(*function, &inner)?
            }
            Atom::Binomial(above, below) => {
                let (above, below) = (self.real(above)?, self.real(below)?);
                let (n, k) = (self.natural(&above)?, self.natural(&below)?);
                if k > n || n > MAX_FACTORIAL {
                    return Err(Stop::Undefined);
                }
                self.precision.budget.spend(u64::from(n) * 100)?;
                precision.integer(&binomial(n.into(), k.into()))
            }
            Atom::Power(base, exponent) => {
                let (base, exponent) = (self.real(base)?, self.real(exponent)?);
                self.real_power(&base, &exponent)?
            }
        }))
    }

    fn call(&self, function: Function, inner: &Interval) -> Result<Interval, Stop> {
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
                let floor = precision.floor(inner).ok_or(Stop::Undefined)?;
                Ok(precision.integer(&floor))
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
                self.precision.budget.spend(u64::from(n) * 100)?;
                Ok(precision.integer(&(1..=n).product()))
            }
            Function::Arctan => precision.arctan(inner),
            Function::Arcsin => {
                // arcsin x = arctan(x / sqrt(1 - x^2)).
                let square = precision.mul(inner, inner)?;
                let rest = Interval::exact(precision.one()).add(&square.negated());
                let root = precision.root(2, &rest)?;
                let tangent = precision.mul(inner, &precision.inverse(&root)?)?;
                precision.arctan(&tangent)
            }
            _ => Err(Stop::Syntax),
        }
    }

    /// The whole number, not negative, that an exact interval is.
    fn natural(&self, value: &Interval) -> Result<u32, Stop> {
        let whole = self.whole(value).and_then(|value| value.to_u32());
        whole.ok_or(Stop::Undefined)
    }

    fn whole(&self, value: &Interval) -> Option<BigInt> {
        let floor = self.precision.floor(value)?;
        (value.low == value.high && &floor << self.precision.bits == value.low).then_some(floor)
    }

    fn real_power(&self, base: &Interval, exponent: &Interval) -> Result<Interval, Stop> {
        let precision = self.precision;
        if let Some(power) = self.whole(exponent) {
            let times = power.abs().to_u32().ok_or(Stop::TooLarge)?;
            let bits = precision.exponent(&base.magnitude()).unsigned_abs().max(1);
            if bits * u64::from(times) > MAX_BITS {
                return Err(Stop::TooLarge);
            }
            let power_of = precision.power(base, times)?;
            return if power.is_negative() {
                precision.inverse(&power_of)
            } else {
                Ok(power_of)
            };
        }
        let ln = precision.ln(base)?;
        precision.exp(&precision.mul(&ln, exponent)?)
    }
}
