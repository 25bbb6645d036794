//! Whether two values are the same number, or the same function.
//!
//! A tree becomes a [`Form`](form::Form), a quotient of two polynomials ([`poly`]) in atoms such as
//! variables, pi and roots, which [`Forms`](forms::Forms) builds. [`decide`] then proves that two forms
//! are equal, or that they differ, by evaluating their difference (`evaluate`) between bounds
//! (`interval`, `elementary`) at `points`, with the precision that `separation` demands. Only single
//! values have forms; lists, intervals and equations are left to [`compare`](crate::compare).

pub(crate) mod decide;
mod elementary;
mod evaluate;
mod form;
pub(crate) mod forms;
mod integers;
mod interval;
mod points;
pub(crate) mod poly;
mod separation;
