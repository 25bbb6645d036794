//! From text to tokens: LaTeX, and the plain notation that is mixed into it.
//!
//! [`Lexer`](lexer::Lexer) is in two files: `lexer` has characters, numbers and letters, `commands` what
//! begins with a backslash or `^`. `arguments` finds the arguments of commands, `digits` parses numbers,
//! `units` parses units, and `token` has the tokens and the names that stand for them.

mod arguments;
mod commands;
pub(crate) mod digits;
pub(crate) mod lexer;
pub(crate) mod token;
pub(crate) mod units;
