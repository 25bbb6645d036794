//! What a reward model learns: the loss of its logits at the ends of steps, and how good it is on held-out answers.

use burn::tensor::{Tensor, activation};
use pure_core::metrics::{LOSS, Metric, PRM_METRICS, STEP_ACCURACY};
use pure_model::{Batch, Decoder, ProcessRewardModel, Sequence};
use pure_run::{Measures, Objective};

use super::examples::Question;
use super::loss::Loss;
use super::quality::quality;
use crate::error::Error;

/// Says how good steps are.
pub(crate) struct StepLabels {
    /// What is minimised.
    pub loss: Loss,
}

/// What the labels of an update come to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// What the sum of the losses is multiplied by.
    pub of_loss: f64,
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
        let steps = examples.iter().map(|example| example.targets.len());
        Scale {
            of_loss: self.loss.scale(examples),
            by_number: 1.0 / steps.sum::<usize>() as f64,
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
    /// What some questions add to the loss, `[questions, 2]` their logits.
    pub fn loss_of_logits(
        &self,
        logits: Tensor<2>,
        questions: &[Question],
        scale: Scale,
    ) -> (Tensor<1>, Measures) {
        let z: Vec<f32> = logits.to_data().try_into_vec().expect("logits are f32");
        let right = questions.iter().zip(z.as_chunks::<2>().0);
        let right = right.filter(|(question, [bad, good])| (good >= bad) == question.is_good());
        let accuracy = right.count() as f64 * scale.by_number;
        let (loss, number) = self.loss.of(logits, &z, questions, scale.of_loss);
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
