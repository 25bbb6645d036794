//! Signals that a policy is exploiting its reward instead of solving the task.
//!
//! PURE (arXiv 2504.15275) saw three hacks: answers that think without solving, answers
//! that are one giant step, and empty or polite ones. In all of them verified accuracy falls while
//! process reward rises; collapse shows as long, repetitive answers. Each signal is a field of
//! [`Signals`] or a function here, defined in words and by a formula.

mod agreement;
mod reflection;
mod repetition;
mod summary;

pub use agreement::{agreement, rank_correlation};
pub use reflection::reflection_words;
pub use repetition::repetition;
pub use summary::{Observed, Signals};
