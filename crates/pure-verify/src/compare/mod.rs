//! Whether two trees say the same.
//!
//! `comparison` takes answers apart and compares their parts, each kind by its own rule: values as
//! numbers and functions, by [`algebra`](crate::algebra), `relations` for equations and inequalities,
//! `quantities` for units, `rounding` for decimals that stand for what rounds to them. `values` holds
//! the views of a tree that these have in common.

pub(crate) mod comparison;
mod quantities;
mod relations;
mod rounding;
mod values;
