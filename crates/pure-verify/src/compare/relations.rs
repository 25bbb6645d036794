//! Equations, inequalities and memberships.
//!
//! A name before `=` is no part of the answer: `x = 5`, `f(x) = 5` and `5` are the same answer, `x = 5` and
//! `y = 5` are not. Other equations are equal if the differences of their sides are proportional,
//! inequalities if the factor is positive too.

use num_traits::Signed;

use crate::algebra::poly::Poly;
use crate::budget::Stop;
use crate::compare::comparison::{Comparison, Outcome, same};
use crate::compare::values::{all_equal, is_name, named_value};
use crate::expr::{Expr, Relation};
use crate::verdict::Reason;

impl Comparison<'_> {
    /// A chain of relations against another, or against a value.
    pub(crate) fn relations(&mut self, a: &Expr, b: &Expr) -> Outcome {
        match (a, b) {
            (Expr::Related(left, left_relations), Expr::Related(right, right_relations)) => {
                if all_equal(left_relations) && all_equal(right_relations) {
                    return self.equations(left, right);
                }
                self.inequalities(left, left_relations, right, right_relations)
                    .or_else(|reason| match (named_range(a), named_range(b)) {
                        (Some((name, range)), Some((other_name, other_range)))
                            if name == other_name =>
                        {
                            self.compare(&range, &other_range)
                        }
                        _ => Err(reason),
                    })
            }
            (Expr::Related(_, relations), value) => {
                let is_range =
                    matches!(value, Expr::Bracket(..) | Expr::Union(_) | Expr::Symbol(_));
                match named_range(a) {
                    Some((_, range)) if is_range || relations.as_slice() == [Relation::In] => {
                        self.compare(&range, value)
                    }
                    _ => Err(Reason::DifferentKind),
                }
            }
            _ => Err(Reason::DifferentKind),
        }
    }

    /// Two chains of `=`.
    fn equations(&mut self, a: &[Expr], b: &[Expr]) -> Outcome {
        if let (Some(left), Some(right)) = (named_value(a), named_value(b)) {
            let (name, other) = (&a[a.len() - 2], &b[b.len() - 2]);
            let clash = match (name, other) {
                (Expr::Symbol(_), Expr::Symbol(_))
                | (Expr::Apply(..), Expr::Apply(..))
                | (Expr::Product(_), Expr::Product(_)) => name != other,
                _ => false,
            };
            let values = self.compare(left, right);
            if !clash || values.is_err() && a.len() + b.len() > 4 {
                return values;
            }
        }
        // Names in front of a whole equation: `y = (x + 1 = 2)`.
        let names = |sides: &[Expr]| {
            let names = sides.iter().take_while(|side| is_name(side)).count();
            names.min(sides.len().saturating_sub(2))
        };
        let (a, b) = (&a[names(a)..], &b[names(b)..]);
        let ([a, a_value], [b, b_value]) = (a, b) else {
            return self.in_order(a, b);
        };
        if self.compare(a, b).is_ok() && self.compare(a_value, b_value).is_ok() {
            return Ok(());
        }
        self.proportional(&[a, a_value], &[b, b_value], false)
    }

    /// Whether `a0 - a1` is a multiple of `b0 - b1`, which must be a positive one if `positive` is set.
    fn proportional(&mut self, a: &[&Expr; 2], b: &[&Expr; 2], positive: bool) -> Outcome {
        let forms = &mut self.forms;
        let mut primitive = |sides: &[&Expr; 2]| -> Result<(Poly, bool), Stop> {
            let (left, right) = (forms.form(sides[0])?, forms.form(sides[1])?);
            let difference = forms.add(&left, &right.negated())?;
            let content = difference.above.content(forms.budget)?;
            // Clearing a denominator keeps an inequality only where it is a positive number.
            let flipped = content.is_negative() != difference.below.leads_negative();
            if positive && difference.below.as_constant().is_none() {
                return Err(Stop::Syntax);
            }
            Ok((difference.above.divided(&content), flipped))
        };
        match (primitive(a), primitive(b)) {
            (Ok((a, a_flipped)), Ok((b, b_flipped))) => same(
                a.as_constant().is_none() && a == b && (!positive || a_flipped == b_flipped),
                Reason::DifferentValue,
            ),
            _ => Err(Reason::Undecided),
        }
    }

    fn inequalities(
        &mut self,
        a: &[Expr],
        a_relations: &[Relation],
        b: &[Expr],
        b_relations: &[Relation],
    ) -> Outcome {
        if a.len() != b.len() {
            return Err(Reason::DifferentKind);
        }
        if a_relations == b_relations && self.in_order(a, b).is_ok() {
            return Ok(());
        }
        let backwards: Vec<Relation> = b_relations.iter().rev().copied().map(flipped).collect();
        let reversed: Vec<Expr> = b.iter().rev().cloned().collect();
        if a_relations == backwards && self.in_order(a, &reversed).is_ok() {
            return Ok(());
        }
        let ([a0, a1], [a_relation], [b0, b1], [b_relation]) = (a, a_relations, b, b_relations)
        else {
            return Err(Reason::DifferentValue);
        };
        if a_relation == b_relation {
            self.proportional(&[a0, a1], &[b0, b1], *a_relation != Relation::NotEqual)
        } else if *a_relation == flipped(*b_relation) {
            self.proportional(&[a0, a1], &[b1, b0], true)
        } else {
            Err(Reason::DifferentEnds)
        }
    }
}

