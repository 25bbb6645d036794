//! The rules by which answers are found.

use std::fmt;

use serde::Serialize;

/// Which rule found the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// The last closed `\boxed{...}` or `\fbox{...}`, also `\boxed 5`, `\boxed(5)` and `boxed{5}`.
    Box,
    /// A box that was left open, up to the end of its formula or line. An open box at the very end of
    /// the text does not count: the answer may have been cut off.
    OpenBox,
    /// `#### 5`.
    Hashes,
    /// `the answer is 5`, `Answer: 5`, `5 is the answer`.
    Announced,
    /// The whole text, which is nothing but an answer.
    Whole,
    /// The last number of the text.
    LastNumber,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Box => "box",
            Self::OpenBox => "open box",
            Self::Hashes => "####",
            Self::Announced => "announced",
            Self::Whole => "whole text",
            Self::LastNumber => "last number",
        })
    }
}
