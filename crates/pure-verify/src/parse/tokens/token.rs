//! Tokens.

use crate::expr::unit::Unit;
use crate::expr::{Function, Relation};

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// Digits with an optional point and exponent, without separators.
    Number(String),
    /// A variable, with its accents: `x`, `\alpha`, `\dot{x}`.
    Symbol(String),
    /// Letters that are not a known name.
    Word(String),
    /// A unit, as written.
    Unit(Unit),
    /// `_` and its argument, flattened to text.
    Subscript(String),
    Function(Function),
    /// A named function that is not computed: `\gcd`.
    Named(&'static str),
    Fraction,
    Binomial,
    /// `choose` and `\over` between their arguments.
    Choose,
    Over,
    Root,
    Pi,
    Euler,
    Imaginary,
    Infinity,
    EmptySet,
    /// Brackets: `(`, `[`, `{` for a set, `g` for a group of LaTeX, `f` floor, `c` ceiling, `|`.
    Open(char),
    Close(char),
    Bar,
    Plus,
    Minus,
    PlusMinus,
    MinusPlus,
    Times,
    Divide,
    Colon,
    Caret,
    Prime,
    Bang,
    Percent,
    Degree,
    Dollar,
    Comma,
    And,
    Relation(Relation),
    Union,
    Overline,
    BeginMatrix,
    EndMatrix,
    Ampersand,
    NewRow,
}
