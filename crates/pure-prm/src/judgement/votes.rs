//! Choosing an answer by vote instead of a sample by score.
//!
//! ```text
//! majority = argmax over answers a of sum_i [a_i = a]          (arXiv 2203.11171)
//! weighted = argmax over answers a of sum_i [a_i = a] s_i      (arXiv 2206.02336)
//! ```
//!
//! `a_i` the answer of sample `i`, `s_i` its score, over all samples of a problem. Answers that tie are
//! equally likely chosen. A sample that gives no answer has no vote; a problem without votes is not
//! solved. If the verifier contradicts itself on an answer, the share of its samples that are right
//! counts.

use pure_eval::{Candidate, majority, weighted_vote};
use serde::Serialize;

/// The share of problems that voting solves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Votes {
    /// If each sample counts the same.
    pub majority: f64,
    /// If it counts by its score; absent if a score is negative, which would make an answer lose by
    /// being given often. Rewards from -1 to 1 want to be shifted, to `(1 + r) / 2`.
    pub weighted: Option<f64>,
}

impl Votes {
    /// Those of problems, if the answer of any sample is known.
    pub(super) fn of<P: AsRef<[Candidate]>>(problems: &[P]) -> Option<Self> {
        let samples = || problems.iter().flat_map(|samples| samples.as_ref());
        if samples().all(|sample| sample.answer.is_none()) {
            return None;
        }
        let mean = |of: fn(&[Candidate]) -> f64| {
            let values = problems.iter().map(|samples| of(samples.as_ref()));
            values.sum::<f64>() / problems.len() as f64
        };
        let weights_are_sound = samples().all(|sample| sample.score >= 0.0);
        Some(Self {
            majority: mean(|samples| majority(samples, samples.len())),
            weighted: weights_are_sound.then(|| mean(weighted_vote)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes<const N: usize>(samples: [(f64, bool, Option<usize>); N]) -> Option<Votes> {
        let sample = |(score, right, answer)| Candidate {
            score,
            right,
            answer,
        };
        Votes::of(&[samples.map(sample)])
    }

    #[test]
    fn many_outvote_one_unless_scores_say_otherwise() {
        let (right, wrong) = (Some(7), Some(3));
        let found = votes([(0.9, true, right), (0.3, false, wrong), (0.4, false, wrong)]);
        let expected = Votes {
            majority: 0.0,
            weighted: Some(1.0),
        };
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn answers_that_tie_share() {
        let found = votes([
            (0.1, true, Some(0)),
            (0.7, true, Some(0)),
            (0.2, false, Some(1)),
            (0.7, false, Some(2)),
            (0.1, false, Some(2)),
        ]);
        let expected = Votes {
            majority: 0.5,
            weighted: Some(0.5),
        };
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn the_same_scores_in_another_order_tie() {
        assert_ne!(0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1);
        let right = [0.1, 0.2, 0.3].map(|score| (score, true, Some(0)));
        let wrong = [0.3, 0.2, 0.1].map(|score| (score, false, Some(1)));
        let [a, b, c] = right;
        let [d, e, f] = wrong;
        assert_eq!(votes([a, b, c, d, e, f]).unwrap().weighted, Some(0.5));
    }

    #[test]
    fn who_gives_no_answer_does_not_vote() {
        let found = votes([(0.9, false, None), (0.8, false, None), (0.1, true, Some(0))]);
        assert_eq!(found.unwrap().majority, 1.0);
        assert_eq!(votes([(0.9, false, None)]), None);
    }

    #[test]
    fn a_problem_without_votes_is_not_solved() {
        let sample = |answer| Candidate {
            score: 0.5,
            right: true,
            answer,
        };
        let found = Votes::of(&[[sample(Some(0))], [sample(None)]]).unwrap();
        assert_eq!((found.majority, found.weighted), (0.5, Some(0.5)));
    }

    #[test]
    fn negative_scores_are_no_weights() {
        let found = votes([(-0.1, true, Some(0))]).unwrap();
        assert_eq!((found.majority, found.weighted), (1.0, None));
    }
}
