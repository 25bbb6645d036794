//! One answer, step by step, and what forms of credit would pay it.
//!
//! ```text
//! text "2+3=5\n\n5-1=4"  step_ends [5, 10]  ->  "2+3=5" | "5-1=4", each with its reward and returns
//! ```
//!
//! A return is what is paid from a step on; [`pure_core::compare_forms`] computes it. Of a long answer the
//! steps in the middle are left out, but counted.

use pure_core::credit::{Min, SoftMin, Sum};
use pure_core::{CreditConfig, Response, Scores, StepSpan, compare_forms};

use crate::samples::Sample;

/// An answer as it is shown.
#[derive(Debug)]
pub(crate) struct Picture {
    pub step: u64,
    pub prompt: String,
    pub outcome: Option<f32>,
    pub tokens: usize,
    pub steps: usize,
    pub cut: bool,
    /// Names of the forms; none if the steps have no rewards.
    pub forms: Vec<String>,
    /// The whole text, if it does not fall into as many pieces as there are steps.
    pub text: Option<String>,
    pub rows: Vec<Row>,
    /// The largest return of each form, regardless of its sign.
    pub most: Vec<f32>,
    /// The largest advantage, regardless of its sign; none where none were recorded.
    pub most_advantage: Option<f32>,
}

/// A step, or those left out.
#[derive(Debug)]
pub(crate) enum Row {
    Step(Step),
    LeftOut { steps: usize, reward: Option<f32> },
}

#[derive(Debug)]
pub(crate) struct Step {
    /// From 1; a rest after the last step is none.
    pub number: Option<usize>,
    pub text: String,
    pub reward: Option<f32>,
    /// In the order of the forms.
    pub returns: Vec<f32>,
    /// Of each token.
    pub advantages: Vec<f32>,
}

/// Steps that are shown of a long answer, at its beginning and its end.
const SHOWN: [usize; 2] = [9, 4];

/// Sum, min and soft-min, and the form that a run was paid by if it is another.
pub(crate) fn forms(own: Option<CreditConfig>) -> Vec<CreditConfig> {
    let same =
        |a: &CreditConfig, b: &CreditConfig| std::mem::discriminant(a) == std::mem::discriminant(b);
    let mut forms = vec![
        CreditConfig::Sum(Sum::default()),
        CreditConfig::Min(Min),
        CreditConfig::SoftMin(SoftMin::default()),
    ];
    if let Some(own) = own {
        match forms.iter_mut().find(|form| same(form, &own)) {
            Some(form) => *form = own,
            None => forms.push(own),
        }
    }
    forms
}

impl Picture {
    /// With no forms its rewards do not count.
    pub fn of(sample: Sample, forms: &[CreditConfig]) -> Result<Self, pure_core::Error> {
        let failed = |source| pure_core::Error::Response { index: 0, source };
        let spans = StepSpan::from_ends(&sample.step_ends, sample.tokens).map_err(failed)?;
        let process: Option<Vec<f32>> = match forms {
            [] => None,
            _ => sample.rewards.iter().copied().collect(),
        };
        let scores = Scores {
            process: process.unwrap_or_default(),
            outcome: sample.outcome,
        };
        let table = if scores.process.is_empty() {
            None
        } else {
            let response = Response {
                group: 0,
                length: sample.tokens,
                steps: &spans,
                scores: &scores,
                log_probs: None,
                finish: sample.finish,
            };
            Some(compare_forms(&response, forms)?)
        };
        let views = || table.iter().flat_map(|table| &table.forms);
        let pieces = pieces(&sample.text, spans.len());
        let advantages = sample.advantages.unwrap_or_default();
        let rest = StepSpan {
            start: spans.last().map_or(0, |last| last.end),
            end: sample.tokens,
        };
        let mut rows = Vec::new();
        for (index, span) in spans
            .iter()
            .chain((!rest.is_empty()).then_some(&rest))
            .enumerate()
        {
            let is_step = index < spans.len();
            let returns = views().filter_map(|form| form.step_returns.get(index).copied());
            let piece = pieces.as_ref().and_then(|pieces| pieces.get(index));
            rows.push(Row::Step(Step {
                number: is_step.then_some(index + 1),
                text: piece.map_or_else(String::new, |piece| (*piece).to_owned()),
                reward: scores.process.get(index).copied().filter(|_| is_step),
                returns: returns.collect(),
                advantages: advantages.get(span.range()).unwrap_or_default().to_vec(),
            }));
        }
        let most = |values: &[f32]| values.iter().map(|value| value.abs()).fold(0.0, f32::max);
        Ok(Self {
            step: sample.step,
            outcome: sample.outcome,
            tokens: sample.tokens,
            steps: spans.len(),
            cut: sample.finish == pure_core::Finish::Length,
            forms: views().map(|form| form.name.clone()).collect(),
            most: views().map(|form| most(&form.step_returns)).collect(),
            text: pieces.is_none().then(|| sample.text.clone()),
            prompt: sample.prompt,
            most_advantage: (!advantages.is_empty()).then(|| most(&advantages)),
            rows: shortened(rows),
        })
    }
}

/// The text of each step, and of a rest that no step holds; none if text and tokens disagree.
fn pieces(text: &str, steps: usize) -> Option<Vec<&str>> {
    let mut pieces: Vec<&str> = text.split("\n\n").collect();
    if pieces.len() > steps && pieces.last().is_some_and(|last| last.is_empty()) {
        pieces.pop();
    }
    (pieces.len() == steps || pieces.len() == steps + 1).then_some(pieces)
}

fn shortened(mut rows: Vec<Row>) -> Vec<Row> {
    let [before, after] = SHOWN;
    if rows.len() > before + after + 1 {
        let end = rows.len() - after;
        let left_out: Vec<Row> = rows.drain(before..end).collect();
        let rewards = left_out.iter().filter_map(|row| match row {
            Row::Step(step) => step.reward,
            Row::LeftOut { .. } => None,
        });
        let rewards: Vec<f32> = rewards.collect();
        let mean = rewards.iter().sum::<f32>() / rewards.len() as f32;
        let row = Row::LeftOut {
            steps: left_out.len(),
            reward: (!rewards.is_empty()).then_some(mean),
        };
        rows.insert(before, row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fall_into_steps_and_a_rest() {
        assert_eq!(pieces("a\n\nb", 2).unwrap(), ["a", "b"]);
        assert_eq!(pieces("a\n\nb\n\n", 2).unwrap(), ["a", "b"]);
        assert_eq!(pieces("a\n\nb\n\nre", 2).unwrap(), ["a", "b", "re"]);
        assert_eq!(pieces("a\n\nb\n\nc\n\nd", 2), None);
    }

    #[test]
    fn the_form_of_the_run_is_among_those_shown() {
        let names = |own: &str| {
            let forms = forms(own.parse().ok());
            let names: Vec<String> = forms.iter().map(ToString::to_string).collect();
            names.join(" ")
        };
        assert_eq!(names("sum:0.9"), "sum:0.9 min soft-min:0.1");
        assert_eq!(names("mean"), "sum:1 min soft-min:0.1 mean");
    }
}
