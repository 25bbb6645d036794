//! Does a reward model pick the right one of many sampled answers?
//!
//! Each sample is split at its blank lines, judged, and given one number, an [`Aggregate`] of its steps'
//! rewards; the verifier says whether it is right and which of the samples to a question give equal
//! answers. The rest is arithmetic: [`BestOfN`].

use std::collections::HashMap;

use pure_core::{Aggregate, Aggregates};
use pure_data::{BadRecord, SampledAnswer};
use pure_eval::Answers;
use pure_verify::Verifier;
use serde::Serialize;

use crate::error::Error;
use crate::evaluator::{Candidate, Evaluator};
use crate::judgement::BestOfN;
use crate::questions::VerifiedQuestions;
use crate::skipped::Skipped;

/// How well a reward model chooses among samples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BestOfEvaluation {
    /// The number that an answer is given.
    pub aggregate: Aggregate,
    /// Questions that could be verified. Those without a sample are no problems.
    pub questions: usize,
    /// The largest number of samples of a problem.
    pub most_samples: usize,
    /// The curve and the votes.
    #[serde(flatten)]
    pub best_of_n: BestOfN,
    /// What was left out, of samples and of questions.
    pub skipped: Skipped,
}

/// The samples of a question.
#[derive(Default)]
struct Problem {
    samples: Vec<pure_eval::Candidate>,
    answers: Answers,
}

impl Evaluator {
    /// Judges and verifies samples.
    ///
    /// # Errors
    ///
    /// What the model itself fails with.
    pub fn best_of_n(
        &self,
        questions: &VerifiedQuestions,
        samples: impl IntoIterator<Item = Result<SampledAnswer, BadRecord>>,
        aggregate: Aggregate,
    ) -> Result<BestOfEvaluation, Error> {
        let verifier = Verifier::default();
        let mut skipped = questions.skipped.clone();
        let mut places = HashMap::new();
        let candidates = samples.into_iter().map(|sample| {
            let SampledAnswer {
                id, text, place, ..
            } = sample.map_err(|bad| bad.to_string())?;
            let named = |reason: String| format!("{place}: {reason}");
            let question = questions.find(&id).map_err(named)?;
            let answer = self.sampled(&question.prompt, &text).map_err(named)?;
            let next = places.len();
            Ok(Candidate {
                name: place.to_string(),
                marked: answer.marked,
                known: (*places.entry(id).or_insert(next), text, &question.answer),
            })
        });
        let mut problems: Vec<Problem> = Vec::new();
        self.judge_each(candidates, &mut skipped, |(place, text, truth), rewards| {
            let all = Aggregates::of(rewards).expect("a text that is closed has a step");
            let verdict = verifier.verify(&text, truth);
            if problems.len() <= place {
                problems.resize_with(place + 1, Problem::default);
            }
            let problem = &mut problems[place];
            let extracted = verdict.extracted;
            let answer = extracted.and_then(|text| problem.answers.number(&text, &verifier));
            problem.samples.push(pure_eval::Candidate {
                score: all.weight(aggregate),
                right: verdict.correct,
                answer,
            });
            Ok(())
        })?;
        let samples = problems.into_iter().map(|problem| problem.samples);
        // All samples of a question may have been too long for the model.
        let samples: Vec<_> = samples.filter(|samples| !samples.is_empty()).collect();
        Ok(BestOfEvaluation {
            aggregate,
            questions: questions.count(),
            most_samples: samples.iter().map(Vec::len).max().unwrap_or(0),
            best_of_n: BestOfN::of(&samples)?,
            skipped,
        })
    }
}
