//! In which way an answer is wrong.
//!
//! | kind | the sample, the first that holds |
//! | --- | --- |
//! | `cut_off` | was cut off by the limit on its length |
//! | `no_answer` | gives no answer: none was found, or an empty one |
//! | `unparsable` | gives an answer that is not understood as mathematics, though the true one is |
//! | `undecided` | gives an answer that the verifier could not decide about, which counts as wrong |
//! | `wrong` | gives another answer |
//!
//! What is understood is [`Verifier::understands`]' to say: of words such as `DNE` it makes a product of letters, so
//! that they are another answer.

use pure_core::Finish;
use pure_verify::{Reason, Verifier};
use serde::{Deserialize, Serialize};

use crate::Sample;

/// In which way an answer is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongKind {
    /// The limit on its length cut it off.
    CutOff,
    /// It gives no answer.
    NoAnswer,
    /// Its answer is not understood as mathematics, though the true one is.
    Unparsable,
    /// The verifier could not decide about it, which counts as wrong.
    Undecided,
    /// It gives another answer.
    Wrong,
}

impl WrongKind {
    /// That of a sample, if it is wrong.
    pub fn of(sample: &Sample, answer: &str, verifier: &Verifier) -> Option<Self> {
        let verdict = &sample.verdict;
        if verdict.correct {
            return None;
        }
        let extracted = verdict.extracted.as_deref();
        let is_words = |text| !verifier.understands(text) && verifier.understands(answer);
        Some(match verdict.reason {
            _ if sample.generation.finish == Finish::Length => Self::CutOff,
            Reason::NoAnswer | Reason::EmptyAnswer => Self::NoAnswer,
            Reason::Undecided | Reason::OverBudget => Self::Undecided,
            _ if extracted.is_some_and(is_words) => Self::Unparsable,
            _ => Self::Wrong,
        })
    }
}
