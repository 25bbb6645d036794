//! The losses of a reward model.
//!
//! ```text
//! cross-entropy   - sum (w_good y log P(good) + w_bad (1 - y) log P(bad)) / sum (w_good y + w_bad (1 - y))
//! pqm, outcomes   mean over answers of a loss of all its steps' log-odds z = logit of good - logit of bad
//! ```
//!
//! Cross-entropy is a sum over the labelled steps, `y` a label or a probability: the weighted mean of PyTorch's.
//! The lower sum, and the number of answers, are those of the whole update.
//!
//! [`Pqm`] (arXiv 2410.11287) and [`outcome_loss`] are computed on numbers, with their gradient `g`; what is
//! differentiated is `sum g z`, which has the same. Departures: PQM's value of a step is here the log-odds of two
//! labels, there the logit of a head of one; a label that is a probability counts as right from one half on, and
//! steps without a label are left out of the ranking.

use burn::tensor::{Tensor, activation};
use pure_core::reward_model::{Pqm, outcome_loss};
use pure_model::Sequence;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::examples::Question;

/// What a reward model minimises on step-labelled answers.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrmLoss {
    /// The cross-entropy of each step's label.
    #[default]
    CrossEntropy,
    /// The ranking of an answer's steps: right ones in order, all wrong ones below them by a margin (PQM).
    Pqm(Pqm),
}

/// What is minimised.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Loss {
    /// Of each label, with weights of bad and good ones.
    CrossEntropy([f64; 2]),
    /// Of the steps of an answer, ranked.
    Pqm(Pqm),
    /// Of an answer as a whole: the label of its steps, the same for all, is its outcome.
    Outcome,
}

impl Loss {
    /// What the sum over the examples of an update is multiplied by.
    pub fn scale(&self, examples: &[&Sequence<Question>]) -> f64 {
        match self {
            Self::CrossEntropy(weights) => {
                let targets = examples.iter().flat_map(|example| &example.targets);
                let weights = targets.flat_map(|(_, question)| weigh(*weights, question));
                1.0 / weights.sum::<f64>()
            }
            Self::Pqm(_) | Self::Outcome => {
                let asked = examples
                    .iter()
                    .filter(|example| !example.targets.is_empty());
                1.0 / asked.count() as f64
            }
        }
    }

    /// What some steps add, with its gradient, and as a number. `logits` are `[steps, 2]`, `z` their numbers; the
    /// steps of an answer stand together.
    pub fn of(
        &self,
        logits: Tensor<2>,
        z: &[f32],
        questions: &[Question],
        scale: f64,
    ) -> (Tensor<1>, f64) {
        match self {
            Self::CrossEntropy(weights) => {
                let slopes = questions.iter().flat_map(|q| weigh(*weights, q));
                let slopes: Vec<f32> = slopes.map(|weight| weight as f32).collect();
                let loss = weighted(activation::log_softmax(logits, 1), &slopes).neg() * scale;
                let number = f64::from(loss.clone().into_scalar::<f32>());
                (loss, number)
            }
            Self::Pqm(pqm) => {
                let (number, slopes) = of_answers(z, questions, |z, good| pqm.loss(z, good));
                (weighted(logits, &slopes) * scale, number * scale)
            }
            Self::Outcome => {
                let of_answer = |z: &[f32], good: &[bool]| outcome_loss(z, good[0]);
                let (number, slopes) = of_answers(z, questions, of_answer);
                (weighted(logits, &slopes) * scale, number * scale)
            }
        }
    }
}

/// The sum of `[steps, 2]` numbers with their weights.
fn weighted(numbers: Tensor<2>, weights: &[f32]) -> Tensor<1> {
    let weights = Tensor::<1>::from_floats(weights, &numbers.device());
    let shape = numbers.dims();
    (numbers * weights.reshape(shape)).sum()
}

/// The sum of the losses of answers, each of its steps' log-odds and labels, and its gradient by the logits.
fn of_answers(
    z: &[f32],
    questions: &[Question],
    of_answer: impl Fn(&[f32], &[bool]) -> (f64, Vec<f32>),
) -> (f64, Vec<f32>) {
    let pairs = z.as_chunks().0.iter();
    let log_odds: Vec<f32> = pairs.map(|[bad, good]| good - bad).collect();
    let (mut sum, mut slopes) = (0.0, Vec::with_capacity(z.len()));
    let mut rest = log_odds.as_slice();
    for answer in questions.chunk_by(|a, b| a.answer == b.answer) {
        let (steps, others) = rest.split_at(answer.len());
        rest = others;
        let good: Vec<bool> = answer.iter().map(Question::is_good).collect();
        let (loss, gradient) = of_answer(steps, &good);
        sum += loss;
        slopes.extend(gradient.into_iter().flat_map(|slope| [-slope, slope]));
    }
    (sum, slopes)
}

/// Of both labels, bad and good, the weights of a question.
fn weigh([bad, good]: [f64; 2], question: &Question) -> [f64; 2] {
    let y = f64::from(question.good);
    [(1.0 - y) * bad, y * good]
}
