//! Tokens, and tables of the names that stand for them, with a backslash and without.

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
    Named(String),
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

pub(crate) fn letter_token(letter: char) -> Token {
    match letter {
        'e' => Token::Euler,
        'i' => Token::Imaginary,
        _ => Token::Symbol(letter.to_string()),
    }
}

/// Names that need no backslash.
pub(crate) fn name(run: &str) -> Option<Token> {
    Some(match run {
        "sqrt" => Token::Root,
        "pi" | "Pi" => Token::Pi,
        "inf" | "infty" | "infinity" | "oo" => Token::Infinity,
        "and" | "or" => Token::And,
        "choose" => Token::Choose,
        "degree" | "degrees" => Token::Degree,
        "percent" => Token::Percent,
        "cdot" | "times" => Token::Times,
        _ => return function(run),
    })
}

fn function(name: &str) -> Option<Token> {
    Some(Token::Function(match name {
        "sin" => Function::Sin,
        "cos" => Function::Cos,
        "tan" | "tg" => Function::Tan,
        "cot" | "ctg" => Function::Cot,
        "sec" => Function::Sec,
        "csc" | "cosec" => Function::Csc,
        "arcsin" | "asin" => Function::Arcsin,
        "arccos" | "acos" => Function::Arccos,
        "arctan" | "atan" => Function::Arctan,
        "sinh" => Function::Sinh,
        "cosh" => Function::Cosh,
        "tanh" => Function::Tanh,
        "exp" => Function::Exp,
        "ln" => Function::Ln,
        "log" | "lg" => Function::Log,
        "gcd" | "lcm" | "max" | "min" => return Some(Token::Named(name.to_owned())),
        _ => return None,
    }))
}

/// Names behind a backslash that stand for one token.
pub(crate) fn command_token(name: &str) -> Option<Token> {
    Some(match name {
        "frac" | "dfrac" | "tfrac" | "cfrac" => Token::Fraction,
        "sqrt" => Token::Root,
        "binom" | "dbinom" | "tbinom" => Token::Binomial,
        "choose" => Token::Choose,
        "over" => Token::Over,
        "pi" => Token::Pi,
        "infty" | "infin" => Token::Infinity,
        "emptyset" | "varnothing" => Token::EmptySet,
        "lfloor" => Token::Open('f'),
        "rfloor" => Token::Close('f'),
        "lceil" => Token::Open('c'),
        "rceil" => Token::Close('c'),
        "lvert" | "rvert" | "vert" | "mid" => Token::Bar,
        "lbrace" => Token::Open('{'),
        "rbrace" => Token::Close('}'),
        "lbrack" => Token::Open('['),
        "rbrack" => Token::Close(']'),
        "pm" => Token::PlusMinus,
        "mp" => Token::MinusPlus,
        "times" | "cdot" | "ast" | "cdotp" | "bullet" => Token::Times,
        "div" => Token::Divide,
        "colon" => Token::Colon,
        "prime" => Token::Prime,
        "circ" | "degree" | "degrees" => Token::Degree,
        "percent" => Token::Percent,
        "dollar" | "textdollar" => Token::Dollar,
        "approx" | "equiv" | "simeq" | "eq" => Token::Relation(Relation::Equal),
        "ne" | "neq" => Token::Relation(Relation::NotEqual),
        "lt" => Token::Relation(Relation::Less),
        "gt" => Token::Relation(Relation::Greater),
        "le" | "leq" | "leqslant" | "leqq" => Token::Relation(Relation::LessOrEqual),
        "ge" | "geq" | "geqslant" | "geqq" => Token::Relation(Relation::GreaterOrEqual),
        "in" => Token::Relation(Relation::In),
        "cup" => Token::Union,
        "land" | "lor" | "wedge" | "vee" => Token::And,
        "overline" => Token::Overline,
        _ => return function(name),
    })
}
