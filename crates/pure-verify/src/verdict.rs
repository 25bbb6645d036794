//! The verdict on a prediction, with its reason.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::budget::MAX_WORK;
use crate::extract::Rule;

/// How strictly an answer is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mode {
    /// By what the answers mean. What cannot be decided is wrong.
    #[default]
    Sound,
    /// By their text after the customary clean-up of MATH: for numbers that compare with published ones.
    Math,
}

/// Which numbers a written decimal is equal to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decimals {
    /// Its value only: `0.33` is 33/100 and not 1/3.
    #[default]
    Exact,
    /// Every number that rounds to it at its own last place: `0.33` is also 1/3, and `3.14` is pi.
    Rounded,
}

/// The reason for a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Right: the texts are the same.
    SameText,
    /// Right: the values are the same.
    SameValue,
    /// Wrong: no rule found an answer in the prediction.
    NoAnswer,
    /// Wrong: a box was found with nothing in it, or the true answer is empty.
    EmptyAnswer,
    /// Wrong: the words or letters differ.
    DifferentText,
    /// Wrong: the values are proven to differ.
    DifferentValue,
    /// Wrong: different kinds of answers, such as a number and an interval.
    DifferentKind,
    /// Wrong: the numbers of values differ.
    DifferentLength {
        /// Values predicted.
        prediction: usize,
        /// Values of the true answer.
        answer: usize,
    },
    /// Wrong: an endpoint is open in one interval and closed in the other, or `<` is compared with `<=`.
    DifferentEnds,
    /// Wrong: units of different dimensions.
    DifferentUnits,
    /// Wrong: digits in different bases, or with a base on one side only.
    DifferentBase,
    /// Counts as wrong: neither equality nor difference was proven within the limits.
    Undecided,
    /// Counts as wrong: parsing and comparing the answers would have cost more than [`Verdict::MAX_WORK`].
    OverBudget,
}

/// Whether a prediction is right, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Right or wrong.
    pub correct: bool,
    /// The answer as it stands in the prediction.
    pub extracted: Option<String>,
    /// The rule that found it.
    pub rule: Option<Rule>,
    /// How the prediction was parsed.
    pub prediction: Option<String>,
    /// How the true answer was parsed.
    pub answer: String,
    /// The reason for the verdict.
    pub reason: Reason,
    /// The work of parsing and comparing the answers, in units of about a nanosecond. It is counted, not
    /// timed, so it is the same for the same texts. [`Mode::Math`] only rewrites texts of limited length,
    /// which counts as 0.
    pub work: u64,
}

impl Verdict {
    /// The largest possible [`Verdict::work`].
    pub const MAX_WORK: u64 = MAX_WORK;
}

impl Reason {
    /// The same with prediction and answer exchanged.
    pub(crate) fn swapped(self) -> Self {
        match self {
            Self::DifferentLength { prediction, answer } => Self::DifferentLength {
                prediction: answer,
                answer: prediction,
            },
            reason => reason,
        }
    }

    /// Whether a prediction is right for this reason.
    pub fn is_correct(self) -> bool {
        matches!(self, Self::SameText | Self::SameValue)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameText => "the texts are the same",
            Self::SameValue => "the values are the same",
            Self::NoAnswer => "no answer was found in the prediction",
            Self::EmptyAnswer => "the answer is empty",
            Self::DifferentText => "the words differ",
            Self::DifferentValue => "the values differ",
            Self::DifferentKind => "the answers are of different kinds",
            Self::DifferentLength { prediction, answer } => {
                return write!(
                    f,
                    "{prediction} values were predicted, the answer has {answer}"
                );
            }
            Self::DifferentEnds => "an end is open in one and closed in the other",
            Self::DifferentUnits => "the units differ",
            Self::DifferentBase => "the bases differ",
            Self::Undecided => "undecided within the limits, which counts as wrong",
            Self::OverBudget => "too much work to decide, which counts as wrong",
        })
    }
}
