//! From tokens to a tree, by recursive descent.
//!
//! [`Parser`](parser::Parser) is in several files, each with a part of the grammar:
//!
//! | file | parses |
//! | --- | --- |
//! | `parser` | the whole, lists, relations, unions, ratios |
//! | `terms` | sums, products, units and dollar signs |
//! | `mixed` | mixed numbers |
//! | `factor` | powers, names, numbers |
//! | `calls` | roots, functions, derivatives |
//! | `groups` | brackets and matrices |
//! | `brackets` | nothing: it drops brackets around the whole |

mod brackets;
mod calls;
mod factor;
mod groups;
mod mixed;
pub(crate) mod parser;
mod terms;
