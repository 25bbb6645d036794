//! What is found out about the steps of an answer.

use pure_data::StepLabel;
use serde::{Deserialize, Serialize};

/// What was found out about the steps of an answer, one for each of them.
#[derive(Debug, Clone, PartialEq)]
pub struct StepLabels {
    /// Their labels.
    pub labels: Vec<StepLabel>,
    /// What the labels were made of, where every step has it: other rules make other labels of it.
    pub counts: Option<Vec<Count>>,
}

/// What became of the completions of a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Count {
    /// Those that ended in the right answer.
    pub right: usize,
    /// All of them. An answer that is finished is its own and only completion.
    pub samples: usize,
}

impl Count {
    /// The share of right ones.
    ///
    /// # Panics
    ///
    /// If there are no completions, which no step has.
    pub fn share(self) -> f64 {
        assert!(self.samples > 0, "a share of no completions");
        self.right as f64 / self.samples as f64
    }
}
