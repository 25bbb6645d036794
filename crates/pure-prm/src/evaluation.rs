//! How good a reward model is: from answers whose truth is known to numbers.
//!
//! ```text
//! answer -> StepReader -> model -> rewards r -> p = (1 + r) / 2 -> JudgedSteps, JudgedAnswers -> qualities
//! ```
//!
//! The numbers are those of [`crate::judgement`]. A label that is a probability counts as good from
//! one half on. A step without a label is read, for those behind it may depend on it, but neither its
//! own quality nor that of first errors is asked: the first error of an answer is that among its labelled
//! steps. What cannot be read or judged is [skipped](Skipped) and counted.

use pure_data::{BadRecord, FirstErrorCase, LabelledAnswer};
use serde::Serialize;

use crate::error::Error;
use crate::evaluator::Evaluator;
use crate::judgement::{
    BestThreshold, DEFAULT_BINS, FirstErrorQuality, JudgedAnswers, JudgedSteps, Reliability,
    StepQuality,
};
use crate::skipped::Skipped;

/// How well the steps of labelled answers are judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepEvaluation {
    /// Answers that were judged.
    pub answers: usize,
    /// Step by step.
    pub quality: StepQuality,
    /// Of the answers with a label.
    pub first_errors: FirstErrors,
    /// Whether probabilities mean what they say.
    pub reliability: Reliability,
    /// What was left out.
    pub skipped: Skipped,
}

/// How well first errors are found in answers of a benchmark.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstErrorEvaluation {
    /// Of the answers that were judged.
    pub first_errors: FirstErrors,
    /// What was left out.
    pub skipped: Skipped,
}

/// How well first errors are found at a threshold that was given, and at the best one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstErrors {
    /// Steps below it are called bad.
    pub threshold: f32,
    /// What it reaches.
    pub quality: FirstErrorQuality,
    /// The best there is for these very answers. It was chosen on what it is measured on, so it
    /// flatters.
    pub best_on_these: Option<BestThreshold>,
}

impl FirstErrors {
    fn of(answers: &JudgedAnswers, threshold: f32) -> Result<Self, Error> {
        Ok(Self {
            threshold,
            quality: FirstErrorQuality::of(answers, threshold)?,
            best_on_these: BestThreshold::of(answers),
        })
    }
}

impl Evaluator {
    /// Judges step-labelled answers.
    ///
    /// # Errors
    ///
    /// [`Error::Judgement`] for a threshold that is not from 0 to 1.
    pub fn steps(
        &self,
        answers: impl IntoIterator<Item = Result<LabelledAnswer, BadRecord>>,
        threshold: f32,
    ) -> Result<StepEvaluation, Error> {
        let mut skipped = Skipped::default();
        let candidates = answers.into_iter().map(|answer| {
            let answer = answer.map_err(|bad| bad.to_string())?;
            let name = format!("answer {:?}", answer.id);
            self.candidate(name, &answer.prompt, &answer.steps, answer.labels)
        });
        let (mut judged, mut steps) = (0, JudgedSteps::default());
        let mut whole = JudgedAnswers::default();
        self.judge_each(candidates, &mut skipped, |labels, rewards| {
            judged += 1;
            let known = rewards.iter().map(chance).zip(&labels);
            let known = known.filter_map(|(p, label)| Some((p, label.target()? >= 0.5)));
            let known: Vec<(f32, bool)> = known.collect();
            steps.extend(known.iter().copied())?;
            if !known.is_empty() {
                let (p_good, good): (Vec<f32>, Vec<bool>) = known.into_iter().unzip();
                whole.push(&p_good, good.iter().position(|good| !good))?;
            }
            Ok(())
        })?;
        Ok(StepEvaluation {
            answers: judged,
            quality: StepQuality::of(&steps),
            first_errors: FirstErrors::of(&whole, threshold)?,
            reliability: Reliability::of(&steps, DEFAULT_BINS),
            skipped,
        })
    }

    /// Judges answers whose first error is known, as those of ProcessBench.
    ///
    /// # Errors
    ///
    /// [`Error::Judgement`] for a threshold that is not from 0 to 1.
    pub fn first_errors(
        &self,
        cases: impl IntoIterator<Item = Result<FirstErrorCase, BadRecord>>,
        threshold: f32,
    ) -> Result<FirstErrorEvaluation, Error> {
        let mut skipped = Skipped::default();
        let candidates = cases.into_iter().map(|case| {
            let case = case.map_err(|bad| bad.to_string())?;
            let name = format!("answer {:?}", case.id);
            self.candidate(name, &case.problem, &case.steps, case.first_error)
        });
        let mut answers = JudgedAnswers::default();
        self.judge_each(candidates, &mut skipped, |first_error, rewards| {
            let p_good: Vec<f32> = rewards.iter().map(chance).collect();
            Ok(answers.push(&p_good, first_error)?)
        })?;
        Ok(FirstErrorEvaluation {
            first_errors: FirstErrors::of(&answers, threshold)?,
            skipped,
        })
    }
}

/// `P(good)` of a step.
fn chance(reward: &f32) -> f32 {
    (1.0 + reward) / 2.0
}
