//! What is made of an answer's returns by comparing it with its group.

use super::Method;
use super::forms::Form;
use crate::advantages::{Baseline, Totals};
use crate::groups::Groups;
use crate::numeric::to_f32;
use crate::response::{Response, ResponseBaseline};
use crate::reward::RewardSource;

/// `advantage = (return - baseline) * scale + added`, for all tokens of an answer.
pub(super) struct Comparison {
    pub baseline: ResponseBaseline,
    scale: f64,
    added: f64,
}

impl Comparison {
    /// That of an answer which is compared with nothing.
    fn none() -> Self {
        let baseline = ResponseBaseline {
            constant: 0.0,
            per_unit: 0.0,
            kind: Baseline::None,
        };
        let (scale, added) = (1.0, 0.0);
        Self {
            baseline,
            scale,
            added,
        }
    }

    /// Writes the advantages of an answer's tokens.
    pub fn advantages(&self, response: &Response<'_>, returns: &[f32], out: &mut [f32]) {
        let (steps, length) = (response.steps, response.length);
        self.baseline
            .for_each_segment(steps, length, |tokens, subtracted| {
                for (value, out) in returns[tokens.clone()].iter().zip(&mut out[tokens]) {
                    *out = to_f32((f64::from(*value) - subtracted) * self.scale + self.added);
                }
            });
    }
}

impl Method {
    /// Compares the answers that are kept within their groups, in the form of each group.
    pub(super) fn compare(
        &self,
        totals: &[Totals],
        groups: &Groups,
        forms: &[&Form],
        kept: &[bool],
        limit: usize,
    ) -> Vec<Comparison> {
        let mut comparisons: Vec<_> = totals.iter().map(|_| Comparison::none()).collect();
        let all = [Some(&self.forms.verified), self.forms.unverified.as_ref()];
        for form in all.into_iter().flatten() {
            let is_of = |index: &usize| std::ptr::eq(forms[groups.place(*index)], form);
            let indices = (0..totals.len()).filter(|&index| kept[index]);
            let indices: Vec<usize> = indices.filter(is_of).collect();
            let own_groups = Groups::of(indices.iter().map(|&index| groups.place(index)));
            let own: Vec<Totals> = indices.iter().map(|&index| totals[index]).collect();
            let process = match self.config.reward.source {
                RewardSource::Outcome => 0.0,
                RewardSource::Process | RewardSource::Both => {
                    self.config.reward.process_coefficient
                }
            };
            let added = form.baseline.added(&own, &own_groups, process);
            let compared = form.baseline.compare(&own, &own_groups, limit).zip(added);
            for (index, ((baseline, scale), added)) in indices.into_iter().zip(compared) {
                comparisons[index] = Comparison {
                    baseline,
                    scale,
                    added,
                };
            }
        }
        comparisons
    }
}
