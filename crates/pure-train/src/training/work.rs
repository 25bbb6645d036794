//! What a learner must know to do, so that the loop does the rest.

use burn::train::{InferenceStep, Learner, LearnerModel, TrainStep};
use pure_core::Metric;
use serde_json::Value;

use crate::{Error, Measures};

/// What a learner does, cut into steps.
pub trait Work: 'static {
    /// What it trains.
    type Model: LearnerModel + TrainStep<Output = Measures> + InferenceStep<Output = Measures>;

    /// All that [`step`](Self::step) and [`evaluate`](Self::evaluate) measure.
    fn metrics(&self) -> Vec<Metric>;

    /// The metric of an evaluation by which models are compared.
    fn watched(&self) -> Metric;

    /// One step, counted from 0; what it does follows from its number and the learner alone.
    ///
    /// # Errors
    ///
    /// What makes it useless to go on.
    fn step(&mut self, learner: &mut Learner<Self::Model>, step: usize) -> Result<Measures, Error>;

    /// How good the model is after so many steps.
    ///
    /// # Errors
    ///
    /// As [`step`](Self::step).
    fn evaluate(&mut self, model: &Self::Model, step: usize) -> Result<Measures, Error>;

    /// What must be known to go on, beside the learner and the number of the step. It is kept with a
    /// checkpoint; files of the work's own must be safe on the disk as far as it speaks of them.
    ///
    /// # Errors
    ///
    /// If they cannot be.
    fn state(&mut self) -> Result<Value, Error> {
        Ok(Value::Null)
    }

    /// Goes back to where the state was taken; without one, to the beginning. Called once, before
    /// anything else.
    ///
    /// # Errors
    ///
    /// If the state is of no use.
    fn restore(&mut self, state: Option<&Value>) -> Result<(), Error> {
        let _ = state;
        Ok(())
    }

    /// What a person should know since this was asked last.
    fn notices(&mut self) -> Vec<Notice> {
        Vec::new()
    }

    /// Texts to look at since this was asked last, each with a name, for TensorBoard.
    fn texts(&mut self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Whether nothing more should be done, however many steps are left.
    fn is_over(&self) -> bool {
        false
    }
}

/// Something that a person should know, and what it goes by.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// In words.
    pub text: String,
    /// In numbers.
    pub evidence: Value,
}
