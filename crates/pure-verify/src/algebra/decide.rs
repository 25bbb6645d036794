//! Are two forms `a/b` and `c/d` the same number, or the same function?
//!
//! 1. If `ad - bc` is the zero polynomial, they are equal.
//! 2. If it is not, and contains no atoms but variables and `i`, between which there are no algebraic
//!    relations, they are different.
//! 3. Without variables, its value is enclosed by intervals of rising precision. An interval without zero
//!    proves a difference. Where only roots occur, an interval within the separation bound around zero
//!    proves equality ([`separation`](crate::algebra::separation)).
//! 4. With variables, the same is done at several sample points. A difference at one of them proves a
//!    difference; proven equality at all where both are defined is taken for equality, unless a step
//!    function such as `\floor` occurs.
//! 5. Everything else is undecided, which counts as not equal.

use num_rational::BigRational;
use num_traits::Signed;

use crate::algebra::evaluate::{Complex, Evaluator, Point};
use crate::algebra::form::{Atom, Form};
use crate::algebra::forms::Forms;
use crate::algebra::interval::{Interval, Precision};
use crate::algebra::points::Random;
use crate::algebra::poly::{AtomId, Poly};
use crate::algebra::separation::separation;
use crate::budget::Stop;
use crate::expr::{Expr, Function};

/// Precision of the first interval and of the second, in bits.
const FIRST_BITS: u64 = 128;
const SECOND_BITS: u64 = 640;
/// Sample points at which functions are compared, and how many of them must prove equality.
const POINTS: u64 = 8;
const POINTS_NEEDED: u64 = 4;

/// Whether two values are proven to be equal, or to differ.
pub(crate) fn equal(forms: &mut Forms<'_>, left: &Expr, right: &Expr) -> Result<bool, Stop> {
    let (left, right) = (forms.form(left)?, forms.form(right)?);
    let difference = forms.difference(&left, &right)?;
    if difference.is_zero() {
        return Ok(true);
    }
    let free = |atom: AtomId| matches!(forms.atoms[atom], Atom::Symbol(_) | Atom::Imaginary);
    if difference.atoms().into_iter().all(free) {
        return Ok(false);
    }
    let content = difference.content(forms.budget)?;
    let difference = difference.divided(&content);
    let variables = Variables::of(&[&difference, &left.below, &right.below], &forms.atoms);
    let at = |point: &Point| is_zero_at(point, forms, &difference, [&left.below, &right.below]);
    if variables.found.is_empty() {
        return at(&[]);
    }
    let mut random = Random::new();
    let mut equal = 0;
    for round in 0..POINTS {
        let value = |(at, &(variable, natural))| (variable, random.value(natural, round, at));
        let point: Vec<_> = variables.found.iter().enumerate().map(value).collect();
        match at(&point) {
            Ok(true) => equal += 1,
            Err(Stop::Undecided | Stop::Undefined | Stop::TooLarge) => {}
            decided => return decided,
        }
    }
    // Step functions may agree at every sample point and differ between them.
    if equal < POINTS_NEEDED || variables.steps {
        return Err(Stop::Undecided);
    }
    Ok(true)
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
    let precision = Precision {
        bits: SECOND_BITS,
        budget: forms.budget,
    };
    let Ok(number) = Evaluator::new(&forms.atoms, &[], precision).form(&form) else {
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
    /// The variables, each with whether it must be a natural number, since it occurs in a factorial, a
    /// binomial coefficient or an exponent of a negative number.
    found: Vec<(AtomId, bool)>,
    /// Whether a step function (floor or ceiling) is evaluated.
    steps: bool,
}

impl Variables {
    fn of(polys: &[&Poly], table: &[Atom]) -> Self {
        let atoms_of = |poly: &Poly, natural: bool| {
            let atoms = poly.atoms().into_iter();
            atoms.map(move |atom| (atom, natural))
        };
        // Atoms to visit, each with whether it must be a natural number.
        let mut open: Vec<(AtomId, bool)> = vec![];
        open.extend(polys.iter().flat_map(|poly| atoms_of(poly, false)));
        let mut seen = vec![[false; 2]; table.len()];
        let mut variables = Self::default();
        while let Some((id, natural)) = open.pop() {
            if std::mem::replace(&mut seen[id][usize::from(natural)], true) {
                continue;
            }
            let mut inside = |form: &Form, natural: bool| {
                open.extend(atoms_of(&form.above, natural));
                open.extend(atoms_of(&form.below, natural));
            };
            match &table[id] {
                Atom::Symbol(_) | Atom::Apply(..) => {
                    match variables.found.iter_mut().find(|(found, _)| *found == id) {
                        Some((_, known)) => *known |= natural,
                        None => variables.found.push((id, natural)),
                    }
                }
                Atom::Imaginary | Atom::Pi => {}
                Atom::Root(_, inner) => open.extend(atoms_of(inner, natural)),
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

/// Whether a difference is zero at one point, where its denominators are not.
fn is_zero_at(
    point: &Point,
    forms: &Forms<'_>,
    difference: &Poly,
    denominators: [&Poly; 2],
) -> Result<bool, Stop> {
    let budget = forms.budget;
    for bits in [FIRST_BITS, SECOND_BITS] {
        let mut evaluator = Evaluator::new(&forms.atoms, point, Precision { bits, budget });
        for denominator in denominators {
            if !denominator.is_one() && !evaluator.poly(denominator)?.is_nonzero() {
                return Err(Stop::Undefined);
            }
        }
        let value = evaluator.poly(difference)?;
        if value.is_nonzero() {
            return Ok(false);
        }
        if value.real.is_exactly_zero() && value.imaginary.is_exactly_zero() {
            return Ok(true);
        }
        let needed = match separation(difference, &mut evaluator) {
            // A transcendental number: higher precision may prove a difference, never equality.
            Err(Stop::Syntax) => continue,
            needed => needed? + 8,
        };
        let is_zero = |value: &Complex, bits: u64| {
            let small = |part: &Interval| part.magnitude().bits() + needed <= bits;
            bits > needed && small(&value.real) && small(&value.imaginary)
        };
        if is_zero(&value, bits) {
            return Ok(true);
        }
        let bits = needed + 64;
        let value =
            Evaluator::new(&forms.atoms, point, Precision { bits, budget }).poly(difference)?;
        if value.is_nonzero() {
            return Ok(false);
        }
        return is_zero(&value, bits).then_some(true).ok_or(Stop::Undecided);
    }
    Err(Stop::Undecided)
}
