//! What judgements are refused for.

/// What is wrong with judgements, and where.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum JudgementError {
    /// What should be a probability is none.
    #[error("the probability of step {step} is {found}, but must be from 0 to 1")]
    Probability {
        /// Its place among the steps of this call, counted from 0.
        step: usize,
        /// Its value.
        found: f32,
    },
    /// An answer is said to go wrong at a step that it does not have.
    #[error("the first error is at step {found} (from 0), but there are only {steps} steps")]
    FirstError {
        /// Where the error is said to be.
        found: usize,
        /// The answer's number of steps.
        steps: usize,
    },
    /// A threshold for probabilities is none.
    #[error("the threshold is {found}, but must be from 0 to 1")]
    Threshold {
        /// Its value.
        found: f32,
    },
    /// A problem without answers has no best one.
    #[error("problem {problem} has no samples")]
    NoSamples {
        /// Its place among the problems, counted from 0.
        problem: usize,
    },
    /// A score is infinite or not a number.
    #[error("the score of sample {sample} of problem {problem} is {found}")]
    Score {
        /// The problem, counted from 0.
        problem: usize,
        /// Its place among the problem's samples, counted from 0.
        sample: usize,
        /// Its value.
        found: f64,
    },
}
