//! The loss of a reward model.
//!
//! ```text
//! loss = - sum (w_good y log P(good) + w_bad (1 - y) log P(bad)) / sum (w_good y + w_bad (1 - y))
//! ```
//!
//! over the labelled steps, `y` a label or a probability: the weighted mean of PyTorch's cross
//! entropy. The lower sum is that of the whole update.

use burn::tensor::{Tensor, activation};
use pure_core::metrics::{LOSS, Metric, PRM_METRICS, STEP_ACCURACY};
use pure_model::{Batch, Decoder, ProcessRewardModel, Sequence};
use pure_run::{Measures, Objective};

use super::examples::Question;
use super::quality::quality;
use crate::error::Error;

/// Says how good steps are.
pub(crate) struct StepLabels {
    /// Weights of the labels: bad, good.
    pub class_weights: [f64; 2],
}

/// What the labels of an update come to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// One over their weights.
    pub by_weight: f64,
    /// One over their number.
    pub by_number: f64,
}

impl Objective for StepLabels {
    type Model = ProcessRewardModel;
    type Target = Question;
    type Scale = Scale;
    type Error = Error;

    fn metrics(&self) -> Vec<Metric> {
        PRM_METRICS.to_vec()
    }

    fn scale(&self, examples: &[&Sequence<Question>]) -> Scale {
        let questions = || examples.iter().flat_map(|example| &example.targets);
        let weights = questions().map(|(_, question)| {
            let [bad, good] = self.weights(question);
            bad + good
        });
        Scale {
            by_weight: 1.0 / weights.sum::<f64>(),
            by_number: 1.0 / questions().count() as f64,
        }
    }

    fn decoder(prm: &ProcessRewardModel) -> &Decoder {
        &prm.model
    }

    fn loss(
        &self,
        prm: &ProcessRewardModel,
        hidden: Tensor<3>,
        batch: &Batch<Question>,
        scale: Scale,
    ) -> (Tensor<1>, Measures) {
        self.loss_of_logits(logits(prm, hidden, batch), &batch.targets, scale)
    }

    fn evaluate(
        &self,
        prm: &ProcessRewardModel,
        batches: Vec<Batch<Question>>,
        scale: Scale,
    ) -> Result<Measures, Error> {
        let mut sum = Measures::default();
        let mut judged: Vec<Vec<(f32, bool)>> = Vec::new();
        for batch in batches {
            let logits = logits(prm, batch.hidden(&prm.model), &batch);
            let p_good = activation::softmax(logits.clone(), 1).narrow(1, 1, 1);
            let p_good = p_good.into_data().try_into_vec::<f32>();
            sum.add(&self.loss_of_logits(logits, &batch.targets, scale).1);
            let p_good = p_good.expect("probabilities are f32");
            for (p, question) in p_good.into_iter().zip(&batch.targets) {
                if judged.len() <= question.answer {
                    judged.resize(question.answer + 1, Vec::new());
                }
                judged[question.answer].push((p, question.is_good()));
            }
        }
        let mut measures = quality(&judged)?;
        measures.extend(sum);
        Ok(measures)
    }
}

impl StepLabels {
    /// Of both labels, bad and good, those of a question.
    fn weights(&self, question: &Question) -> [f64; 2] {
        let [bad, good] = self.class_weights;
        let y = f64::from(question.good);
        [(1.0 - y) * bad, y * good]
    }

    /// What some questions add to the loss, `[questions, 2]` their logits.
    pub fn loss_of_logits(
        &self,
        logits: Tensor<2>,
        questions: &[Question],
        scale: Scale,
    ) -> (Tensor<1>, Measures) {
        let z: Vec<f32> = logits.to_data().try_into_vec().expect("logits are f32");
        let right = questions.iter().zip(z.as_chunks().0);
        let right = right.filter(|(question, [bad, good])| (good >= bad) == question.is_good());
        let accuracy = right.count() as f64 * scale.by_number;
        let weights = questions.iter().flat_map(|question| self.weights(question));
        let weights: Vec<f32> = weights.map(|weight| weight as f32).collect();
        let weights = Tensor::<1>::from_floats(weights.as_slice(), &logits.device());
        let weights = weights.reshape([questions.len(), 2]);
        let sum = (activation::log_softmax(logits, 1) * weights).sum().neg();
        let loss = sum * scale.by_weight;
        let number = f64::from(loss.clone().into_scalar::<f32>());
        let measures = Measures::default()
            .with(LOSS.name, number)
            .with(STEP_ACCURACY.name, accuracy);
        (loss, measures)
    }
}

/// The logits of a batch's questions, `[questions, 2]`.
fn logits(prm: &ProcessRewardModel, hidden: Tensor<3>, batch: &Batch<Question>) -> Tensor<2> {
    let hidden = batch.hidden_at_targets(hidden).unsqueeze();
    prm.label_logits(hidden).squeeze_dim(0)
}
