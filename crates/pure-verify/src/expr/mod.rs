//! The syntax tree of an answer, after its notation is understood and before anything is computed.

pub(crate) mod rational;
mod show;
pub(crate) mod unit;

use num_rational::BigRational;
use num_traits::Zero;

use crate::expr::rational::Rational;
use crate::expr::unit::Unit;

/// A function of one argument, written by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Sin,
    Cos,
    Tan,
    Cot,
    Sec,
    Csc,
    Arcsin,
    Arccos,
    Arctan,
    Sinh,
    Cosh,
    Tanh,
    Exp,
    Ln,
    Log,
    Abs,
    Floor,
    Ceil,
    Factorial,
}

/// How the two sides of a relation are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
}

/// A tree. The parser makes none higher than [`MAX_HEIGHT`](crate::budget::MAX_HEIGHT), so that it may be
/// walked, compared and dropped by recursion.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    /// An exact number; `places` is the number of decimals, if it was written as a decimal.
    Number {
        value: Rational,
        places: Option<u32>,
    },
    Symbol(String),
    Pi,
    Euler,
    Imaginary,
    Infinity,
    Sum(Vec<Expr>),
    Product(Vec<Expr>),
    Negative(Box<Expr>),
    Quotient(Box<Expr>, Box<Expr>),
    Power(Box<Expr>, Box<Expr>),
    Root(u32, Box<Expr>),
    Call(Function, Box<Expr>),
    /// Logarithm: base, argument.
    Logarithm(Box<Expr>, Box<Expr>),
    Binomial(Box<Expr>, Box<Expr>),
    /// A function that is only a name: `f(x)`, `\gcd(a, b)`.
    Apply(String, Vec<Expr>),
    /// `±x`, or `∓x` where the flag is set.
    PlusMinus(Box<Expr>, bool),
    Percent(Box<Expr>),
    Degree(Box<Expr>),
    Measured(Box<Expr>, Unit),
    /// Digits in a written base.
    Based(String, u32),
    /// `a : b : c`.
    Ratio(Vec<Expr>),
    /// A tuple, point, vector or interval, with the brackets that it was written in.
    Bracket(char, Vec<Expr>, char),
    Set(Vec<Expr>),
    /// Values in any order.
    List(Vec<Expr>),
    /// `A \cup B`.
    Union(Vec<Expr>),
    Matrix(Vec<Vec<Expr>>),
    Related(Vec<Expr>, Vec<Relation>),
    /// The letter of a multiple choice, and what was written after it.
    Choice(char, Option<Box<Expr>>),
    /// Not mathematics: words, cleaned up.
    Text(String),
}

/// The children of a node, in order, shared or for changing them.
macro_rules! children {
    ($node:expr, $iter:ident, $inner:path) => {
        match $node {
            Expr::Number { .. }
            | Expr::Symbol(_)
            | Expr::Pi
            | Expr::Euler
            | Expr::Imaginary
            | Expr::Infinity
            | Expr::Based(..)
            | Expr::Text(_) => vec![],
            Expr::Negative(a)
            | Expr::Root(_, a)
            | Expr::Call(_, a)
            | Expr::PlusMinus(a, _)
            | Expr::Percent(a)
            | Expr::Degree(a)
            | Expr::Measured(a, _) => vec![a],
            Expr::Quotient(a, b)
            | Expr::Power(a, b)
            | Expr::Logarithm(a, b)
            | Expr::Binomial(a, b) => vec![a, b],
            Expr::Sum(items)
            | Expr::Product(items)
            | Expr::Apply(_, items)
            | Expr::Ratio(items)
            | Expr::Bracket(_, items, _)
            | Expr::Set(items)
            | Expr::List(items)
            | Expr::Union(items)
            | Expr::Related(items, _) => items.$iter().collect(),
            Expr::Matrix(rows) => rows.$iter().flatten().collect(),
            Expr::Choice(_, inner) => inner.$iter().map($inner).collect(),
        }
    };
}

impl Expr {
    pub(crate) fn integer(value: i64) -> Self {
        Self::rational(BigRational::from_integer(value.into()))
    }

    pub(crate) fn rational(value: BigRational) -> Self {
        Self::Number {
            value: Rational(value),
            places: None,
        }
    }

    /// Changes what a unit, percent sign or degree sign is written behind, and leaves these outermost.
    fn inside(self, change: impl FnOnce(Self) -> Self) -> Self {
        match self {
            Self::Percent(inner) => Self::Percent(Box::new(inner.inside(change))),
            Self::Degree(inner) => Self::Degree(Box::new(inner.inside(change))),
            Self::Measured(inner, unit) => Self::Measured(Box::new(inner.inside(change)), unit),
            other => change(other),
        }
    }

    /// `-self`, with units, percent signs and degree signs kept outermost.
    pub(crate) fn negate(self) -> Self {
        self.inside(|value| match value {
            Self::Number { value, places } if !value.is_zero() => Self::Number {
                value: Rational(-value.0),
                places,
            },
            other => Self::Negative(Box::new(other)),
        })
    }

    /// `±self`, or `∓self`, with units, percent signs and degree signs kept outermost.
    pub(crate) fn plus_minus(self, flipped: bool) -> Self {
        self.inside(|value| Self::PlusMinus(Box::new(value), flipped))
    }

    /// The product, with a unit, percent sign or degree sign of the last factor kept outermost.
    pub(crate) fn product(mut factors: Vec<Self>) -> Self {
        let Some(last) = factors.pop() else {
            return Self::integer(1);
        };
        if factors.is_empty() {
            return last;
        }
        last.inside(|last| {
            factors.push(last);
            Self::Product(factors)
        })
    }

    /// The children, in order.
    pub(crate) fn children(&self) -> Vec<&Self> {
        children!(self, iter, Box::as_ref)
    }

    /// The children, in order, for changing them.
    pub(crate) fn children_mut(&mut self) -> Vec<&mut Self> {
        children!(self, iter_mut, Box::as_mut)
    }

    /// Nodes from here to the farthest leaf.
    pub(crate) fn height(&self) -> usize {
        let below = self.children().into_iter().map(Self::height).max();
        1 + below.unwrap_or(0)
    }

    /// Nodes of the tree.
    pub(crate) fn size(&self) -> usize {
        let below = self.children().into_iter().map(Self::size);
        1 + below.sum::<usize>()
    }

    /// Whether a part of the tree satisfies `test`.
    pub(crate) fn any(&self, test: &impl Fn(&Self) -> bool) -> bool {
        test(self) || self.children().into_iter().any(|child| child.any(test))
    }
}
