//! Are two forms the same number, or the same function?
//!
//! 1. `ad - bc` is the zero polynomial: equal.
//! 2. It is not, and its atoms are variables and `i` alone, which satisfy no relation: different.
//! 3. Without variables: its value is bounded at rising precision. Bounds that leave out zero prove a
//!    difference. Where only roots occur, a bound below the separation bound proves equality (below).
//! 4. With variables: the same at several points. One difference proves one; equality at every point
//!    where both are defined, each proven as in 3, is taken for equality, unless steps (`\floor`) occur.
//! 5. Everything else is unknown, which counts as not equal.
//!
//! The separation bound is that of Burnikel, Funke, Mehlhorn, Schirra and Schmitt (BFMSS). An
//! expression of integers with `+ - * /` and roots is rewritten as `U/L` without divisions; `U` is an
//! algebraic integer of degree at most `D`, the product of the indices of the roots, and all its
//! conjugates are at most `u`. Their product is a whole number, so unless it is zero,
//!
//! ```text
//! |U/L| >= 1 / (u^(D-1) l)      u(ab) = u(a) u(b)      u(a + b) = u(a) l(b) + l(a) u(b)
//!                               l(ab) = l(a) l(b)      l(a + b) = l(a) l(b)
//!                               u(root_k a) = (u(a) l(a)^(k-1))^(1/k)      l(root_k a) = l(a)
//! ```

use num_rational::BigRational;
use num_traits::Signed;

use crate::budget::{Budget, Stop};
use crate::evaluate::{Evaluator, Point};
use crate::expr::{Expr, Function};
use crate::form::{Atom, Form, Forms};
use crate::interval::{Interval, Precision};
use crate::poly::{AtomId, Poly};

/// What is known about two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Equal,
    Different,
    Unknown,
}

/// Bits of the first look, and the most that a separation bound may ask for.
const FIRST_BITS: u64 = 128;
const SECOND_BITS: u64 = 640;
const MAX_SEPARATION_BITS: f64 = 6_000.0;
/// Points at which functions are compared, and how many must prove equality.
const POINTS: u64 = 8;
const POINTS_NEEDED: u64 = 4;

impl Forms {
    pub(crate) fn decide(&mut self, left: &Form, right: &Form) -> Result<Decision, Stop> {
        let difference = self.difference(left, right)?;
        if difference.is_zero() {
            return Ok(Decision::Equal);
        }
        let free = |atom: &Atom| matches!(atom, Atom::Symbol(_) | Atom::Imaginary);
        if difference
            .atoms()
            .into_iter()
            .all(|atom| free(&self.atoms[atom]))
        {
            return Ok(Decision::Different);
        }
        let content = difference.content(&mut self.budget)?;
        let difference = difference.divided(&content);
        let variables = self.variables(&[&difference, &left.below, &right.below]);
        let Self { atoms, budget } = self;
        let mut looked = Looked {
            atoms,
            budget,
            difference: &difference,
            denominators: [&left.below, &right.below],
        };
        if variables.ids.is_empty() {
            return looked.at(&vec![]);
        }
        let mut random = Random::new();
        let mut equal = 0;
        for round in 0..POINTS {
            let value = |(at, &variable)| (variable, random.value(variables.natural, round, at));
            let point = variables.ids.iter().enumerate().map(value).collect();
            match looked.at(&point) {
                Ok(Decision::Different) => return Ok(Decision::Different),
                Ok(Decision::Equal) => equal += 1,
                Ok(Decision::Unknown) | Err(Stop::Undefined | Stop::TooLarge) => {}
                Err(stop) => return Err(stop),
            }
        }
        // Steps may coincide at many points and differ between them.
        Ok(if equal >= POINTS_NEEDED && !variables.steps {
            Decision::Equal
        } else {
            Decision::Unknown
        })
    }

    /// Whether a constant certainly lies within `distance` of `value`.
    pub(crate) fn within(
        &mut self,
        expr: &Expr,
        value: &BigRational,
        distance: &BigRational,
    ) -> bool {
        let Ok(form) = self.form(expr) else {
            return false;
        };
        let precision = Precision { bits: SECOND_BITS };
        let point = Point::new();
        let mut evaluator = Evaluator::new(&self.atoms, &point, precision);
        let Ok(number) = evaluator.form(&form, &mut self.budget) else {
            return false;
        };
        let low = precision.rational(&(value - distance));
        let high = precision.rational(&(value + distance));
        number.imaginary.is_exactly_zero()
            && number.real.low >= low.high
            && number.real.high <= high.low
    }

