//! What it takes to come to an answer, in tokens: by it best of N and a search can be compared at equal cost.
//!
//! | count | of one sample that is judged | of a search |
//! | --- | --- | --- |
//! | `policy_tokens` | the tokens of the answer | all that were sampled, of continuations that were dropped too |
//! | `prm_tokens` | prompt and answer | prompt and partial answer, each time that one was judged |
//!
//! A prompt that several answers share is counted with each of them, and a partial answer from its beginning, although
//! both could be read once and kept. What the policy reads of a partial answer before it goes on is not counted.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::JudgedProblem;

/// The tokens that an answer took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Compute {
    /// Tokens that the policy sampled.
    pub policy_tokens: u64,
    /// Tokens that the reward model read.
    pub prm_tokens: u64,
}

/// Their means over samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanCompute {
    /// Tokens that the policy sampled.
    pub policy_tokens: f64,
    /// Tokens that the reward model read.
    pub prm_tokens: f64,
}

impl AddAssign for Compute {
    fn add_assign(&mut self, other: Self) {
        self.policy_tokens += other.policy_tokens;
        self.prm_tokens += other.prm_tokens;
    }
}

impl MeanCompute {
    /// Those over all samples of all problems, if it is known of all of them and there is one.
    pub fn of(problems: &[JudgedProblem]) -> Option<Self> {
        let samples = problems.iter().flat_map(|problem| &problem.samples);
        let (mut total, mut count) = (Compute::default(), 0_u32);
        for sample in samples {
            total += sample.compute?;
            count += 1;
        }
        let mean = |tokens: u64| tokens as f64 / f64::from(count);
        (count > 0).then(|| Self {
            policy_tokens: mean(total.policy_tokens),
            prm_tokens: mean(total.prm_tokens),
        })
    }
}
