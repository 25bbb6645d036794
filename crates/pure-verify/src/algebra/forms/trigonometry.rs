//! Trigonometry in normal form.
//!
//! Sines of sums are expanded, `sin(a+b) = sin a cos b + cos a sin b`, and those of integer multiples too,
//! so that only `sin a` and `cos a` of single terms remain as atoms. Multiples of pi/12 have exact values;
//! other rational multiples of pi are reduced to the first octant.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::algebra::form::{Atom, Form};
use crate::algebra::forms::Forms;
use crate::algebra::poly::AtomId;
use crate::budget::Stop;
use crate::expr::Function;

/// Terms of an angle that are expanded.
const MAX_ANGLE_TERMS: usize = 4;
/// The largest integer multiple of an angle that is expanded.
const MAX_MULTIPLE: i64 = 8;

impl Forms<'_> {
    pub(crate) fn multiple_of_pi(&mut self, times: &BigRational) -> Result<Form, Stop> {
        let half_turn = self.atom(Atom::Pi)?;
        self.mul(&half_turn, &Form::rational(times))
    }

    /// Sine and cosine of an angle.
    pub(crate) fn sin_cos(&mut self, angle: &Form) -> Result<(Form, Form), Stop> {
        let terms = self.terms_of(angle)?;
        if terms.len() > MAX_ANGLE_TERMS {
            return self.opaque_angle(angle);
        }
        let mut whole = (Form::integer(0), Form::integer(1));
        for (coefficient, rest) in terms {
            let part = self.sin_cos_of_term(&coefficient, &rest)?;
            whole = self.turned(&whole, &part)?;
        }
        Ok(whole)
    }

    /// Sine and cosine of the sum of two angles, from those of each.
    fn turned(&mut self, a: &(Form, Form), b: &(Form, Form)) -> Result<(Form, Form), Stop> {
        let (sin_cos, cos_sin) = (self.mul(&a.0, &b.1)?, self.mul(&a.1, &b.0)?);
        let (cos_cos, sin_sin) = (self.mul(&a.1, &b.1)?, self.mul(&a.0, &b.0)?);
        Ok((
            self.add(&sin_cos, &cos_sin)?,
            self.add(&cos_cos, &sin_sin.negated())?,
        ))
    }

    fn opaque_angle(&mut self, angle: &Form) -> Result<(Form, Form), Stop> {
        Ok((
            self.atom(Atom::Sin(angle.clone()))?,
            self.atom(Atom::Cos(angle.clone()))?,
        ))
    }

    fn sin_cos_of_term(&mut self, coefficient: &BigInt, rest: &Form) -> Result<(Form, Form), Stop> {
        if let ([(monomial, value)], Some(below)) = (rest.above.terms(), rest.below.as_constant())
            && let [(atom, 1)] = monomial.as_slice()
            && self.atoms[*atom] == Atom::Pi
        {
            let turns = self.fraction(value * coefficient, below)?;
            return self.sin_cos_of_pi(&turns);
        }
        // An angle that is a number is not expanded: `\sin 6` stays what it is.
        let multiple = coefficient.abs();
        let (base, times) = match multiple.to_i64() {
            Some(times @ ..=MAX_MULTIPLE) if rest.as_rational().is_none() => (rest.clone(), times),
            _ => (self.mul(rest, &Form::integer(multiple))?, 1),
        };
        let base = self.opaque_angle(&base)?;
        let mut whole = base.clone();
        for _ in 1..times {
            whole = self.turned(&whole, &base)?;
        }
        if coefficient.is_negative() {
            whole.0 = whole.0.negated();
        }
        Ok(whole)
    }

    /// Sine and cosine of `turns * pi`.
    fn sin_cos_of_pi(&mut self, turns: &BigRational) -> Result<(Form, Form), Stop> {
        let twelfths = turns * BigRational::from_integer(12.into());
        if twelfths.is_integer() {
            let twelfths = twelfths.to_integer().mod_floor(&24.into());
            let twelfths = twelfths.to_i64().unwrap_or(0);
            // k/12 = a/3 + b/4.
            let quarters = (3 * twelfths).rem_euclid(4);
            let thirds = (twelfths - 3 * quarters).div_euclid(4).rem_euclid(6);
            let (third, quarter) = (self.sixth_of_turn(thirds)?, self.eighth_of_turn(quarters)?);
            return self.turned(&third, &quarter);
        }
        // Reduction to the first octant, (0, 1/4), by quarter turns and a reflection.
        let half = BigRational::new(1.into(), 2.into());
        let quarter_turns = (turns / &half + &half).floor().to_integer();
        let offset = turns - BigRational::from_integer(quarter_turns.clone()) * &half;
        let angle = self.multiple_of_pi(&offset.abs())?;
        let (mut sin, cos) = self.opaque_angle(&angle)?;
        if offset.is_negative() {
            sin = sin.negated();
        }
        Ok(match quarter_turns.mod_floor(&4.into()).to_i64() {
            Some(0) => (sin, cos),
            Some(1) => (cos, sin.negated()),
            Some(2) => (sin.negated(), cos.negated()),
            _ => (cos.negated(), sin),
        })
    }

    /// Sine and cosine of `k pi/3`.
    fn sixth_of_turn(&mut self, k: i64) -> Result<(Form, Form), Stop> {
        let half = Form::rational(&BigRational::new(1.into(), 2.into()));
        let root = self.root(2, &Form::rational(&BigRational::new(3.into(), 4.into())))?;
        let zero = Form::integer(0);
        Ok(match k {
            0 => (zero, Form::integer(1)),
            1 => (root, half),
            2 => (root, half.negated()),
            3 => (zero, Form::integer(-1)),
            4 => (root.negated(), half.negated()),
            _ => (root.negated(), half),
        })
    }

    /// Sine and cosine of `k pi/4`, k from 0 to 3.
    fn eighth_of_turn(&mut self, k: i64) -> Result<(Form, Form), Stop> {
        let root = self.root(2, &Form::rational(&BigRational::new(1.into(), 2.into())))?;
        Ok(match k {
            0 => (Form::integer(0), Form::integer(1)),
            1 => (root.clone(), root),
            2 => (Form::integer(1), Form::integer(0)),
            _ => (root.clone(), root.negated()),
        })
    }

    /// A multiple of pi/12 where the argument is one of its values, else an atom.
    pub(crate) fn inverse_trigonometric(
        &mut self,
        function: Function,
        inner: &Form,
    ) -> Result<Form, Stop> {
        let atoms = [inner.above.atoms(), inner.below.atoms()].concat();
        let is_root = |atom: AtomId| matches!(self.atoms[atom], Atom::Root(..));
        if atoms.into_iter().all(is_root) {
            let first = if function == Function::Arccos { 0 } else { -6 };
            for twelfths in first..=first + 12 {
                let angle = BigRational::new(BigInt::from(twelfths), 12.into());
                let (sin, cos) = self.sin_cos_of_pi(&angle)?;
                let value = match function {
                    Function::Arcsin => sin,
                    Function::Arccos => cos,
                    _ if cos.is_zero() => continue,
                    _ => self.div(&sin, &cos)?,
                };
                if self.same(&value, inner)? {
                    return self.multiple_of_pi(&angle);
                }
            }
        }
        if function == Function::Arccos {
            // arccos a = pi/2 - arcsin a.
            let arcsin = self.inverse_trigonometric(Function::Arcsin, inner)?;
            let right = self.multiple_of_pi(&BigRational::new(1.into(), 2.into()))?;
            return self.add(&right, &arcsin.negated());
        }
        // Odd functions.
        if inner.above.leads_negative() {
            return Ok(self.atom(Atom::Call(function, inner.negated()))?.negated());
        }
        if inner.as_rational().is_some_and(|value| value.is_zero()) {
            return Ok(Form::integer(0));
        }
        self.atom(Atom::Call(function, inner.clone()))
    }
}
