//! The credit of a whole batch.

use super::report::Report;
use crate::response::{CreditedResponse, Paid, ResponseBaseline};

/// A batch with its advantages, flat: the tokens of the first response, then of the second, ...
#[derive(Debug, Clone, PartialEq)]
pub struct CreditedBatch {
    /// Where the tokens of each response begin, and the end of the last.
    pub(super) offsets: Vec<usize>,
    pub(super) token_rewards: Vec<f32>,
    pub(super) returns: Vec<f32>,
    pub(super) advantages: Vec<f32>,
    pub(super) baselines: Vec<ResponseBaseline>,
    pub(super) paid: Vec<Paid>,
    pub(super) report: Report,
}

impl CreditedBatch {
    /// The number of responses.
    pub fn len(&self) -> usize {
        self.baselines.len()
    }

    /// Whether there are no responses.
    pub fn is_empty(&self) -> bool {
        self.baselines.is_empty()
    }

    /// One response.
    ///
    /// # Panics
    ///
    /// If there is none of that index.
    pub fn response(&self, index: usize) -> CreditedResponse<'_> {
        let tokens = self.offsets[index]..self.offsets[index + 1];
        CreditedResponse {
            token_rewards: &self.token_rewards[tokens.clone()],
            returns: &self.returns[tokens.clone()],
            paid: self.paid[index],
            baseline: self.baselines[index],
            advantages: &self.advantages[tokens],
        }
    }

    /// Every response, in the order they came.
    pub fn responses(&self) -> impl ExactSizeIterator<Item = CreditedResponse<'_>> {
        (0..self.len()).map(|index| self.response(index))
    }

    /// The advantages of all responses, one after the other.
    pub fn advantages(&self) -> &[f32] {
        &self.advantages
    }

    /// What a person should know about the batch.
    pub fn report(&self) -> &Report {
        &self.report
    }
}
