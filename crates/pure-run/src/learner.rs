//! What a training must know to do, so that the loop does the rest.

use pure_core::metrics::Metric;
use serde_json::Value;

use crate::error::Error;
use crate::measures::Measures;
use crate::parts::Part;

/// A training, cut into steps. It owns its models and optimizers.
pub trait Learner {
    /// What may go wrong.
    type Error: From<Error>;

    /// All that [`step`](Self::step) and [`evaluate`](Self::evaluate) measure.
    fn metrics(&self) -> Vec<Metric>;

    /// The metric of an evaluation by which checkpoints are compared.
    fn watched(&self) -> Metric;

    /// One step, counted from 0. What it does follows from its number, the [parts](Self::parts) and the
    /// [state](Self::state) alone, so that a run that goes on is the run that was never stopped. A step that takes
    /// long tells `phase` what it is at.
    ///
    /// # Errors
    ///
    /// What makes it useless to go on.
    fn step(
        &mut self,
        step: usize,
        phase: &mut dyn FnMut(&'static str),
    ) -> Result<Measures, Self::Error>;

    /// How good the model is after so many steps.
    ///
    /// # Errors
    ///
    /// As [`step`](Self::step).
    fn evaluate(&mut self, step: usize) -> Result<Measures, Self::Error>;

    /// What is saved with a checkpoint and loaded from it, each under its name: models, optimizers, adapters.
    fn parts(&mut self) -> Vec<Part<'_>>;

    /// What else must be known to go on, beside the number of the step. Files of the learner's own must be safe
    /// on the disk as far as it speaks of them.
    ///
    /// # Errors
    ///
    /// If they cannot be.
    fn state(&mut self) -> Result<Value, Self::Error>;

    /// Goes back to where the state was taken; without one, to the beginning. Called once, before anything else.
    ///
    /// # Errors
    ///
    /// If the state is of no use.
    fn restore(&mut self, state: Option<&Value>) -> Result<(), Self::Error>;

    /// What a person should know since this was asked last.
    fn notices(&mut self) -> Vec<Notice> {
        Vec::new()
    }

    /// An answer of the last step to look at.
    fn answer(&mut self) -> Option<SampledAnswer> {
        None
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

/// An answer of a policy, to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct SampledAnswer {
    /// What was asked.
    pub prompt: String,
    /// Its steps one after another: their texts, and their rewards where a reward model judges them.
    pub steps: Vec<(String, Option<f32>)>,
    /// Whether it is right, where that is known.
    pub is_right: Option<bool>,
    /// Whether it was cut off at the generation limit.
    pub is_cut: bool,
}

/// Something that a person should know, and what it goes by.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// In words.
    pub text: String,
    /// In numbers.
    pub evidence: Value,
}
