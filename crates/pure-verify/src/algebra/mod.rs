//! Whether two values are the same number, or the same function.
//!
//! A tree becomes a [`Form`](form::Form), a quotient of two polynomials ([`poly`]) over what arithmetic
//! cannot take apart, by way of [`Forms`](forms::Forms). [`decide`] then proves that two forms are equal,
//! or that they differ, by evaluating their difference (`evaluate`) between bounds (`interval`,
//! `elementary`) at `points`, as precisely as `separation` asks for. This room knows trees of values
//! only: lists, intervals and equations are for [`compare`](crate::compare).

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
