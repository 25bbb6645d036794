//! What a person should know about a batch before trusting its advantages.

use super::batch::Response;
use crate::advantages::Totals;
use crate::numeric::ratio;
use crate::rollout::Finish;

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
    /// Groups of one answer: without baseline.
    pub groups_of_one: Vec<usize>,
    /// Groups of several answers whose total rewards, KL penalty left out, are all equal: comparing
    /// them says nothing.
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

/// Total rewards this close are equal: f32 rewards of one value, summed in different orders.
const SAME_REWARD: f64 = 1e-6;

#[derive(Clone, Copy)]
struct GroupFacts {
    answers: usize,
    lowest: f64,
    highest: f64,
}

impl Report {
    /// Counts responses and groups; tokens and limit are for the caller to fill in.
    pub(super) fn new(responses: &[Response<'_>], totals: &[Totals], groups: usize) -> Self {
        let empty = GroupFacts {
            answers: 0,
            lowest: f64::INFINITY,
            highest: f64::NEG_INFINITY,
        };
        let mut facts = vec![empty; groups];
        let (mut kl, mut with_kl) = (0.0, 0_usize);
        for (response, totals) in responses.iter().zip(totals) {
            let reward = totals.process + totals.outcome;
            let group = &mut facts[response.group];
            group.answers += 1;
            group.lowest = group.lowest.min(reward);
            group.highest = group.highest.max(reward);
            if response.log_probs.is_some() {
                kl += ratio(totals.kl, totals.tokens);
                with_kl += 1;
            }
        }
        let groups_where = |is: fn(&GroupFacts) -> bool| {
            let named = facts.iter().enumerate().filter(|(_, group)| is(group));
            named.map(|(index, _)| index).collect::<Vec<_>>()
        };
        let count = |is: fn(&Response<'_>) -> bool| responses.iter().filter(|r| is(r)).count();
        Self {
            groups: groups_where(|group| group.answers > 0).len(),
            groups_of_one: groups_where(|group| group.answers == 1),
            groups_without_signal: groups_where(|group| {
                group.answers > 1 && group.highest - group.lowest <= SAME_REWARD
            }),
            empty_responses: count(|response| response.length == 0),
            truncated: count(|response| response.finish == Finish::Length),
            without_log_probs: responses.len() - with_kl,
            mean_kl: (with_kl > 0).then(|| ratio(kl, with_kl as f64)),
            ..Self::default()
        }
    }
}
