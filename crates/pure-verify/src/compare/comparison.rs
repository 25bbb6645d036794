//! Do two answers mean the same?
//!
//! Single values are compared as numbers and functions; compound answers part by part, in order or in any
//! order:
//!
//! | kind | equal to |
//! | --- | --- |
//! | list `1, 2`, set `{1, 2}`, `1 \pm 2` | the same values in any order |
//! | tuple, vector, matrix | the same values in their order |
//! | interval | the same ends, each open or closed alike; also as an inequality |
//! | `x = 5` | `5`; the same equation rearranged or multiplied by a number |
//! | quantity with a unit | the same quantity; a number without a unit |
//! | percentage | itself, its hundredth, and its number alone |
//! | angle in degrees | itself, its number alone, and the same angle in terms of pi |
//! | digits in a base | the same digits in the same base |

use crate::algebra::decide::equal;
use crate::algebra::forms::Forms;
use crate::budget::{Budget, MAX_ITEMS};
use crate::compare::relations::membership;
use crate::compare::values::{
    all_equal, infinite, is_several, is_structure, named_value, over, plain, scaled, values,
};
use crate::expr::Expr;
use crate::expr::Function::{Arccos, Arcsin, Arctan};
use crate::verdict::{Decimals, Reason};

/// One comparison, its atoms and its budget.
pub(crate) struct Comparison<'b> {
    pub(crate) forms: Forms<'b>,
    pub(crate) decimals: Decimals,
}

/// Equal, or why not.
pub(crate) type Outcome = Result<(), Reason>;

impl<'b> Comparison<'b> {
    pub(crate) fn new(decimals: Decimals, budget: &'b Budget) -> Self {
        Self {
            forms: Forms::new(budget),
            decimals,
        }
    }

    pub(crate) fn compare(&mut self, a: &Expr, b: &Expr) -> Outcome {
        let nodes = (a.size() + b.size()) as u64;
        let budget = self.forms.budget;
        let paid = budget.spend(20 + 10 * nodes);
        paid.and_then(|()| budget.nested(|| self.compare_parts(a, b)))
            .unwrap_or(Err(Reason::Undecided))
    }

    fn compare_parts(&mut self, a: &Expr, b: &Expr) -> Outcome {
        if a == b {
            return Ok(());
        }
        if precedence(b) > precedence(a) {
            return self.compare_parts(b, a).map_err(Reason::swapped);
        }
        match (a, b) {
            (Expr::Number { value, .. }, Expr::Number { value: other, .. }) => {
                let equal = value == other || self.rounds(a, other) || self.rounds(b, value);
                same(equal, Reason::DifferentValue)
            }
            (Expr::Related(sides, relations), other)
                if all_equal(relations)
                    && !other.any(&|part| matches!(part, Expr::Related(..))) =>
            {
                match named_value(sides) {
                    Some(named) => self.compare(named, other),
                    None => Err(Reason::DifferentKind),
                }
            }
            (_, Expr::Text(_)) | (Expr::Text(_), _) => Err(Reason::DifferentKind),
            (Expr::Choice(a, _), Expr::Choice(b, _)) => same(a == b, Reason::DifferentText),
            (Expr::Choice(_, Some(inner)), other) => self.compare(inner, other),
            (Expr::Choice(letter, None), Expr::Symbol(name)) => same(
                name.len() == 1 && name.starts_with(*letter),
                Reason::DifferentText,
            ),
            (Expr::Choice(..), _) | (_, Expr::Choice(..)) => Err(Reason::DifferentKind),
            (Expr::Related(..), other) if let Some(of) = membership(a, other) => {
                self.compare(of, other)
            }
            _ if is_several(a) || is_several(b) => self.unordered(a, b),
            (Expr::Related(..), _) => self.relations(a, b),
            (Expr::Based(a, base), Expr::Based(b, other)) => {
                same(base == other && a == b, Reason::DifferentBase)
            }
            (Expr::Based(..), _) | (_, Expr::Based(..)) => Err(Reason::DifferentBase),
            (Expr::Union(_), Expr::Union(_)) => self.unordered(a, b),
            (Expr::Bracket(open, a, close), Expr::Bracket(other_open, b, other_close)) => {
                // Two entries may be the ends of an interval; otherwise any pair of brackets is as good.
                let pair = |open, close| matches!((open, close), ('(', ')') | ('[', ']'));
                let alike = (open, close) == (other_open, other_close)
                    || a.len() != 2 && pair(*open, *close) && pair(*other_open, *other_close);
                same(alike, Reason::DifferentEnds)?;
                self.in_order(a, b)
            }
            (Expr::Matrix(a), Expr::Matrix(b)) => {
                same_length(a.len(), b.len())?;
                let mut rows = a.iter().zip(b);
                rows.try_for_each(|(a, b)| self.in_order(a, b))
            }
            (Expr::Matrix(rows), Expr::Bracket(_, items, _)) => {
                let vector = rows.len() == 1 || rows.iter().all(|row| row.len() == 1);
                same(vector, Reason::DifferentKind)?;
                self.in_order(&rows.concat(), items)
            }
            (Expr::Ratio(a), Expr::Ratio(b)) => self.ratios(a, b),
            (Expr::Ratio(parts), other) => match parts.as_slice() {
                [above, below] => self.compare(&over(above, below), other),
                _ => Err(Reason::DifferentKind),
            },
            // `3 million` is a number.
            (Expr::Measured(number, unit), other) if unit.is_scale => {
                self.compare(&scaled(number, unit), other)
            }
            (Expr::Measured(..), Expr::Measured(number, unit)) if unit.is_scale => {
                self.compare(a, &scaled(number, unit))
            }
            (Expr::Measured(a, unit), Expr::Measured(b, other)) => {
                same(unit.same_dimension(other), Reason::DifferentUnits)?;
                if unit.scale == other.scale {
                    self.compare(a, b)
                } else {
                    self.compare(&scaled(a, unit), &scaled(b, other))
                }
            }
            (Expr::Measured(..), Expr::Percent(_) | Expr::Degree(_)) => Err(Reason::DifferentUnits),
            (Expr::Measured(number, _), other) => self.compare(number, other),
            (Expr::Percent(a), Expr::Percent(b)) | (Expr::Degree(a), Expr::Degree(b)) => {
                self.compare(a, b)
            }
            (Expr::Percent(_), Expr::Degree(_)) => Err(Reason::DifferentUnits),
            (Expr::Percent(inner), other) => {
                let hundredth = over(inner, &Expr::integer(100));
                self.compare(inner, other)
                    .or_else(|_| self.compare(&hundredth, other))
            }
            (Expr::Degree(inner), other) => {
                let number = self.compare(inner, other);
                let in_radians = other.any(&|part| {
                    matches!(part, Expr::Pi | Expr::Call(Arcsin | Arccos | Arctan, _))
                });
                if number.is_err() && in_radians {
                    self.scalars(a, other)
                } else {
                    number
                }
            }
            _ if is_structure(a) || is_structure(b) => Err(Reason::DifferentKind),
            _ => self.scalars(a, b),
        }
    }

