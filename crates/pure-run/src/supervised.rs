//! Training on examples that show what is right: fine-tuning and reward models. They differ in their loss.
//!
//! ```text
//! loss of an update = sum over its batches of what each adds to it
//! ```
//!
//! A [`Scale`](Objective::Scale) is that of all examples of an update, however many batches they make, so that
//! dividing an update for want of memory changes nothing but rounding.

use std::rc::Rc;

use burn::module::Module;
use burn::tensor::Tensor;
use pure_core::metrics::{LOSS, Metric, TOKENS};
use pure_model::{Batch, Batching, Decoder, Dropout, Recording, Sequence};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::BatchConfig;
use crate::data_order::DataOrder;
use crate::error::Error;
use crate::learner::Learner;
use crate::measures::Measures;
use crate::parts::Part;
use crate::train_state::{Progress, TrainState};

/// What a model learns from examples.
pub trait Objective {
    /// The model.
    type Model: Module;
    /// What an example shows at a position: the next token, a label.
    type Target: Clone + Send + Sync;
    /// What the loss of a batch must know of the whole update.
    type Scale: Copy + Send + Sync;
    /// What may go wrong in an evaluation.
    type Error: From<Error>;

    /// All that is measured in an update or an evaluation.
    fn metrics(&self) -> Vec<Metric>;

    /// The scale of all examples of an update or evaluation.
    fn scale(&self, examples: &[&Sequence<Self::Target>]) -> Self::Scale;

    /// The decoder of the model, whose hidden states the loss is of.
    fn decoder(model: &Self::Model) -> &Decoder;

    /// What a batch adds to the loss, and to what is measured; `hidden` are its hidden states, `[rows, length,
    /// hidden]`.
    fn loss(
        &self,
        model: &Self::Model,
        hidden: Tensor<3>,
        batch: &Batch<Self::Target>,
        scale: Self::Scale,
    ) -> (Tensor<1>, Measures);

    /// How good the model is on held-out batches.
    ///
    /// # Errors
    ///
    /// What makes it useless to go on.
    fn evaluate(
        &self,
        model: &Self::Model,
        batches: Vec<Batch<Self::Target>>,
        scale: Self::Scale,
    ) -> Result<Measures, Self::Error>;
}

/// The training of a model on examples.
pub struct Supervised<O: Objective> {
    objective: O,
    state: TrainState<O::Model>,
    order: DataOrder,
    batching: Batching,
    gradient_checkpointing: bool,
    /// Dropout in front of adapters.
    dropout: f64,
    seed: u64,
    examples: Rc<[Sequence<O::Target>]>,
    held_out: Rc<[Sequence<O::Target>]>,
}

impl<O: Objective> Supervised<O>
where
    O: Sync,
{
    /// The training of a model on examples in an order that a seed decides.
    pub fn new(
        objective: O,
        state: TrainState<O::Model>,
        batch: &BatchConfig,
        seed: u64,
        examples: Rc<[Sequence<O::Target>]>,
        held_out: Rc<[Sequence<O::Target>]>,
    ) -> Self {
        Self {
            objective,
            state,
            order: DataOrder::new(examples.len(), batch.train_batch_size, seed),
            batching: batch.batching(),
            gradient_checkpointing: batch.gradient_checkpointing,
            dropout: 0.0,
            seed,
            examples,
            held_out,
        }
    }

    /// The same with dropout in front of the model's adapters.
    pub fn with_dropout(self, dropout: f64) -> Self {
        Self { dropout, ..self }
    }

    /// The model with its optimizer, for whoever saves them under other names.
    pub fn train_state(&mut self) -> &mut TrainState<O::Model> {
        &mut self.state
    }

    /// The model that was trained.
    ///
    /// # Errors
    ///
    /// [`Error::NothingLearned`].
    pub fn into_model(self) -> Result<O::Model, Error> {
        self.state.into_model()
    }

    /// Takes a step on some examples.
    pub fn learn(
        &mut self,
        step: usize,
        examples: &[&Sequence<O::Target>],
    ) -> Result<Measures, Error> {
        let (objective, scale) = (&self.objective, self.objective.scale(examples));
        let (gradient_checkpointing, rate) = (self.gradient_checkpointing, self.dropout);
        let seed = |batch| [self.seed, step as u64, batch as u64];
        let mut sum = Measures::default();
        let batches = self.batching.batches(examples);
        let gradients = self.state.gradients(
            batches.into_iter().enumerate().collect(),
            |model, (number, batch), sum| {
                let recording = Recording {
                    gradient_checkpointing,
                    dropout: Dropout::of(rate, seed(number)),
                };
                let (decoder, mut measures) = (O::decoder(model), Measures::default());
                let loss = |hidden| {
                    let (loss, seen) = objective.loss(model, hidden, &batch, scale);
                    measures = seen;
                    loss
                };
                let (tokens, positions) = (batch.tokens(&decoder.device()), batch.positions());
                decoder.add_gradients(sum, model, tokens, positions, recording, loss);
                measures
            },
            |part| sum.add(&part),
        );
        let mut measures = self.state.update(step, gradients, true)?.measures();
        measures.extend(sum);
        let tokens: usize = examples.iter().map(|example| example.tokens.len()).sum();
        measures.put(TOKENS.name, tokens as f64);
        Ok(measures)
    }
}

impl<O: Objective + Sync> Learner for Supervised<O> {
    type Error = O::Error;

    fn metrics(&self) -> Vec<Metric> {
        self.objective.metrics()
    }

    fn watched(&self) -> Metric {
        LOSS
    }

    fn step(&mut self, step: usize, _: &mut dyn FnMut(&'static str)) -> Result<Measures, O::Error> {
        let all = self.examples.clone();
        let chosen = self.order.of(step).iter();
        let examples: Vec<&Sequence<O::Target>> = chosen.map(|&index| &all[index]).collect();
        Ok(self.learn(step, &examples)?)
    }

    fn evaluate(&mut self, _: usize) -> Result<Measures, O::Error> {
        let examples: Vec<&Sequence<O::Target>> = self.held_out.iter().collect();
        let scale = self.objective.scale(&examples);
        let batches = self.batching.batches(&examples);
        self.objective
            .evaluate(&self.state.frozen(), batches, scale)
    }

    fn parts(&mut self) -> Vec<Part<'_>> {
        self.state.parts("model", "optimizer")
    }

    fn state(&mut self) -> Result<Value, O::Error> {
        Ok(json!(self.state.progress()))
    }

    fn restore(&mut self, state: Option<&Value>) -> Result<(), O::Error> {
        if let Some(state) = state {
            let progress =
                Progress::deserialize(state).map_err(|error| Error::State(error.to_string()))?;
            self.state.restore(progress);
        }
        Ok(())
    }
}
