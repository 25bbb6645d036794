//! How trees are displayed in a verdict.

use std::fmt;

use crate::expr::{Expr, Function, Relation};

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", format!("{self:?}").to_lowercase())
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
        })
    }
}

/// Writes `items` with `between` them.
fn join(f: &mut fmt::Formatter<'_>, items: &[Expr], between: &str) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number { value, .. } => write!(f, "{}", value.0),
            Self::Symbol(name) => f.write_str(name),
            Self::Pi => f.write_str("pi"),
            Self::Euler => f.write_str("e"),
            Self::Imaginary => f.write_str("i"),
            Self::Infinity => f.write_str("infinity"),
            Self::Sum(items) => {
                f.write_str("(")?;
                join(f, items, " + ")?;
                f.write_str(")")
            }
            Self::Product(items) => join(f, items, "*"),
            Self::Negative(a) => write!(f, "-{a}"),
            Self::Quotient(a, b) => write!(f, "({a})/({b})"),
            Self::Power(a, b) => write!(f, "({a})^({b})"),
            Self::Root(2, a) => write!(f, "sqrt({a})"),
            Self::Root(k, a) => write!(f, "root{k}({a})"),
            Self::Call(function, a) => write!(f, "{function}({a})"),
            Self::Logarithm(base, a) => write!(f, "log[{base}]({a})"),
            Self::Binomial(n, k) => write!(f, "binomial({n}, {k})"),
            Self::Apply(name, items) => {
                write!(f, "{name}(")?;
                join(f, items, ", ")?;
                f.write_str(")")
            }
            Self::PlusMinus(a, false) => write!(f, "+-{a}"),
            Self::PlusMinus(a, true) => write!(f, "-+{a}"),
            Self::Percent(a) => write!(f, "{a}%"),
            Self::Degree(a) => write!(f, "{a} degrees"),
            Self::Measured(a, unit) => write!(f, "{a} {unit}"),
            Self::Based(digits, base) => write!(f, "{digits} in base {base}"),
            Self::Ratio(items) => join(f, items, " : "),
            Self::Bracket(open, items, close) => {
                write!(f, "{open}")?;
                join(f, items, ", ")?;
                write!(f, "{close}")
            }
            Self::Set(items) => {
                f.write_str("{")?;
                join(f, items, ", ")?;
                f.write_str("}")
            }
            Self::List(items) => join(f, items, ", "),
            Self::Union(items) => join(f, items, " union "),
            Self::Matrix(rows) => {
                f.write_str("[")?;
                for (at, row) in rows.iter().enumerate() {
                    f.write_str(if at > 0 { "; " } else { "" })?;
                    join(f, row, ", ")?;
                }
                f.write_str("]")
            }
            Self::Related(items, relations) => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        write!(f, " {} ", relations[at - 1])?;
                    }
                    write!(f, "{item}")?;
                }
                Ok(())
            }
            Self::Choice(letter, None) => write!(f, "({letter})"),
            Self::Choice(letter, Some(inner)) => write!(f, "({letter}) {inner}"),
            Self::Text(text) => write!(f, "\"{text}\""),
        }
    }
}
