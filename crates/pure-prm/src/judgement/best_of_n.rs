//! Does the score pick a right answer out of many?
//!
//! Per problem, `N` sampled answers with a score and a verdict. For `n = 1, 2, 4, … N` the expectation,
//! over all ways to draw `n` of them, that the one with the highest score is right, [`best_of`]; beside it pass@n,
//! [`pass_at_k`], which no score can beat, and `n = 1`, which any should. The mean is over problems, each counting the
//! same.
//!
//! Problems may have different numbers of samples. The curve goes up to the smallest of them, so that all
//! its points speak of the same problems; [votes](Votes) are of all samples of each.

use pure_eval::{Candidate, best_of, curve_sizes, pass_at_k};
use serde::Serialize;

use super::{JudgementError, Votes};

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
    pub fn of<P: AsRef<[Candidate]>>(problems: &[P]) -> Result<Self, JudgementError> {
        for (problem, samples) in problems.iter().enumerate() {
            check(problem, samples.as_ref())?;
        }
        let counts = problems.iter().map(|samples| samples.as_ref().len());
        let samples = counts.min().unwrap_or(0);
        let mean = |of: &dyn Fn(&[Candidate]) -> f64| {
            let values = problems.iter().map(|samples| of(samples.as_ref()));
            values.sum::<f64>() / problems.len() as f64
        };
        let right = |samples: &[Candidate]| samples.iter().filter(|sample| sample.right).count();
        let point = |n| BestOf {
            n,
            best: mean(&|samples| best_of(samples, n)),
            pass: mean(&|samples| pass_at_k(right(samples), samples.len(), n)),
        };
        Ok(Self {
            problems: problems.len(),
            samples,
            curve: curve_sizes(samples).map(point).collect(),
            votes: Votes::of(problems),
        })
    }
}

fn check(problem: usize, samples: &[Candidate]) -> Result<(), JudgementError> {
    if samples.is_empty() {
        return Err(JudgementError::NoSamples { problem });
    }
    match samples.iter().position(|sample| !sample.score.is_finite()) {
        None => Ok(()),
        Some(sample) => Err(JudgementError::Score {
            problem,
            sample,
            found: samples[sample].score,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(score: f64, right: bool) -> Candidate {
        Candidate {
            score,
            right,
            answer: None,
        }
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
        let none = BestOfN::of::<[Candidate; 0]>(&[]).unwrap();
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
