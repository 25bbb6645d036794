//! From the text of an answer to a tree that says what it means.
//!
//! `answer` is the way through: `clean` turns typography into LaTeX, `wrappings` takes off what stands
//! around an answer, and then it is the letter of a `choice`, `words`, a date of the `calendar`, or
//! mathematics, which `tokens` cuts up and `grammar` reads. What is no mathematics is text.

pub(crate) mod answer;
pub(crate) mod calendar;
mod choice;
mod clean;
mod grammar;
mod tokens;
pub(crate) mod words;
mod wrappings;
