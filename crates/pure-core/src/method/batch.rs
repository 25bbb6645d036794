//! The credit of a whole batch, and what a person should know before trusting it.

use super::forms::Form;
use crate::advantages::{Baseline, Totals};
use crate::answer::Finish;
use crate::groups::{GroupRewards, Groups};
use crate::numeric::ratio;
use crate::response::{CreditedResponse, Paid, Response, ResponseBaseline};

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
    pub(super) kept: Vec<bool>,
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
            is_kept: self.kept[index],
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

/// What a person should know about a batch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Tokens of all responses.
    pub tokens: usize,
    /// The generation limit that baselines were counted over.
    pub limit: usize,
    /// Whether that limit is only the longest response, for want of a setting.
    pub limit_is_longest: bool,
    /// Number of groups that have responses.
    pub groups: usize,
    /// Responses that were filtered out.
    pub filtered: usize,
    /// Groups of one answer: without baseline.
    pub groups_of_one: Vec<usize>,
    /// Groups of several answers whose total rewards, KL penalty left out, are all equal within 1e-6:
    /// comparing them says nothing. For [`Papo`](Baseline::Papo) their outcomes, and the process rewards
    /// of those that are right.
    pub groups_without_signal: Vec<usize>,
    /// Responses without tokens.
    pub empty_responses: usize,
    /// Responses that were cut at the limit.
    pub truncated: usize,
    /// Responses without log-probabilities, hence without KL penalty.
    pub without_log_probs: usize,
    /// The KL estimate, averaged over the tokens of each response and then over responses.
    pub mean_kl: Option<f64>,
}

impl Report {
    /// Counts responses and groups; tokens and limit are for the caller to fill in.
    pub(super) fn new(
        responses: &[Response<'_>],
        totals: &[Totals],
        kept: &[bool],
        groups: &Groups,
        forms: &[&Form],
    ) -> Self {
        let mut rewards = vec![GroupRewards::default(); groups.count()];
        let mut of_right = rewards.clone();
        let (mut kl, mut with_kl) = (0.0, 0_usize);
        for (index, (response, totals)) in responses.iter().zip(totals).enumerate() {
            let (place, papo) = (groups.place(index), Baseline::Papo);
            match forms[place].baseline == papo {
                _ if !kept[index] => {}
                true => {
                    rewards[place].add(totals.paid.outcome);
                    if totals.right == Some(true) {
                        of_right[place].add(totals.process);
                    }
                }
                false => rewards[place].add(totals.paid.total()),
            }
            if response.log_probs.is_some() {
                kl += ratio(totals.kl, totals.tokens);
                with_kl += 1;
            }
        }
        let says_nothing: Vec<bool> = (rewards.iter().zip(&of_right))
            .map(|(all, right)| all.are_equal() && (right.answers < 2 || right.are_equal()))
            .collect();
        let count = |is: fn(&Response<'_>) -> bool| responses.iter().filter(|r| is(r)).count();
        Self {
            groups: groups.count(),
            filtered: kept.iter().filter(|is_kept| !**is_kept).count(),
            groups_of_one: groups.numbers_where(&rewards, |group| group.answers == 1),
            groups_without_signal: groups.numbers_where(&says_nothing, |nothing| *nothing),
            empty_responses: count(|response| response.length == 0),
            truncated: count(|response| response.finish == Finish::Length),
            without_log_probs: responses.len() - with_kl,
            mean_kl: (with_kl > 0).then(|| ratio(kl, with_kl as f64)),
            ..Self::default()
        }
    }
}
