//! Which answers of a group are compared and learned from.
//!
//! PROF, the process consistency filter ("Beyond Correctness", arXiv 2509.03403): what counts is the
//! outcome; the reward model only tells which answers to leave out, because it contradicts their outcome.
//!
//! ```text
//! m = min(right answers, wrong answers)
//! kept: the m right answers with the highest p, and the m wrong answers with the lowest
//! ```
//!
//! `p` what credit pays an answer in all (with [`Mean`](crate::credit::Mean), the mean of its step
//! rewards, as published), also where only the outcome is paid. So as many right as wrong answers are
//! left, as far as the group allows.
//!
//! Departures: the authors drop the right answers with the lowest `p` and the wrong ones with the
//! highest, each kind apart, in numbers that balance the two; the exact numbers were not found. Here the
//! fewer kind is kept whole. A group that has one kind only is kept whole, as are answers without an
//! outcome. Of equal `p` the first are kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::advantages::Totals;
use crate::groups::Groups;

/// Which answers of a group are compared and learned from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AnswerFilter {
    /// All.
    #[default]
    None,
    /// As many right as wrong ones, those that the reward model contradicts least: PROF.
    Prof,
}

impl AnswerFilter {
    /// Which answers of one group are kept, from what credit pays each in all, and whether it is right
    /// where that is known.
    pub fn keep(self, group: &[(f64, Option<bool>)]) -> Vec<bool> {
        let of_kind = |kind| {
            let answers = group.iter().enumerate();
            let kind = answers.filter(move |(_, (_, right))| *right == Some(kind));
            kind.map(|(index, _)| index).collect()
        };
        let (mut right, mut wrong): (Vec<usize>, Vec<usize>) = (of_kind(true), of_kind(false));
        let mut kept = vec![true; group.len()];
        let fewer = right.len().min(wrong.len());
        if self == Self::None || fewer == 0 {
            return kept;
        }
        // Stable, so that of equal ones the first are kept.
        right.sort_by(|&a, &b| group[b].0.total_cmp(&group[a].0));
        wrong.sort_by(|&a, &b| group[a].0.total_cmp(&group[b].0));
        for &dropped in right[fewer..].iter().chain(&wrong[fewer..]) {
            kept[dropped] = false;
        }
        kept
    }

    /// Which answers of a batch are kept.
    pub(crate) fn keep_of_batch(self, answers: &[Totals], groups: &Groups) -> Vec<bool> {
        let mut kept = vec![true; answers.len()];
        if self == Self::None {
            return kept;
        }
        let mut members = vec![Vec::new(); groups.count()];
        for index in 0..answers.len() {
            members[groups.place(index)].push(index);
        }
        for members in members {
            let facts = members.iter().map(|&index| &answers[index]);
            let facts: Vec<_> = facts.map(|it| (it.process, it.right)).collect();
            for (index, is_kept) in members.into_iter().zip(self.keep(&facts)) {
                kept[index] = is_kept;
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: Option<bool> = Some(true);
    const WRONG: Option<bool> = Some(false);

    #[test]
    fn the_more_frequent_kind_loses_what_the_reward_model_contradicts_most() {
        let prof = |group: &[(f64, Option<bool>)]| AnswerFilter::Prof.keep(group);
        // Three right, one wrong: the best of the right stays.
        let many_right = [(0.1, RIGHT), (0.9, RIGHT), (0.8, WRONG), (0.4, RIGHT)];
        assert_eq!(prof(&many_right), [false, true, true, false]);
        // One right, three wrong: the worst of the wrong stays.
        let many_wrong = [(0.1, WRONG), (0.9, WRONG), (-0.8, RIGHT), (0.4, WRONG)];
        assert_eq!(prof(&many_wrong), [true, false, true, false]);
        // Two and two: nothing to balance.
        let balanced = [(0.1, RIGHT), (0.9, WRONG), (0.2, RIGHT), (-0.4, WRONG)];
        assert_eq!(prof(&balanced), [true; 4]);
    }

    #[test]
    fn one_kind_alone_answers_without_outcome_and_equal_ones_are_kept_as_said() {
        let prof = |group: &[(f64, Option<bool>)]| AnswerFilter::Prof.keep(group);
        assert_eq!(prof(&[(0.1, RIGHT), (0.2, RIGHT)]), [true; 2]);
        assert_eq!(prof(&[(0.1, WRONG), (0.2, WRONG)]), [true; 2]);
        assert_eq!(prof(&[(0.1, None), (0.2, None)]), [true; 2]);
        assert_eq!(prof(&[(0.1, RIGHT)]), [true]);
        assert_eq!(prof(&[]), [true; 0]);
        let equal = [(0.5, WRONG), (0.5, WRONG), (0.5, RIGHT), (0.9, None)];
        assert_eq!(prof(&equal), [true, false, true, true]);
    }

    #[test]
    fn without_a_filter_all_are_kept() {
        let group = [(0.1, RIGHT), (0.9, RIGHT), (0.8, WRONG)];
        assert_eq!(AnswerFilter::None.keep(&group), [true; 3]);
    }
}
