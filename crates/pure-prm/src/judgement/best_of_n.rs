//! Does the score pick a right answer out of many?
//!
//! Per problem, `N` sampled answers with a score and a verdict. For `n = 1, 2, 4, … N` the expectation,
//! over all ways to draw `n` of them, that the one with the highest score is right; beside it pass@n, which
//! no score can beat, and `n = 1`, which any should. No sampling: closed forms over ranks, written down in
//! `ranked.rs`. The mean is over problems, each counting the same.
//!
//! Problems may have different numbers of samples. The curve goes up to the smallest of them, so that all
//! its points speak of the same problems; [votes](Votes) are of all samples of each.

use serde::Serialize;

use super::ranked::Ranked;
use super::{JudgementError, Votes};

/// A sampled answer to a problem.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// How good it is thought to be, such as one of the [`Aggregates`](crate::Aggregates) of its steps.
    pub score: f64,
    /// Whether it is right.
    pub right: bool,
    /// Which of the problem's different answers it gives, equal answers having equal numbers; nothing
    /// where it gives none, or where nobody compared them.
    pub answer: Option<usize>,
}

/// How well a score chooses among answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BestOfN {
    /// The number of problems.
    pub problems: usize,
    /// The smallest number of samples of a problem; 0 without problems.
    pub samples: usize,
    /// For 1, 2, 4 and so on, and all the samples.
    pub curve: Vec<BestOf>,
    /// Voting instead, if any sample's answer is known.
    pub votes: Option<Votes>,
}

/// One point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BestOf {
    /// The number of samples to choose among.
    pub n: usize,
    /// How often the one with the highest score is right; those that tie are equally likely chosen.
    pub best: f64,
    /// How often any is right: pass@n.
    pub pass: f64,
}

impl BestOfN {
    /// That of problems, each with its samples.
    ///
    /// # Errors
    ///
    /// [`JudgementError::NoSamples`] for a problem without, [`JudgementError::Score`] for a score that is
    /// not finite.
    pub fn of<P: AsRef<[Sample]>>(problems: &[P]) -> Result<Self, JudgementError> {
        let mut ranked = Vec::with_capacity(problems.len());
        for (problem, samples) in problems.iter().enumerate() {
            ranked.push(Ranked::of(checked(problem, samples.as_ref())?));
        }
        let counts = problems.iter().map(|samples| samples.as_ref().len());
        let samples = counts.min().unwrap_or(0);
        let mean =
            |of: &dyn Fn(&Ranked) -> f64| ranked.iter().map(of).sum::<f64>() / ranked.len() as f64;
        let point = |n| BestOf {
            n,
            best: mean(&|problem| problem.best(n)),
            pass: mean(&|problem| problem.pass(n)),
        };
        Ok(Self {
            problems: problems.len(),
            samples,
            curve: sizes(samples).map(point).collect(),
            votes: Votes::of(problems),
        })
    }
}

fn checked(problem: usize, samples: &[Sample]) -> Result<&[Sample], JudgementError> {
    if samples.is_empty() {
        return Err(JudgementError::NoSamples { problem });
    }
    match samples.iter().position(|sample| !sample.score.is_finite()) {
        None => Ok(samples),
        Some(sample) => Err(JudgementError::Score {
            problem,
            sample,
            found: samples[sample].score,
        }),
    }
}

/// Powers of two below the number of samples, then that number, if there is any.
fn sizes(samples: usize) -> impl Iterator<Item = usize> {
    let powers = std::iter::successors(Some(1_usize), |n| n.checked_mul(2));
    let all = (samples > 0).then_some(samples);
    powers.take_while(move |&n| n < samples).chain(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(score: f64, right: bool) -> Sample {
        Sample {
            score,
            right,
            answer: None,
        }
    }

    #[test]
    fn the_curve_goes_by_powers_of_two_to_all_samples() {
        let of = |samples| sizes(samples).collect::<Vec<_>>();
        assert_eq!(of(0), [0; 0]);
        assert_eq!(of(1), [1]);
        assert_eq!(of(4), [1, 2, 4]);
        assert_eq!(of(6), [1, 2, 4, 6]);
    }

    #[test]
    fn a_score_is_as_good_as_its_order() {
        let problem = [sample(3.0, false), sample(2.0, true), sample(-1.0, false)];
        let found = BestOfN::of(&[problem]).unwrap();
        let best: Vec<f64> = found.curve.iter().map(|point| point.best).collect();
        // Of the three pairs only one leaves the wrong favourite out.
        for (found, expected) in best.iter().zip([1.0 / 3.0, 1.0 / 3.0, 0.0]) {
            assert!((found - expected).abs() < 1e-15, "{best:?}");
        }
        assert_eq!((found.curve[2].n, found.curve[2].pass), (3, 1.0));
        assert_eq!(found.votes, None);
    }

    #[test]
    fn ties_are_split_evenly() {
        let problem = [sample(1.0, true), sample(1.0, false), sample(0.0, false)];
        let all = BestOfN::of(&[problem]).unwrap().curve[2];
        assert_eq!((all.best, all.pass), (0.5, 1.0));
    }

    #[test]
    fn the_curve_ends_at_the_smallest_number_of_samples() {
        let problems = [vec![sample(0.0, true); 2], vec![sample(0.0, false); 5]];
        let found = BestOfN::of(&problems).unwrap();
        assert_eq!(
            (found.problems, found.samples, found.curve.len()),
            (2, 2, 2)
        );
        assert_eq!(found.curve[1].best, 0.5);
    }

    #[test]
    fn no_problems_are_no_error_but_a_problem_without_samples_is() {
        let none = BestOfN::of::<[Sample; 0]>(&[]).unwrap();
        assert_eq!((none.problems, none.curve.len(), none.votes), (0, 0, None));
        let empty = BestOfN::of(&[vec![sample(0.0, true)], vec![]]);
        assert_eq!(empty, Err(JudgementError::NoSamples { problem: 1 }));
    }

    #[test]
    fn a_score_that_is_no_number_is_named() {
        let error = BestOfN::of(&[[sample(0.0, true), sample(f64::INFINITY, true)]]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the score of sample 1 of problem 0 is inf"
        );
    }
}
