//! What a run of reinforcement learning will take, before it begins.

use serde::Serialize;

/// What a run of reinforcement learning will take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PolicyOutlook {
    /// Prompts to learn from.
    pub prompts: usize,
    /// Those whose answers rewards may use, where that is known.
    pub with_answer: Option<usize>,
    /// Prompts that are left out for being too long.
    pub too_long: usize,
    /// Prompts to evaluate with.
    pub held_out: usize,
    /// Answers of an iteration.
    pub answers: usize,
    /// Iterations.
    pub iterations: usize,
    /// Updates of an iteration.
    pub updates: usize,
    /// Bytes at the largest moment, by an estimate.
    pub memory: u64,
}
