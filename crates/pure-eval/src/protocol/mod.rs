//! What is made of the samples of a problem, and how often that is right.
//!
//! Of a problem's `n` samples `k` are drawn without replacement; the value of the problem is the expectation over all
//! ways to draw them. So a value at `k` uses all samples, and is what `k` samples would give on average. A measure is
//! the mean over problems, each counting the same. Ties are expectations too: what ties is equally likely chosen.

mod best_of;
mod candidate;
mod majority;
mod pass;
mod subsets;
mod weighted_majority;

use std::fmt;

use pure_core::Aggregate;
use pure_task::chain::Dice;
use serde::{Deserialize, Serialize};

use crate::{Error, Estimate, JudgedProblem, JudgedSample};

pub use best_of::best_of;
pub use candidate::Candidate;
pub use majority::majority;
pub use pass::pass_at_k;
pub use weighted_majority::{weighted_majority, weighted_vote};

/// What is made of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "protocol", content = "aggregate", rename_all = "kebab-case")]
pub enum Protocol {
    /// A sample is taken as it comes.
    Average,
    /// All are tried, and one that is right is enough.
    Pass,
    /// The answer that most of them give.
    Majority,
    /// The one with the best step rewards.
    BestOf(Aggregate),
    /// The answer with most votes, each weighted by its step rewards.
    WeightedMajority(Aggregate),
}

/// A protocol at a number of samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// How many samples of a problem are drawn.
    pub k: usize,
    /// How often the protocol is right.
    #[serde(flatten)]
    pub estimate: Estimate,
}

/// The value of one problem, from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The name of the problem.
    pub id: String,
    /// Its value.
    pub value: f64,
}

impl Protocol {
    /// The value of each problem if `k` of its samples are drawn. The seed decides only where a
    /// [weighted majority](weighted_majority) has too many ways to draw them.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewSamples`] and [`Error::NoDraw`] for `k`; [`Error::NoRewards`] for a sample that was not judged,
    /// where the protocol asks for it.
    pub fn scores(
        self,
        problems: &[JudgedProblem],
        k: usize,
        seed: u64,
    ) -> Result<Vec<Score>, Error> {
        if k == 0 {
            let protocol = self.to_string();
            return Err(Error::NoDraw { protocol });
        }
        let score = |problem: &JudgedProblem| {
            let samples = problem.samples.len();
            if k > samples {
                return Err(Error::TooFewSamples {
                    protocol: self.to_string(),
                    k,
                    id: problem.id.clone(),
                    samples,
                });
            }
            let value = match self {
                Self::Average => problem.right() as f64 / samples as f64,
                Self::Pass => pass_at_k(problem.right(), samples, k),
                Self::Majority => majority(&problem.unscored(), k),
                Self::BestOf(aggregate) => best_of(&problem.scored(aggregate)?, k),
                Self::WeightedMajority(aggregate) => {
                    let purpose = format!("samples of {}", problem.id);
                    let mut dice = Dice::new(seed, &purpose);
                    weighted_majority(&problem.scored(aggregate)?, k, &mut dice)
                }
            };
            let id = problem.id.clone();
            Ok(Score { id, value })
        };
        problems.iter().map(score).collect()
    }

    /// The mean over problems if `k` samples of each are drawn, with its interval.
    ///
    /// # Errors
    ///
    /// As [`scores`](Self::scores), and [`Error::Nothing`] without problems.
    pub fn measure(
        self,
        problems: &[JudgedProblem],
        k: usize,
        seed: u64,
    ) -> Result<Measure, Error> {
        let scores = self.scores(problems, k, seed)?;
        let values: Vec<f64> = scores.iter().map(|score| score.value).collect();
        let are_single = problems.iter().all(|problem| problem.samples.len() == 1);
        let estimate = match are_single {
            true => Estimate::of_proportion(&values),
            false => Estimate::of_mean(&values, seed),
        };
        let estimate = estimate.ok_or(Error::Nothing)?;
        Ok(Measure { k, estimate })
    }

    /// Measures at 1, 2, 4 and so on, up to the smallest number of samples of a problem, so that all of them
    /// speak of the same problems.
    ///
    /// # Errors
    ///
    /// As [`measure`](Self::measure).
    pub fn curve(self, problems: &[JudgedProblem], seed: u64) -> Result<Vec<Measure>, Error> {
        let samples = problems.iter().map(|problem| problem.samples.len());
        let sizes = curve_sizes(samples.min().unwrap_or(0));
        sizes.map(|k| self.measure(problems, k, seed)).collect()
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Average => f.write_str("avg@k"),
            Self::Pass => f.write_str("pass@k"),
            Self::Majority => f.write_str("maj@k"),
            Self::BestOf(aggregate) => write!(f, "best of k, {aggregate}"),
            Self::WeightedMajority(aggregate) => write!(f, "weighted maj@k, {aggregate}"),
        }
    }
}

impl JudgedProblem {
    fn unscored(&self) -> Vec<Candidate> {
        let samples = self.samples.iter();
        samples.map(|sample| sample.candidate(0.0)).collect()
    }

    fn scored(&self, aggregate: Aggregate) -> Result<Vec<Candidate>, Error> {
        let samples = self.samples.iter();
        let candidate = |sample: &JudgedSample| match &sample.rewards {
            Some(rewards) => Ok(sample.candidate(rewards.weight(aggregate))),
            None => Err(Error::NoRewards {
                id: self.id.clone(),
                sample: sample.sample,
            }),
        };
        samples.map(candidate).collect()
    }
}

impl JudgedSample {
    fn candidate(&self, score: f64) -> Candidate {
        Candidate {
            score,
            right: self.right,
            answer: self.answer,
        }
    }
}

/// The numbers of samples at which a curve is drawn: powers of two below all that there are, then all, if there are any.
pub fn curve_sizes(samples: usize) -> impl Iterator<Item = usize> {
    let powers = std::iter::successors(Some(1_usize), |n| n.checked_mul(2));
    let all = (samples > 0).then_some(samples);
    powers.take_while(move |&n| n < samples).chain(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_goes_by_powers_of_two_to_all_samples() {
        let of = |samples| curve_sizes(samples).collect::<Vec<_>>();
        assert_eq!(of(0), [0; 0]);
        assert_eq!(of(1), [1]);
        assert_eq!(of(4), [1, 2, 4]);
        assert_eq!(of(6), [1, 2, 4, 6]);
    }
}
