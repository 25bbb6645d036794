//! From gradients to weights: AdamW, its learning rate over the updates, clipping by the global norm.

mod adamw;
mod gradients;
mod schedule;

pub use adamw::{Decay, OptimizerConfig};
pub(crate) use gradients::clipped;
pub use schedule::{LrScheduler, SchedulerType};
