//! The verdict: right or wrong, and everything one needs to agree with it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::budget::MAX_WORK;
use crate::extract::rule::Rule;

/// How strictly an answer is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mode {
    /// By what the answers mean. What cannot be decided is wrong.
    #[default]
    Sound,
    /// By their text after the customary clean-up of MATH: for numbers that compare with published ones.
    Math,
}

/// What a written decimal is equal to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decimals {
    /// The number that it says: `0.33` is 33/100 and not 1/3.
    #[default]
    Exact,
    /// Every number that rounds to it at its own last place: `0.33` is also 1/3, and `3.14` is pi.
    Rounded,
}

/// Why a verdict is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Right: the texts are the same.
    SameText,
    /// Right: the texts differ, what they mean does not.
    SameValue,
    /// Wrong: no rule found an answer in the prediction.
    NoAnswer,
    /// Wrong: a box was found with nothing in it, or the true answer is empty.
    EmptyAnswer,
    /// Wrong: words or letters that differ.
    DifferentText,
    /// Wrong: proven to be different values.
    DifferentValue,
    /// Wrong: things that cannot be equal, as a number and an interval.
    DifferentKind,
    /// Wrong: as many values on one side, another number on the other.
    DifferentLength {
        /// Values predicted.
        prediction: usize,
        /// Values of the true answer.
        answer: usize,
    },
    /// Wrong: an end that is open in one interval and closed in the other, or `<` against `<=`.
    DifferentEnds,
    /// Wrong: units that do not measure the same.
    DifferentUnits,
    /// Wrong: digits of different bases, or with a base on one side only.
    DifferentBase,
    /// Counts as wrong: neither equality nor difference was proven within the limits.
    Undecided,
    /// Counts as wrong: to read and compare the answers would have cost more than [`Verdict::MAX_WORK`].
    OverBudget,
}

/// Whether a prediction is right, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Right or wrong.
    pub correct: bool,
    /// The answer that was found in the prediction.
    pub extracted: Option<String>,
    /// The rule that found it.
    pub rule: Option<Rule>,
    /// What the prediction was understood as.
    pub prediction: Option<String>,
    /// What the true answer was understood as.
    pub answer: String,
    /// Why.
    pub reason: Reason,
    /// What it cost to read and compare the answers, in units of about a nanosecond. The same texts
    /// always cost the same. Mode [`Mode::Math`] only rewrites texts of limited length, which costs 0.
    pub work: u64,
}

impl Verdict {
    /// The most that [`Verdict::work`] can be.
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

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sound => "sound",
            Self::Math => "math",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameText => f.write_str("the texts are the same"),
            Self::SameValue => f.write_str("the values are the same"),
            Self::NoAnswer => f.write_str("no answer was found in the prediction"),
            Self::EmptyAnswer => f.write_str("the answer is empty"),
            Self::DifferentText => f.write_str("the words differ"),
            Self::DifferentValue => f.write_str("the values differ"),
            Self::DifferentKind => f.write_str("the answers are of different kinds"),
            Self::DifferentLength { prediction, answer } => {
                write!(
                    f,
                    "{prediction} values were predicted, the answer has {answer}"
                )
            }
            Self::DifferentEnds => f.write_str("an end is open in one and closed in the other"),
            Self::DifferentUnits => f.write_str("the units differ"),
            Self::DifferentBase => f.write_str("the bases differ"),
            Self::Undecided => f.write_str("undecided within the limits, which counts as wrong"),
            Self::OverBudget => f.write_str("too much work to decide, which counts as wrong"),
        }
    }
}
