//! How good a reward model is on held-out answers, as numbers of a run.

use pure_core::judgement::{FirstErrorQuality, JudgedAnswers, JudgedSteps, StepQuality};

use crate::{Error, Measures, Signal};

const fn signal(name: &'static str, meaning: &'static str, higher_is_better: bool) -> Signal {
    Signal {
        name,
        meaning,
        higher_is_better,
    }
}

/// What is measured beside the loss. A number that the held-out answers do not define, such as the
/// recall of bad steps where none is bad, is null.
pub(super) const SIGNALS: [Signal; 8] = [
    signal(
        "recall_bad",
        "share of the bad steps that are called bad",
        true,
    ),
    signal(
        "recall_good",
        "share of the good steps that are called good",
        true,
    ),
    signal(
        "f1_bad",
        "harmonic mean of precision and recall of the bad steps",
        true,
    ),
    signal(
        "f1_good",
        "harmonic mean of precision and recall of the good steps",
        true,
    ),
    signal(
        "auc",
        "probability that a good step is scored above a bad one",
        true,
    ),
    signal(
        "calibration_error",
        "mean distance of P(good) from the share of good steps",
        false,
    ),
    signal(
        "first_error",
        "share of the answers whose first bad step, or none, is found",
        true,
    ),
    signal("share_good", "share of the steps that are good", true),
];

/// The numbers of judged answers: for each its steps' `P(good)` and whether they are good.
pub(super) fn quality(judged: &[Vec<(f32, bool)>]) -> Result<Measures, Error> {
    let (mut steps, mut answers) = (JudgedSteps::default(), JudgedAnswers::default());
    for answer in judged {
        let p_good: Vec<f32> = answer.iter().map(|(p, _)| *p).collect();
        let first = answer.iter().position(|(_, is_good)| !is_good);
        steps.extend(answer.iter().copied())?;
        answers.push(&p_good, first)?;
    }
    let quality = StepQuality::of(&steps);
    let first_errors = FirstErrorQuality::of(&answers, 0.5)?;
    let numbers = [
        quality.bad.recall,
        quality.good.recall,
        quality.bad.f1,
        quality.good.f1,
        quality.roc_auc,
        quality.calibration_error,
        first_errors.accuracy,
        quality.share_good,
    ];
    let mut measures = Measures::default();
    for (signal, number) in SIGNALS.iter().zip(numbers) {
        measures.put(signal.name, number.unwrap_or(f64::NAN));
    }
    Ok(measures)
}
