//! PRIME: rewards at every step less the group's mean, own rewards included, stretched for that.
//!
//! ```text
//! A_{i,l} = sum_{k >= l} (K x_{i,k} - sum_j m_j) / (K - 1)  +  (K o_i - sum_j o_j) / (K - 1)
//!         = K / (K - 1) (G_{i,l} - s_{i,l} mean_j m_j - mean_j o_j)
//! ```
//!
//! `x_{i,k}` the reward of step `k` of answer `i`, `m_j` the mean reward of answer `j`'s steps, `o_j` its
//! outcome, paid at its last token, `s_{i,l}` the number of its steps that end at or after token `l`, `K`
//! the answers of the group. PRIME, arXiv 2502.01456, as its authors' recipe computes it; to be whitened.
//! There every token is a step; here steps are what they are made, so rewards of tokens are given as
//! steps of one token each, with [`Sum`](crate::credit::Sum) as the form of credit.
//!
//! Departures: the paper leaves the own answer out of the mean, which is
//! [`StepLeaveOneOut`](crate::Baseline::StepLeaveOneOut). The recipe's first term differs from it by
//! `(x_{i,k} - m_i) / (K - 1)`, nothing over a whole answer. Its coefficients, 5 for both rewards, are
//! left out: whitening divides them out. So is its division of process rewards by the largest return of a
//! batch.

use super::totals::Totals;
use crate::numeric::ratio;

/// What is subtracted once, and at every step.
pub(super) fn baseline(group: &Totals) -> (f64, f64) {
    (
        ratio(group.paid.outcome, group.answers),
        ratio(group.process_per_step, group.answers),
    )
}

/// What differences are multiplied by, for there is an own share in what is subtracted.
pub(super) fn scale(group: &Totals) -> f64 {
    ratio(group.answers, group.answers - 1.0)
}