    /// The variables that polynomials depend on.
    fn variables(&self, polys: &[&Poly]) -> Variables {
        let mut open: Vec<AtomId> = polys.iter().flat_map(|poly| poly.atoms()).collect();
        let mut seen = vec![false; self.atoms.len()];
        let mut variables = Variables::default();
        while let Some(id) = open.pop() {
            if std::mem::replace(&mut seen[id], true) {
                continue;
            }
            let mut inside = |form: &Form| {
                open.extend(form.above.atoms());
                open.extend(form.below.atoms());
            };
            match &self.atoms[id] {
                Atom::Symbol(_) | Atom::Apply(..) => variables.ids.push(id),
                Atom::Imaginary | Atom::Pi => {}
                Atom::Root(_, inner) => open.extend(inner.atoms()),
                Atom::Exp(a) | Atom::Ln(a) | Atom::Sin(a) | Atom::Cos(a) => inside(a),
                Atom::Call(function, a) => {
                    variables.natural |= *function == Function::Factorial;
                    variables.steps |= matches!(function, Function::Floor | Function::Ceil);
                    inside(a);
                }
                Atom::Binomial(a, b) => {
                    variables.natural = true;
                    inside(a);
                    inside(b);
                }
                Atom::Power(a, b) => {
                    inside(a);
                    inside(b);
                }
            }
        }
        variables
    }
}

/// What a difference depends on.
#[derive(Debug, Default)]
struct Variables {
    ids: Vec<AtomId>,
    /// A factorial or a binomial coefficient is among what is evaluated.
    natural: bool,
    /// A function that is constant between steps is among it.
    steps: bool,
}

/// A difference to be looked at from several points.
struct Looked<'a> {
    atoms: &'a [Atom],
    budget: &'a mut Budget,
    difference: &'a Poly,
    denominators: [&'a Poly; 2],
}

