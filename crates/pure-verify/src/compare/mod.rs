//! Whether two trees mean the same.
//!
//! `comparison` compares answers part by part, each kind by its own rule, and single values by
//! [`algebra`](crate::algebra). `relations` has equations and inequalities, `rounding` decimals under
//! [`Decimals::Rounded`](crate::Decimals::Rounded), `values` what these look for in a tree.

pub(crate) mod comparison;
mod relations;
mod rounding;
mod values;
