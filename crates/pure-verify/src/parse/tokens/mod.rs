//! LaTeX, and the plain notation that is mixed into it, cut into tokens.
//!
//! [`Lexer`](lexer::Lexer) is spread over two files: `lexer` has characters, numbers and letters,
//! `commands` what a backslash or `^` begins. `arguments` finds the arguments of commands, `digits` the
//! digits of a number, `names` the tokens that names stand for, `units` and its table `measures` units.

mod arguments;
mod commands;
pub(crate) mod digits;
pub(crate) mod lexer;
mod measures;
mod names;
pub(crate) mod token;
pub(crate) mod units;
