//! What comparisons look for in a tree: its values, a plain number, an infinity, a name.

use num_traits::Zero;

use crate::budget::Budget;
use crate::expr::rational::Rational;
use crate::expr::unit::Unit;
use crate::expr::{Expr, Relation};

pub(crate) fn over(above: &Expr, below: &Expr) -> Expr {
    Expr::Quotient(Box::new(above.clone()), Box::new(below.clone()))
}

/// A quantity in base units, as a number.
pub(crate) fn scaled(number: &Expr, unit: &Unit) -> Expr {
    Expr::product(vec![Expr::rational(unit.scale.0.clone()), number.clone()])
}

/// The sign of an infinity: true for plus.
pub(crate) fn infinite(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::Infinity => Some(true),
        Expr::Negative(inner) => infinite(inner).map(|positive| !positive),
        _ => None,
    }
}

/// The value of a number or a fraction of numbers, if it is one and its cost is within the budget.
pub(crate) fn plain(expr: &Expr, budget: &Budget) -> Option<Rational> {
    match expr {
        Expr::Number { value, .. } => Some(value.clone()),
        Expr::Negative(inner) => Some(Rational(-plain(inner, budget)?.0)),
        Expr::Quotient(above, below) => {
            let below = plain(below, budget).filter(|below| !below.is_zero())?;
            let above = plain(above, budget)?;
            let (numer, denom) = (above.numer().bits(), above.denom().bits());
            budget.divide(numer + below.numer().bits()).ok()?;
            budget.divide(denom + below.denom().bits()).ok()?;
            Some(Rational(above.0 / below.0))
        }
        _ => None,
    }
}

fn is_plus_minus(expr: &Expr) -> bool {
    expr.any(&|part| matches!(part, Expr::PlusMinus(..)))
}

pub(crate) fn is_several(expr: &Expr) -> bool {
    matches!(expr, Expr::List(_) | Expr::Set(_)) || is_plus_minus(expr)
}

pub(crate) fn is_structure(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Bracket(..) | Expr::Matrix(_) | Expr::Union(_) | Expr::Set(_) | Expr::List(_)
    )
}

/// The values of a list, set or union, each `\pm` as two.
pub(crate) fn values(expr: &Expr) -> Vec<Expr> {
    let items = match expr {
        Expr::List(items) | Expr::Set(items) | Expr::Union(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut values = Vec::new();
    for item in items {
        if is_plus_minus(item) {
            values.extend([false, true].map(|lower| signed(item.clone(), lower)));
        } else {
            values.push(item.clone());
        }
    }
    values
}

/// With every `\pm` as plus, or as minus where `lower`; `\mp` the other way round.
fn signed(mut expr: Expr, lower: bool) -> Expr {
    for child in expr.children_mut() {
        *child = signed(std::mem::replace(child, Expr::Pi), lower);
    }
    match expr {
        Expr::PlusMinus(inner, flipped) if flipped != lower => inner.negate(),
        Expr::PlusMinus(inner, _) => *inner,
        other => other,
    }
}

/// Whether it may stand before `=` without being part of the answer.
pub(crate) fn is_name(expr: &Expr) -> bool {
    match expr {
        Expr::Symbol(_) | Expr::Apply(..) | Expr::Euler | Expr::Imaginary | Expr::Text(_) => true,
        Expr::Product(items) | Expr::Bracket(_, items, _) => items.iter().all(is_name),
        _ => false,
    }
}

/// The value of `a = b = value`, all others being names; also of `value = a`.
pub(crate) fn named_value(sides: &[Expr]) -> Option<&Expr> {
    let (last, names) = sides.split_last()?;
    if names.iter().all(is_name) {
        return Some(last);
    }
    match sides {
        [value, name] if is_name(name) && !value.any(&|part| matches!(part, Expr::Symbol(_))) => {
            Some(value)
        }
        _ => None,
    }
}

/// Whether all relations of a chain are `=`.
pub(crate) fn all_equal(relations: &[Relation]) -> bool {
    let mut relations = relations.iter();
    relations.all(|relation| *relation == Relation::Equal)
}
