//! How many samples are wrong, by the way in which they are.

use serde::{Deserialize, Serialize};

use crate::{JudgedProblem, WrongKind};

/// How many samples are wrong in which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WrongAnswers {
    /// All samples, the right ones too.
    pub samples: usize,
    /// Cut off by the limit on their length.
    pub cut_off: usize,
    /// Without an answer.
    pub no_answer: usize,
    /// With an answer that is not understood as mathematics, though the true one is.
    pub unparsable: usize,
    /// With an answer that the verifier could not decide about.
    pub undecided: usize,
    /// With another answer.
    pub wrong: usize,
}

impl WrongAnswers {
    /// Counts the samples of problems.
    pub fn of(problems: &[JudgedProblem]) -> Self {
        let mut counts = Self::default();
        for sample in problems.iter().flat_map(|problem| &problem.samples) {
            counts.samples += 1;
            match sample.wrong {
                None => {}
                Some(WrongKind::CutOff) => counts.cut_off += 1,
                Some(WrongKind::NoAnswer) => counts.no_answer += 1,
                Some(WrongKind::Unparsable) => counts.unparsable += 1,
                Some(WrongKind::Undecided) => counts.undecided += 1,
                Some(WrongKind::Wrong) => counts.wrong += 1,
            }
        }
        counts
    }
}
