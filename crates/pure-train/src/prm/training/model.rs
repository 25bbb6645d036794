//! The reward model as Burn's training loop sees it.
//!
//! ```text
//! loss = - sum (w_good y log P(good) + w_bad (1 - y) log P(bad)) / sum (w_good y + w_bad (1 - y))
//! ```
//!
//! over the labelled steps, `y` a label or a probability: the weighted mean of PyTorch's cross
//! entropy. The lower sum is that of the whole step.

use burn::module::Module;
use burn::tensor::{Tensor, activation};
use burn::train::{InferenceStep, TrainOutput, TrainStep};
use pure_core::metrics::{LOSS, STEP_ACCURACY};
use pure_model::ProcessRewardModel;

use super::examples::Question;
use crate::Measures;
use crate::layout::Batch;

/// A batch and what it weighs.
#[derive(Debug, Clone)]
pub(super) struct Share {
    pub batch: Batch<Question>,
    /// Weights of the labels: bad, good.
    pub class_weights: [f64; 2],
    /// One over the weights of all labels of the step.
    pub share: f64,
    /// One over the labels of the step.
    pub count: f64,
}

/// A reward model that learns from labelled steps.
#[derive(Module, Debug)]
pub(super) struct PrmModel {
    pub prm: ProcessRewardModel,
}

/// The loss of a share, and what it has of the step's accuracy.
struct Lesson {
    loss: Tensor<1>,
    accuracy: f64,
}

impl PrmModel {
    /// What a share measures, and `P(good)` at each of its questions, in one pass.
    pub fn judge(&self, share: &Share) -> (Measures, Vec<f32>) {
        let logits = self.logits(&share.batch);
        let p = activation::softmax(logits.clone(), 1).narrow(1, 1, 1);
        let p = p.into_data().try_into_vec();
        let measures = measured(&lesson(logits, share));
        (measures, p.expect("probabilities are f32"))
    }

    /// `[questions, 2]`.
    fn logits(&self, batch: &Batch<Question>) -> Tensor<2> {
        let decoder = &self.prm.model;
        let hidden = decoder.forward(batch.tokens(&decoder.device()), batch.positions());
        let hidden = batch.at_places(hidden).unsqueeze();
        self.prm.label_logits(hidden).squeeze_dim(0)
    }
}

fn lesson(logits: Tensor<2>, share: &Share) -> Lesson {
    let questions = &share.batch.asked;
    let z: Vec<f32> = logits.to_data().try_into_vec().expect("logits are f32");
    let right = questions.iter().zip(z.as_chunks().0);
    let right = right.filter(|(question, [bad, good])| (good >= bad) == question.is_good());
    let accuracy = right.count() as f64 * share.count;
    let loss = cross_entropy(logits, questions, share.class_weights) * share.share;
    Lesson { loss, accuracy }
}

/// The upper sum of the loss.
pub(super) fn cross_entropy(
    logits: Tensor<2>,
    questions: &[Question],
    [bad, good]: [f64; 2],
) -> Tensor<1> {
    let weights = questions.iter().flat_map(|question| {
        let y = f64::from(question.good);
        [(1.0 - y) * bad, y * good].map(|weight| weight as f32)
    });
    let weights: Vec<f32> = weights.collect();
    let weights = Tensor::<1>::from_floats(weights.as_slice(), &logits.device());
    let weights = weights.reshape([questions.len(), 2]);
    (activation::log_softmax(logits, 1) * weights).sum().neg()
}

impl Question {
    /// The label, to the nearest.
    pub fn is_good(&self) -> bool {
        self.good >= 0.5
    }
}

fn measured(lesson: &Lesson) -> Measures {
    let loss = lesson.loss.clone().into_scalar::<f32>();
    Measures::default()
        .with(LOSS.name, f64::from(loss))
        .with(STEP_ACCURACY.name, lesson.accuracy)
}

impl TrainStep for PrmModel {
    type Input = Share;
    type Output = Measures;

    fn step(&self, input: Share) -> TrainOutput<Measures> {
        let lesson = lesson(self.logits(&input.batch), &input);
        let measures = measured(&lesson);
        TrainOutput::new(self, lesson.loss.backward(), measures)
    }
}

impl InferenceStep for PrmModel {
    type Input = Share;
    type Output = Measures;

    fn step(&self, input: Share) -> Measures {
        self.judge(&input).0
    }
}
