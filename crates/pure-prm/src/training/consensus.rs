//! Which labelled answers are learned from: those whose first error a second labelling finds at the same step.
//!
//! Labels by Monte-Carlo say which steps led to right answers, a judge that reads the steps errs otherwise, so that two
//! that agree are seldom wrong: the consensus filter of arXiv 2501.07301, [`agree_on_first_error`].
//!
//! Departures: a step counts as bad where its label is a probability under one half, and as good where it has none; an
//! answer that has no second labelling is left out too.

use std::collections::HashMap;
use std::path::Path;

use pure_core::reward_model::agree_on_first_error;
use pure_data::{LabelledAnswer, LabelledAnswers, ReadOptions, StepLabel};

use crate::error::Error;

/// The second labelling of answers, found again by their prompts and steps.
pub(crate) struct Consensus(HashMap<(String, Vec<String>), Vec<bool>>);

impl Consensus {
    /// Reads it; the first bad record ends it.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let answers = LabelledAnswers::open(path, ReadOptions::default())?;
        let labelled = answers.map(|answer| {
            let LabelledAnswer {
                prompt,
                steps,
                labels,
                ..
            } = answer?;
            Ok(((prompt, steps), good(&labels)))
        });
        Ok(Self(labelled.collect::<Result<_, Error>>()?))
    }

    /// Whether both labellings of an answer have the same first error, or both none.
    pub fn trusts(&self, answer: &LabelledAnswer) -> bool {
        let second = self.0.get(&(answer.prompt.clone(), answer.steps.clone()));
        second.is_some_and(|second| agree_on_first_error(&good(&answer.labels), second))
    }
}

fn good(labels: &[StepLabel]) -> Vec<bool> {
    labels.iter().map(|label| !label.is_bad()).collect()
}
