//! The names that a file gives to groups and answers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a group or an answer: a number or a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Label {
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}

/// Characters of a name that an error shows.
const SHOWN: usize = 60;

impl Label {
    /// The name as an error shows it: its beginning, if it is long.
    pub(crate) fn shortened(&self) -> Self {
        match self {
            Self::Text(text) if text.chars().nth(SHOWN).is_some() => {
                Self::Text(text.chars().take(SHOWN).chain(['…']).collect())
            }
            short => short.clone(),
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

impl From<i64> for Label {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
