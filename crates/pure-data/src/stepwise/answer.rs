//! One answer with its labels, whatever file it came from.

use serde::{Serialize, Serializer};

use crate::fault::Fault;

/// What is known of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StepLabel {
    /// It is good.
    Good,
    /// It is bad.
    Bad,
    /// It is good with this probability, from 0 to 1.
    Soft(f32),
    /// Nothing: the step is there to be read, not to be learnt from.
    Ignored,
}

impl StepLabel {
    /// The probability that the step is good.
    pub fn target(self) -> Option<f32> {
        match self {
            Self::Good => Some(1.0),
            Self::Bad => Some(0.0),
            Self::Soft(probability) => Some(probability),
            Self::Ignored => None,
        }
    }

    /// Whether the step is rather bad than good.
    pub fn is_bad(self) -> bool {
        self.target().is_some_and(|target| target < 0.5)
    }
}

/// An answer, step by step, and what is known of each step. It is written in TRL's stepwise form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelledAnswer {
    /// Its name, or else its place in the file.
    pub id: String,
    /// What was asked.
    pub prompt: String,
    /// The steps, without what separates them. None is empty.
    #[serde(rename = "completions")]
    pub steps: Vec<String>,
    /// One for each step.
    pub labels: Vec<StepLabel>,
}

impl LabelledAnswer {
    /// The first bad step, counted from 0.
    pub fn first_error(&self) -> Option<usize> {
        self.labels.iter().position(|label| label.is_bad())
    }

    /// An answer that keeps its promises.
    pub(super) fn checked(
        id: String,
        prompt: &str,
        steps: Vec<String>,
        labels: Vec<StepLabel>,
    ) -> Result<Self, Fault> {
        if steps.is_empty() {
            return Err(Fault::NoSteps);
        }
        if steps.len() != labels.len() {
            return Err(Fault::LabelCount {
                steps: steps.len(),
                labels: labels.len(),
            });
        }
        if let Some(empty) = steps.iter().position(|step| step.trim().is_empty()) {
            return Err(Fault::EmptyStep { step: empty + 1 });
        }
        Ok(Self {
            id,
            prompt: prompt.to_owned(),
            steps,
            labels,
        })
    }
}

/// As `true`, `false`, a number or `null`.
impl Serialize for StepLabel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Good => serializer.serialize_bool(true),
            Self::Bad => serializer.serialize_bool(false),
            Self::Soft(probability) => serializer.serialize_f32(probability),
            Self::Ignored => serializer.serialize_none(),
        }
    }
}
