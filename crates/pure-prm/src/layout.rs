//! Where the marker of a step stands in what a reward model reads.
//!
//! | layout | read of the steps `So 3.` and `\boxed{3}` | steps become tokens | known from |
//! | --- | --- | --- | --- |
//! | [`Replace`](Layout::Replace) | `So 3 <+> \boxed{ 3 <+>` | joined by blank lines; the last token of each becomes the marker | PURE (arXiv 2504.15275) as it trains a policy: places stay |
//! | [`Append`](Layout::Append) | `So 3 . <+> \boxed{ 3 } <+>` | each by itself, without the blank line; the marker follows it whole | TRL's trainer, Qwen2.5-Math-PRM, published figures on ProcessBench |
//!
//! A model judges well only in the layout that it was taught: see [`Taught`](crate::Taught).

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the marker of a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// In the place of the step's last token.
    #[default]
    Replace,
    /// Behind the step, whose tokens are all kept.
    Append,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Replace => "replace",
            Self::Append => "append",
        })
    }
}

impl FromStr for Layout {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "replace" => Ok(Self::Replace),
            "append" => Ok(Self::Append),
            _ => Err("a layout is replace or append".to_owned()),
        }
    }
}
