//! From the text of an answer to its syntax tree.
//!
//! `answer` runs the steps: `clean` turns Unicode into LaTeX, `wrappings` strips what stands around an
//! answer, and then the rest is tried as the letter of a `choice`, as `words`, as a date (`calendar`), and as
//! mathematics, which `tokens` splits into tokens and `grammar` parses. What fits nothing stays text.

pub(crate) mod answer;
pub(crate) mod calendar;
mod choice;
mod clean;
mod grammar;
mod tokens;
pub(crate) mod words;
mod wrappings;