impl Looked<'_> {
    fn at(&mut self, point: &Point) -> Result<Decision, Stop> {
        for bits in [FIRST_BITS, SECOND_BITS] {
            let mut evaluator = Evaluator::new(self.atoms, point, Precision { bits });
            for denominator in self.denominators {
                if !denominator.is_one() && !evaluator.poly(denominator, self.budget)?.is_nonzero()
                {
                    return Err(Stop::Undefined);
                }
            }
            let value = evaluator.poly(self.difference, self.budget)?;
            if value.is_nonzero() {
                return Ok(Decision::Different);
            }
            if value.real.is_exactly_zero() && value.imaginary.is_exactly_zero() {
                return Ok(Decision::Equal);
            }
            let Some(needed) = self.separation(&mut evaluator)? else {
                // A transcendental number: a closer look may tell them apart, none proves equality.
                continue;
            };
            let needed = needed as u64 + 8;
            let small = |part: &Interval, bits: u64| {
                bits > needed && part.magnitude().bits() <= bits - needed
            };
            if small(&value.real, bits) && small(&value.imaginary, bits) {
                return Ok(Decision::Equal);
            }
            let bits = needed + 64;
            let mut evaluator = Evaluator::new(self.atoms, point, Precision { bits });
            let value = evaluator.poly(self.difference, self.budget)?;
            return Ok(if value.is_nonzero() {
                Decision::Different
            } else if small(&value.real, bits) && small(&value.imaginary, bits) {
                Decision::Equal
            } else {
                Decision::Unknown
            });
        }
        Ok(Decision::Unknown)
    }

    /// Bits below which a difference of roots can only be zero; none where more than roots occur.
    fn separation(&mut self, evaluator: &mut Evaluator<'_>) -> Result<Option<f64>, Stop> {
        let mut degree = 1.0;
        let mut sizes = vec![None; self.atoms.len()];
        let Some(size) = self.size(self.difference, evaluator, &mut sizes, &mut degree)? else {
            return Ok(None);
        };
        let bits = (degree - 1.0) * size.above + size.below + 2.0;
        if bits > MAX_SEPARATION_BITS {
            Err(Stop::TooLarge)
        } else {
            Ok(Some(bits))
        }
    }

    fn size(
        &mut self,
        poly: &Poly,
        evaluator: &mut Evaluator<'_>,
        sizes: &mut Vec<Option<Size>>,
        degree: &mut f64,
    ) -> Result<Option<Size>, Stop> {
        let mut sum: Option<Size> = None;
        for (monomial, value) in poly.terms() {
            let mut term = Size {
                above: value.bits() as f64,
                below: 0.0,
            };
            for &(atom, power) in monomial {
                if sizes[atom].is_none() {
                    let size = self.size_of_atom(atom, evaluator, sizes, degree)?;
                    let Some(size) = size else {
                        return Ok(None);
                    };
                    sizes[atom] = Some(size);
                }
                let Some(size) = sizes[atom] else {
                    return Ok(None);
                };
                term.above += f64::from(power) * size.above;
                term.below += f64::from(power) * size.below;
            }
            sum = Some(match sum {
                None => term,
                Some(sum) => Size {
                    above: (sum.above + term.below).max(term.above + sum.below) + 1.0,
                    below: sum.below + term.below,
                },
            });
        }
        Ok(sum)
    }

    fn size_of_atom(
        &mut self,
        id: AtomId,
        evaluator: &mut Evaluator<'_>,
        sizes: &mut Vec<Option<Size>>,
        degree: &mut f64,
    ) -> Result<Option<Size>, Stop> {
        if let Some((_, value)) = evaluator.point.iter().find(|(atom, _)| *atom == id) {
            return Ok(Some(Size::of(value)));
        }
        let atoms = self.atoms;
        match &atoms[id] {
            Atom::Imaginary => Ok(Some(Size {
                above: 0.0,
                below: 0.0,
            })),
            Atom::Root(index, inner) => {
                let Some(size) = self.size(inner, evaluator, sizes, degree)? else {
                    return Ok(None);
                };
                let index = f64::from(*index);
                *degree *= index;
                Ok(Some(Size {
                    above: (size.above + (index - 1.0) * size.below) / index,
                    below: size.below,
                }))
            }
            // |a| is a or -a; a rounded number is a whole one.
            Atom::Call(Function::Abs, inner) => {
                let above = self.size(&inner.above, evaluator, sizes, degree)?;
                let below = self.size(&inner.below, evaluator, sizes, degree)?;
                Ok(above.zip(below).map(|(above, below)| Size {
                    above: above.above + below.below,
                    below: above.below + below.above,
                }))
            }
            Atom::Call(Function::Floor | Function::Ceil | Function::Factorial, _)
            | Atom::Binomial(..) => {
                let value = evaluator.atom(id, self.budget)?;
                let bits = value
                    .real
                    .magnitude()
                    .bits()
                    .saturating_sub(evaluator.precision.bits);
                Ok(Some(Size {
                    above: bits as f64,
                    below: 0.0,
                }))
            }
            _ => Ok(None),
        }
    }
}

/// Logarithms to base two of the bounds `u` and `l`.
#[derive(Debug, Clone, Copy)]
struct Size {
    above: f64,
    below: f64,
}

impl Size {
    fn of(value: &BigRational) -> Self {
        Self {
            above: value.numer().abs().bits() as f64,
            below: value.denom().bits() as f64,
        }
    }
}

/// Points: pseudo-random, the same in every run, so that a verdict never changes.
struct Random {
    state: u64,
}

impl Random {
    fn new() -> Self {
        Self {
            state: 0x9e37_79b9_7f4a_7c15,
        }
    }

    fn below(&mut self, limit: u64) -> i64 {
        // Xorshift64*.
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) % limit) as i64
    }

    /// A value for the variable `at`: positive in the first rounds, where roots and logarithms are
    /// defined; later all negative, then one half of the variables, then the other.
    fn value(&mut self, natural: bool, round: u64, at: usize) -> BigRational {
        if natural {
            return BigRational::from_integer((2 + 3 * round as i64 + self.below(3)).into());
        }
        let denominator = [1, 2, 3, 5][self.below(4) as usize];
        let value = 1 + self.below(60);
        let negative = match round {
            4 => true,
            5 => at.is_multiple_of(2),
            6 => !at.is_multiple_of(2),
            7 => self.below(2) == 0,
            _ => false,
        };
        BigRational::new(
            (if negative { -value } else { value }).into(),
            denominator.into(),
        )
    }
}
