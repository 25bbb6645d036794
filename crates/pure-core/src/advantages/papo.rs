//! PAPO: outcomes compared in the whole group, process rewards among its right answers.
//!
//! ```text
//! A_i = (b_i - mean_j b_j) / (std_j b_j + e)                                  over the whole group
//!     + lambda (p_i - mean_right p_j) / (std_right p_j + e)                   if i is right
//! ```
//!
//! `b_i` what answer `i` is paid beside its process reward (its outcome, less a KL penalty), `p_i` what
//! credit pays it in all (with [`Mean`](crate::credit::Mean), the mean of its step rewards, as
//! published), `std` that of a sample, `e = 1e-6`. The second line counts only where 2 or more answers of
//! the group are right and their deviation is above `e`. PAPO, arXiv 2603.26535: the reward model tells
//! right answers apart, so that groups in which all are right still teach, and no wrong answer gains.
//!
//! Departures: lambda is the process coefficient of [`RewardConfig`](crate::RewardConfig), 1 by default
//! as published. No other scale of either reward counts, for the deviations divide it out.

use super::totals::{EPSILON, Totals};
use crate::groups::Groups;

/// The right answers of a group.
#[derive(Clone, Copy, Default)]
struct Right {
    answers: f64,
    mean: f64,
    squares: f64,
}

/// The second line of the formula, for each answer.
pub(super) fn process_advantages(answers: &[Totals], groups: &Groups, lambda: f64) -> Vec<f64> {
    let mut all = vec![Right::default(); groups.count()];
    let right = || {
        let answers = answers.iter().enumerate();
        answers.filter(|(_, answer)| answer.right == Some(true))
    };
    for (index, answer) in right() {
        let group = &mut all[groups.place(index)];
        group.answers += 1.0;
        group.mean += answer.process;
    }
    for group in all.iter_mut().filter(|group| group.answers > 0.0) {
        group.mean /= group.answers;
    }
    for (index, answer) in right() {
        let group = &mut all[groups.place(index)];
        group.squares += (answer.process - group.mean).powi(2);
    }
    let mut advantages = vec![0.0; answers.len()];
    for (index, answer) in right() {
        let group = all[groups.place(index)];
        let deviation = (group.squares / (group.answers - 1.0).max(1.0)).sqrt();
        if group.answers > 1.0 && deviation > EPSILON {
            advantages[index] = lambda * (answer.process - group.mean) / (deviation + EPSILON);
        }
    }
    advantages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advantages(answers: &[(f64, Option<bool>)], lambda: f64) -> Vec<f64> {
        let groups = Groups::of(answers.iter().map(|_| 7));
        let totals = answers.iter().map(|&(process, right)| Totals {
            answers: 1.0,
            process,
            right,
            ..Totals::default()
        });
        process_advantages(&totals.collect::<Vec<_>>(), &groups, lambda)
    }

    #[test]
    fn right_answers_are_standardised_among_themselves() {
        // 0.2, 0.4 and 0.9: mean 0.5, squares 0.09 + 0.01 + 0.16 = 0.26, deviation sqrt(0.13).
        let (right, wrong) = (Some(true), Some(false));
        let answers = [(0.2, right), (0.99, wrong), (0.4, right), (0.9, right)];
        let by = 0.5 / (0.13_f64.sqrt() + 1e-6);
        let expected = [-0.3 * by, 0.0, -0.1 * by, 0.4 * by];
        for (found, expected) in advantages(&answers, 0.5).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} and {expected}");
        }
    }

    #[test]
    fn one_right_answer_equal_ones_and_none_add_nothing() {
        let (right, wrong) = (Some(true), Some(false));
        for answers in [
            [(0.2, right), (0.9, wrong), (-0.4, wrong)],
            [(0.3, right), (0.3, right), (0.8, wrong)],
            [(0.1, wrong), (0.5, wrong), (0.9, wrong)],
            [(0.1, None), (0.5, None), (0.9, None)],
        ] {
            assert_eq!(advantages(&answers, 1.0), [0.0; 3]);
        }
    }

    #[test]
    fn a_shift_or_another_scale_of_all_rewards_changes_nothing() {
        let answers = [0.2, -0.7, 0.4].map(|process| (process, Some(true)));
        let moved = answers.map(|(process, right)| (10.0 * process + 3.0, right));
        for (a, b) in advantages(&answers, 1.0)
            .iter()
            .zip(advantages(&moved, 1.0))
        {
            assert!((a - b).abs() < 1e-5, "{a} and {b}");
        }
    }
}