fn flipped(relation: Relation) -> Relation {
    match relation {
        Relation::Less => Relation::Greater,
        Relation::LessOrEqual => Relation::GreaterOrEqual,
        Relation::Greater => Relation::Less,
        Relation::GreaterOrEqual => Relation::LessOrEqual,
        other => other,
    }
}

/// The set or union of `name \in set`, for the comparison with another way to write it: its values alone, or relations
/// of the same name.
pub(crate) fn membership<'a>(expr: &'a Expr, other: &Expr) -> Option<&'a Expr> {
    let Expr::Related(sides, relations) = expr else {
        return None;
    };
    let ([name, of @ (Expr::Set(_) | Expr::Union(_))], [Relation::In]) =
        (sides.as_slice(), relations.as_slice())
    else {
        return None;
    };
    let is_related = matches!(other, Expr::Related(..));
    let of_another = |part: &Expr| matches!(part, Expr::Related(sides, _) if !sides.contains(name));
    (is_name(name) && !is_related && !other.any(&of_another)).then_some(of)
}

/// The name and the interval of `name < value`, `value <= name < value` or `name \in range`.
fn named_range(expr: &Expr) -> Option<(&Expr, Expr)> {
    let Expr::Related(sides, relations) = expr else {
        return None;
    };
    let (name, bounds) = match (sides.as_slice(), relations.as_slice()) {
        ([name, range], [Relation::In]) if is_name(name) => return Some((name, range.clone())),
        ([name, value], &[relation]) if is_name(name) && !is_name(value) => {
            (name, vec![(relation, value)])
        }
        ([value, name], &[relation]) if is_name(name) => (name, vec![(flipped(relation), value)]),
        ([value, name, other], &[first, second]) if is_name(name) => {
            (name, vec![(flipped(first), value), (second, other)])
        }
        _ => return None,
    };
    let (mut low, mut high) = (None, None);
    for (relation, value) in bounds {
        let (end, bracket) = match relation {
            Relation::Less => (&mut high, ')'),
            Relation::LessOrEqual => (&mut high, ']'),
            Relation::Greater => (&mut low, '('),
            Relation::GreaterOrEqual => (&mut low, '['),
            _ => return None,
        };
        if end.replace((value.clone(), bracket)).is_some() {
            return None;
        }
    }
    let (low, open) = low.unwrap_or((Expr::Infinity.negate(), '('));
    let (high, close) = high.unwrap_or((Expr::Infinity, ')'));
    Some((name, Expr::Bracket(open, vec![low, high], close)))
}
