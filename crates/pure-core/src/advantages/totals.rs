//! What answers are compared by.

use std::ops::AddAssign;

use crate::response::Paid;

/// Keeps a division by a deviation finite for a group of equal rewards, as in the verl branch.
pub(super) const EPSILON: f64 = 1e-6;

/// What a baseline needs to know of one answer, or of the answers of a group together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Totals {
    /// 1, or how many they are.
    pub answers: f64,
    pub tokens: f64,
    /// Whether it is right, where that is known.
    pub right: Option<bool>,
    /// What credit pays in all, shaped, without its coefficient.
    pub process: f64,
    /// What was paid without the KL penalty.
    pub paid: Paid,
    /// Process rewards over steps.
    pub process_per_step: f64,
    /// Returns of process rewards, summed over tokens.
    pub process_returns: f64,
    /// KL estimates, summed over tokens, without their coefficient.
    pub kl: f64,
    /// What was paid beside the process reward: outcome and KL penalty.
    pub beside: f64,
    /// Everything that was paid.
    pub reward: f64,
    /// Returns of everything that was paid, summed over tokens.
    pub returns: f64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.answers += other.answers;
        self.tokens += other.tokens;
        self.process += other.process;
        self.paid.process += other.paid.process;
        self.paid.outcome += other.paid.outcome;
        self.process_per_step += other.process_per_step;
        self.process_returns += other.process_returns;
        self.kl += other.kl;
        self.beside += other.beside;
        self.reward += other.reward;
        self.returns += other.returns;
    }
}
