//! Is the answer with the heaviest votes of `k` right?
//!
//! ```text
//! E[ right share of argmax over answers a of sum over drawn i with a_i = a of w_i ]
//! ```
//!
//! `a_i` the answer of candidate `i`, `w_i` its score from 0 to 1 (arXiv 2206.02336, equation 2). Answers that tie are
//! equally likely chosen, who gives no answer has no vote, and draws without a vote are not right.
//!
//! Weights leave no closed form: the expectation is exact if there are no more than 1,024 ways to draw, as
//! for `k = n`, and else the mean over 1,024 of them, which the dice choose. Its standard error is below 0.016 for one
//! problem, and by the square root of their number smaller for many.

use pure_task::chain::Dice;

use super::candidate::Candidate;
use super::subsets;

/// The chance that of `k` candidates, drawn from these, the answer with the largest sum of scores is right.
///
/// # Panics
///
/// If more are drawn than there are.
pub fn weighted_majority(candidates: &[Candidate], k: usize, dice: &mut Dice) -> f64 {
    let total = candidates.len();
    assert!(k <= total, "{k} of {total} are drawn");
    let ordered = ordered(candidates);
    subsets::mean(total, k, dice, |drawn| elected(&ordered, drawn))
}

/// The chance that of all candidates the answer with the largest sum of scores is right: the weighted majority
/// at `k = n`, for which nothing is drawn.
pub fn weighted_vote(candidates: &[Candidate]) -> f64 {
    let all: Vec<usize> = (0..candidates.len()).collect();
    elected(&ordered(candidates), &all)
}

/// By answer, and by score too: then sums are rounded alike whatever the order of samples, and equal votes tie.
fn ordered(candidates: &[Candidate]) -> Vec<Candidate> {
    let mut ordered = candidates.to_vec();
    ordered.sort_by(|a, b| {
        let by_answer = a.answer.cmp(&b.answer);
        by_answer.then(a.score.total_cmp(&b.score))
    });
    ordered
}

/// How likely the answer that the drawn ones elect is right.
fn elected(ordered: &[Candidate], drawn: &[usize]) -> f64 {
    let (mut most, mut right, mut tied) = (f64::NEG_INFINITY, 0.0, 0.0);
    for of_one in drawn.chunk_by(|&a, &b| ordered[a].answer == ordered[b].answer) {
        if ordered[of_one[0]].answer.is_none() {
            continue;
        }
        let votes = || of_one.iter().map(|&place| &ordered[place]);
        let weight: f64 = votes().map(|vote| vote.score).sum();
        let share = votes().filter(|vote| vote.right).count() as f64 / of_one.len() as f64;
        if weight > most {
            (most, right, tied) = (weight, share, 1.0);
        } else if weight == most {
            right += share;
            tied += 1.0;
        }
    }
    if tied > 0.0 { right / tied } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates<const N: usize>(of: [(f64, bool, Option<usize>); N]) -> [Candidate; N] {
        of.map(|(score, right, answer)| Candidate {
            score,
            right,
            answer,
        })
    }

    fn chance<const N: usize>(of: [(f64, bool, Option<usize>); N], k: usize) -> f64 {
        weighted_majority(&candidates(of), k, &mut Dice::new(0, "test"))
    }

    #[test]
    fn scores_outvote_numbers() {
        let (right, wrong) = (Some(7), Some(3));
        let votes = [(0.9, true, right), (0.3, false, wrong), (0.4, false, wrong)];
        assert_eq!(chance(votes, 3), 1.0);
        assert_eq!(weighted_vote(&candidates(votes)), 1.0);
        // Two of the three pairs hold the right one, which wins them.
        assert_eq!(chance(votes, 2), 2.0 / 3.0);
        assert_eq!(chance(votes, 1), 1.0 / 3.0);
    }

    #[test]
    fn the_same_scores_in_another_order_tie() {
        assert_ne!(0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1);
        let right = [0.1, 0.2, 0.3].map(|score| (score, true, Some(0)));
        let wrong = [0.3, 0.2, 0.1].map(|score| (score, false, Some(1)));
        let ([a, b, c], [d, e, f]) = (right, wrong);
        assert_eq!(chance([a, b, c, d, e, f], 6), 0.5);
    }

    #[test]
    fn who_gives_no_answer_does_not_vote() {
        let votes = [(0.9, false, None), (0.8, false, None), (0.1, true, Some(0))];
        assert_eq!(chance(votes, 3), 1.0);
        assert_eq!(chance(votes, 1), 1.0 / 3.0);
    }

    #[test]
    fn a_draw_of_many_ways_is_near_what_equal_scores_have_exactly() {
        let candidates: Vec<Candidate> = (0..48)
            .map(|i| Candidate {
                score: 0.5,
                right: i % 3 == 0,
                answer: Some(i % 3),
            })
            .collect();
        let exact = super::super::majority(&candidates, 16);
        let found = weighted_majority(&candidates, 16, &mut Dice::new(1, "test"));
        assert!((exact - 1.0 / 3.0).abs() < 1e-13, "{exact}");
        assert!((found - exact).abs() < 0.05, "{found}");
    }
}
