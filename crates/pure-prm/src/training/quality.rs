//! How good a reward model is on held-out answers, as numbers of a run.

use pure_core::metrics::{
    AUC, CALIBRATION_ERROR, F1_BAD, F1_GOOD, FIRST_ERROR, RECALL_BAD, RECALL_GOOD, SHARE_GOOD,
};
use pure_run::Measures;

use crate::error::Error;
use crate::judgement::{FirstErrorQuality, JudgedAnswers, JudgedSteps, StepQuality};

/// The numbers of judged answers: for each its steps' `P(good)` and whether they are good. One that these
/// answers do not define, such as the recall of bad steps where none is bad, is null.
pub(crate) fn quality(judged: &[Vec<(f32, bool)>]) -> Result<Measures, Error> {
    let (mut steps, mut answers) = (JudgedSteps::default(), JudgedAnswers::default());
    for answer in judged {
        let p_good: Vec<f32> = answer.iter().map(|(p, _)| *p).collect();
        let first = answer.iter().position(|(_, is_good)| !is_good);
        steps.extend(answer.iter().copied())?;
        answers.push(&p_good, first)?;
    }
    let quality = StepQuality::of(&steps);
    let first_errors = FirstErrorQuality::of(&answers, 0.5)?;
    let mut measures = Measures::default();
    for (metric, number) in [
        (RECALL_BAD, quality.bad.recall),
        (RECALL_GOOD, quality.good.recall),
        (F1_BAD, quality.bad.f1),
        (F1_GOOD, quality.good.f1),
        (AUC, quality.roc_auc),
        (CALIBRATION_ERROR, quality.calibration_error),
        (FIRST_ERROR, first_errors.accuracy),
        (SHARE_GOOD, quality.share_good),
    ] {
        measures.put(metric.name, number.unwrap_or(f64::NAN));
    }
    Ok(measures)
}