    /// Two single values.
    fn scalars(&mut self, a: &Expr, b: &Expr) -> Outcome {
        if let (Some(a_value), Some(b_value)) =
            (plain(a, self.forms.budget), plain(b, self.forms.budget))
        {
            let equal = a_value == b_value || self.rounds(a, &b_value) || self.rounds(b, &a_value);
            return same(equal, Reason::DifferentValue);
        }
        let is_infinite = |part: &Expr| *part == Expr::Infinity;
        if a.any(&is_infinite) || b.any(&is_infinite) {
            return match (infinite(a), infinite(b)) {
                (Some(a), Some(b)) => same(a == b, Reason::DifferentValue),
                // One of them is no infinity and no number with one inside.
                (Some(_), None) if !b.any(&is_infinite) => Err(Reason::DifferentValue),
                (None, Some(_)) if !a.any(&is_infinite) => Err(Reason::DifferentValue),
                _ => Err(Reason::Undecided),
            };
        }
        let equal = equal(&mut self.forms, a, b).map_err(|_| Reason::Undecided)?;
        same(equal || self.close(a, b), Reason::DifferentValue)
    }

    fn unordered(&mut self, a: &Expr, b: &Expr) -> Outcome {
        let (left, right) = (values(a), values(b));
        let sets = matches!(a, Expr::Set(_)) || matches!(b, Expr::Set(_));
        if !sets {
            same_length(left.len(), right.len())?;
        }
        if left.len().max(right.len()) > MAX_ITEMS {
            return Err(Reason::Undecided);
        }
        // Equality is transitive: a partner that fits can be kept.
        let mut partnered = vec![false; right.len()];
        let mut otherwise = Reason::DifferentValue;
        for value in &left {
            let mut found = false;
            for (at, other) in right.iter().enumerate() {
                if partnered[at] && !sets {
                    continue;
                }
                match self.compare(value, other) {
                    Ok(()) => {
                        partnered[at] = true;
                        found = true;
                        if !sets {
                            break;
                        }
                    }
                    Err(Reason::Undecided) => otherwise = Reason::Undecided,
                    Err(_) => {}
                }
            }
            if !found {
                return Err(otherwise);
            }
        }
        same(partnered.iter().all(|found| *found), otherwise)
    }

    pub(crate) fn in_order(&mut self, a: &[Expr], b: &[Expr]) -> Outcome {
        same_length(a.len(), b.len())?;
        a.iter().zip(b).try_for_each(|(a, b)| self.compare(a, b))
    }

    fn ratios(&mut self, a: &[Expr], b: &[Expr]) -> Outcome {
        let ([first, rest @ ..], [other_first, other_rest @ ..]) = (a, b) else {
            return Err(Reason::DifferentKind);
        };
        same_length(a.len(), b.len())?;
        let mut parts = rest.iter().zip(other_rest);
        parts.try_for_each(|(a, b)| self.scalars(&over(first, a), &over(other_first, b)))
    }
}

/// Which of two sides decides how they are compared: the one with the larger number.
fn precedence(expr: &Expr) -> u8 {
    match expr {
        Expr::Choice(_, Some(_)) => 8,
        Expr::Related(..) => 7,
        Expr::Choice(_, None) => 6,
        Expr::Ratio(_) => 5,
        Expr::Measured(..) => 4,
        Expr::Percent(_) => 3,
        Expr::Degree(_) => 2,
        Expr::Matrix(_) => 1,
        _ => 0,
    }
}

pub(crate) fn same(equal: bool, otherwise: Reason) -> Outcome {
    if equal { Ok(()) } else { Err(otherwise) }
}

fn same_length(prediction: usize, answer: usize) -> Outcome {
    let otherwise = Reason::DifferentLength { prediction, answer };
    same(prediction == answer, otherwise)
}
