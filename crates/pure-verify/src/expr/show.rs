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

/// Items, and what is written between them.
struct Joined<'a, T>(&'a [T], &'static str);

impl<T: fmt::Display> fmt::Display for Joined<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, item) in self.0.iter().enumerate() {
            let between = if at > 0 { self.1 } else { "" };
            write!(f, "{between}{item}")?;
        }
        Ok(())
    }
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
            Self::Sum(items) => write!(f, "({})", Joined(items, " + ")),
            Self::Product(items) => write!(f, "{}", Joined(items, "*")),
            Self::Negative(a) => write!(f, "-{a}"),
            Self::Quotient(a, b) => write!(f, "({a})/({b})"),
            Self::Power(a, b) => write!(f, "({a})^({b})"),
            Self::Root(2, a) => write!(f, "sqrt({a})"),
            Self::Root(k, a) => write!(f, "root{k}({a})"),
            Self::Call(function, a) => write!(f, "{function}({a})"),
            Self::Logarithm(base, a) => write!(f, "log[{base}]({a})"),
            Self::Binomial(n, k) => write!(f, "binomial({n}, {k})"),
            Self::Apply(name, items) => write!(f, "{name}({})", Joined(items, ", ")),
            Self::PlusMinus(a, false) => write!(f, "+-{a}"),
            Self::PlusMinus(a, true) => write!(f, "-+{a}"),
            Self::Percent(a) => write!(f, "{a}%"),
            Self::Degree(a) => write!(f, "{a} degrees"),
            Self::Measured(a, unit) => write!(f, "{a} {unit}"),
            Self::Based(digits, base) => write!(f, "{digits} in base {base}"),
            Self::Ratio(items) => write!(f, "{}", Joined(items, " : ")),
            Self::Bracket(open, items, close) => write!(f, "{open}{}{close}", Joined(items, ", ")),
            Self::Set(items) => write!(f, "{{{}}}", Joined(items, ", ")),
            Self::List(items) => write!(f, "{}", Joined(items, ", ")),
            Self::Union(items) => write!(f, "{}", Joined(items, " union ")),
            Self::Matrix(rows) => {
                let rows: Vec<_> = rows.iter().map(|row| Joined(row, ", ")).collect();
                write!(f, "[{}]", Joined(&rows, "; "))
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
