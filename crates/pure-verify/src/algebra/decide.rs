//! Are two forms the same number, or the same function?
//!
//! 1. `ad - bc` is the zero polynomial: equal.
//! 2. It is not, and its atoms are variables and `i` alone, which satisfy no relation: different.
//! 3. Without variables: its value is bounded at rising precision. Bounds that leave out zero prove a
//!    difference. Where only roots occur, a bound below the separation bound proves equality (below).
//! 4. With variables: the same at several points. One difference proves one; equality at every point
//!    where both are defined, each proven as in 3, is taken for equality, unless steps (`\floor`) occur.
//! 5. Everything else is unknown, which counts as not equal.

use num_rational::BigRational;
use num_traits::Signed;

use crate::algebra::evaluate::{Evaluator, Point};
use crate::algebra::form::{Atom, Form};
use crate::algebra::forms::Forms;
use crate::algebra::interval::{Interval, Precision};
use crate::algebra::points::Random;
use crate::algebra::poly::{AtomId, Poly};
use crate::algebra::separation::separation;
use crate::budget::{Budget, Stop};
use crate::expr::{Expr, Function};

/// What is known about two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Equal,
    Different,
    Unknown,
}

/// Bits of the first look, and of the second.
const FIRST_BITS: u64 = 128;
const SECOND_BITS: u64 = 640;
/// Points at which functions are compared, and how many must prove equality.
const POINTS: u64 = 8;
const POINTS_NEEDED: u64 = 4;

/// What is known about the values of two forms.
pub(crate) fn decide(forms: &mut Forms<'_>, left: &Form, right: &Form) -> Result<Decision, Stop> {
    let difference = forms.difference(left, right)?;
    if difference.is_zero() {
        return Ok(Decision::Equal);
    }
    let free = |atom: &Atom| matches!(atom, Atom::Symbol(_) | Atom::Imaginary);
    if difference
        .atoms()
        .into_iter()
        .all(|atom| free(&forms.atoms[atom]))
    {
        return Ok(Decision::Different);
    }
    let content = difference.content(forms.budget)?;
    let difference = difference.divided(&content);
    let variables = Variables::of(&[&difference, &left.below, &right.below], &forms.atoms);
    let mut looked = Looked {
        atoms: &forms.atoms,
        budget: forms.budget,
        difference: &difference,
        denominators: [&left.below, &right.below],
    };
    if variables.found.is_empty() {
        return looked.at(&vec![]);
    }
    let mut random = Random::new();
    let mut equal = 0;
    for round in 0..POINTS {
        let value = |(at, &(variable, natural))| (variable, random.value(natural, round, at));
        let point = variables.found.iter().enumerate().map(value).collect();
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
    forms: &mut Forms<'_>,
    expr: &Expr,
    value: &BigRational,
    distance: &BigRational,
) -> bool {
    let bits = value.numer().bits() + value.denom().bits() + distance.denom().bits();
    let (Ok(()), Ok(form)) = (forms.budget.divide(bits), forms.form(expr)) else {
        return false;
    };
    let precision = Precision { bits: SECOND_BITS };
    let point = Point::new();
    let mut evaluator = Evaluator::new(&forms.atoms, &point, precision);
    let Ok(number) = evaluator.form(&form, forms.budget) else {
        return false;
    };
    let low = precision.rational(&(value - distance));
    let high = precision.rational(&(value + distance));
    number.imaginary.is_exactly_zero()
        && number.real.low >= low.high
        && number.real.high <= high.low
}

/// What a difference depends on.
#[derive(Debug, Default)]
struct Variables {
    /// The variables, each with whether a factorial, a binomial coefficient or a power of a negative
    /// number asks for a natural number.
    found: Vec<(AtomId, bool)>,
    /// A function that is constant between steps is among what is evaluated.
    steps: bool,
}

impl Variables {
    fn of(polys: &[&Poly], table: &[Atom]) -> Self {
        let atoms = |poly: &Poly| poly.atoms().into_iter();
        // Each with whether it must be whole and not negative.
        let mut open: Vec<(AtomId, bool)> = polys
            .iter()
            .flat_map(|poly| atoms(poly))
            .map(|atom| (atom, false))
            .collect();
        let mut seen = vec![[false; 2]; table.len()];
        let mut variables = Self::default();
        while let Some((id, natural)) = open.pop() {
            if std::mem::replace(&mut seen[id][usize::from(natural)], true) {
                continue;
            }
            let mut inside = |form: &Form, natural: bool| {
                let all = atoms(&form.above).chain(atoms(&form.below));
                open.extend(all.map(|atom| (atom, natural)));
            };
            match &table[id] {
                Atom::Symbol(_) | Atom::Apply(..) => {
                    match variables.found.iter_mut().find(|(found, _)| *found == id) {
                        Some((_, known)) => *known |= natural,
                        None => variables.found.push((id, natural)),
                    }
                }
                Atom::Imaginary | Atom::Pi => {}
                Atom::Root(_, inner) => open.extend(atoms(inner).map(|atom| (atom, natural))),
                Atom::Exp(a) | Atom::Ln(a) | Atom::Sin(a) | Atom::Cos(a) => inside(a, natural),
                Atom::Call(function, a) => {
                    variables.steps |= matches!(function, Function::Floor | Function::Ceil);
                    inside(a, natural || *function == Function::Factorial);
                }
                Atom::Binomial(a, b) => {
                    inside(a, true);
                    inside(b, true);
                }
                Atom::Power(a, b) => {
                    inside(a, natural);
                    let negative = a.as_rational().is_some_and(|base| base.is_negative());
                    inside(b, natural || negative);
                }
            }
        }
        variables
    }
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
            let Some(needed) = separation(self.difference, &mut evaluator, self.budget)? else {
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
}
