//! From gradients to weights: AdamW, its learning rate over the steps, clipping by the global norm.

mod adamw;
mod gradients;
mod schedule;

pub use adamw::{Decay, OptimizerConfig};
pub(crate) use gradients::Gradients;
pub(crate) use schedule::Brake;
pub use schedule::{Decline, Schedule, Scheduler};
