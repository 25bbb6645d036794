//! A picture of credit: one answer, step by step, and what forms of credit pay it.
//!
//! ```text
//!   step           reward   min    sum
//! 1 "2+3=5"         +0.9    -0.4   +0.5     the return of each step: what is paid from there on
//! 2 "5-1=3"         -0.4    -0.4   -0.4
//!   the whole answer        -0.4   +0.5     the return of its first token
//!   one more good step       0.0   +0.9     what the whole answer gains by a step as good as its best
//! ```
//!
//! The last line tells what a form teaches: one that pays for one more good step makes answers longer.
//! [`pure_core::compare_forms`] computes the returns; terminals and pages draw them.

use std::fmt;
use std::ops::Range;

use pure_core::{CreditConfig, Error, FormView, Record, StepSpan};

/// An answer, step by step, with what forms of credit pay it.
#[derive(Debug, Clone, PartialEq)]
pub struct CreditPicture {
    /// Tokens of the answer.
    pub tokens: usize,
    /// The forms, in the order asked for.
    pub forms: Vec<FormTotal>,
    /// The steps. Tokens after the last step are one row more.
    pub rows: Vec<CreditRow>,
}

/// What a form of credit pays the whole answer.
#[derive(Debug, Clone, PartialEq)]
pub struct FormTotal {
    /// The form with its setting, as on a command line.
    pub name: String,
    /// The return of the whole answer.
    pub total: f32,
    /// What the whole answer gains by one more step as good as its best.
    pub one_more: f32,
}

/// A step, or the tokens after the last step.
#[derive(Debug, Clone, PartialEq)]
pub struct CreditRow {
    /// The number of the step, from 1; tokens after the last step have none.
    pub step: Option<usize>,
    /// Its tokens.
    pub tokens: Range<usize>,
    /// Its text, where that is known.
    pub text: Option<String>,
    /// Its reward, where forms are compared.
    pub reward: Option<f32>,
    /// Its return under each form.
    pub returns: Vec<StepReturn>,
    /// What each of its tokens was learned with, where that is known.
    pub advantages: Vec<f32>,
}

/// The return of a step: what its tokens are paid from each of them on. Under most forms all tokens of a
/// step share it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepReturn {
    /// The lowest of its tokens' returns.
    pub lowest: f32,
    /// The highest of them.
    pub highest: f32,
    /// That of its first token.
    pub first: f32,
}

impl CreditPicture {
    /// Compares forms on a record; `index` is its place among its records, for errors. Without forms the
    /// rewards are not shown.
    ///
    /// # Errors
    ///
    /// As [`Record::compare_forms`].
    pub fn of(record: &Record, index: usize, forms: &[CreditConfig]) -> Result<Self, Error> {
        let table = record.compare_forms(index, forms)?;
        let best = table.rewards.iter().copied().reduce(f32::max);
        let ends = table.steps.iter().map(|step| step.last());
        let longer = Record {
            length: table.length + 1,
            step_ends: ends.chain([table.length]).collect(),
            rewards: [&table.rewards[..], &[best.unwrap_or(1.0)]].concat(),
            old_logprobs: None,
            ref_logprobs: None,
            ..record.clone()
        };
        let longer = longer.compare_forms(index, forms)?;
        let totals = table.forms.iter().zip(&longer.forms);
        let totals = totals.map(|(now, longer)| FormTotal {
            name: now.name.clone(),
            total: now.total,
            one_more: longer.total - now.total,
        });
        let rest = StepSpan {
            start: table.steps.last().map_or(0, |last| last.end),
            end: table.length,
        };
        let rest = (!rest.is_empty()).then_some(&rest);
        let rewards = if forms.is_empty() {
            &[]
        } else {
            &table.rewards[..]
        };
        let row = |(index, span): (usize, &StepSpan)| {
            let returns = table.forms.iter().map(|form| StepReturn::of(form, span));
            CreditRow {
                step: (index < table.steps.len()).then_some(index + 1),
                tokens: span.range(),
                text: None,
                reward: rewards.get(index).copied(),
                returns: returns.collect(),
                advantages: Vec::new(),
            }
        };
        let rows = table.steps.iter().chain(rest).enumerate().map(row);
        Ok(Self {
            tokens: table.length,
            forms: totals.collect(),
            rows: rows.collect(),
        })
    }

    /// Gives each row its text, if the text falls at its blank lines into as many pieces as there are
    /// rows; says whether it does.
    pub fn set_texts(&mut self, text: &str) -> bool {
        let mut pieces: Vec<&str> = text.split("\n\n").collect();
        let steps = self.steps();
        if pieces.len() > steps && pieces.last().is_some_and(|last| last.is_empty()) {
            pieces.pop();
        }
        if pieces.len() != steps && pieces.len() != self.rows.len() {
            return false;
        }
        for (row, piece) in self.rows.iter_mut().zip(pieces) {
            row.text = Some(piece.to_owned());
        }
        true
    }

    /// Gives each row the advantages of its tokens.
    pub fn set_advantages(&mut self, advantages: &[f32]) {
        for row in &mut self.rows {
            let own = advantages.get(row.tokens.clone());
            row.advantages = own.unwrap_or_default().to_vec();
        }
    }

    /// The number of steps.
    pub fn steps(&self) -> usize {
        self.rows.iter().filter(|row| row.step.is_some()).count()
    }
}

impl StepReturn {
    fn of(form: &FormView, span: &StepSpan) -> Self {
        let returns = &form.returns[span.range()];
        let all = || returns.iter().copied();
        Self {
            lowest: all().fold(f32::INFINITY, f32::min),
            highest: all().fold(f32::NEG_INFINITY, f32::max),
            first: returns.first().copied().unwrap_or_default(),
        }
    }

    /// Whether all tokens of the step share it, as far as is shown.
    pub fn is_shared(&self) -> bool {
        self.highest - self.lowest < 5e-4
    }
}

/// `+0.125`, or `-0.400 to +0.125` where tokens differ.
impl fmt::Display for StepReturn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_shared() {
            true => write!(f, "{:+.3}", self.first),
            false => write!(f, "{:+.3} to {:+.3}", self.lowest, self.highest),
        }
    }
}

#[cfg(test)]
mod tests {
    use pure_core::credit::{Min, SuffixMin, Sum};

    use super::*;

    fn record(length: usize, step_ends: &[usize], rewards: &[f32]) -> Record {
        Record {
            group: 0.into(),
            id: 0.into(),
            length,
            step_ends: step_ends.to_vec(),
            rewards: rewards.to_vec(),
            outcome: None,
            old_logprobs: None,
            ref_logprobs: None,
            truncated: false,
        }
    }

    fn picture(length: usize, ends: &[usize], rewards: &[f32]) -> CreditPicture {
        let forms = [
            CreditConfig::Min(Min),
            CreditConfig::Sum(Sum::default()),
            CreditConfig::SuffixMin(SuffixMin),
        ];
        CreditPicture::of(&record(length, ends, rewards), 0, &forms).unwrap()
    }

    #[test]
    fn a_sum_pays_for_one_more_good_step_and_a_minimum_does_not() {
        let CreditPicture { forms, rows, .. } = picture(4, &[1, 3], &[0.75, -0.5]);
        let [min, sum, _] = &forms[..] else {
            panic!("{forms:?}");
        };
        assert_eq!((min.total, min.one_more), (-0.5, 0.0));
        assert_eq!((sum.total, sum.one_more), (0.25, 0.75));
        let returns = |row: usize, form: usize| rows[row].returns[form].to_string();
        assert_eq!([returns(0, 0), returns(1, 0)], ["-0.500", "-0.500"]);
        assert_eq!([returns(0, 1), returns(1, 1)], ["+0.250", "-0.500"]);
        // Between two steps a strict minimum sees the zeros of tokens that end no step.
        assert_eq!(rows[1].returns[2].to_string(), "-0.500");
    }

    #[test]
    fn tokens_that_differ_are_shown_as_a_range() {
        let picture = picture(2, &[1], &[0.75]);
        assert_eq!(picture.rows[0].returns[2].to_string(), "+0.000 to +0.750");
    }

    #[test]
    fn a_last_token_that_ends_two_steps_is_one_step() {
        let picture = picture(4, &[1, 3, 3], &[0.5, 0.25, 0.25]);
        assert_eq!((picture.steps(), picture.rows.len()), (2, 2));
        assert_eq!(picture.forms[1].one_more, 0.5);
    }

    #[test]
    fn a_text_falls_into_steps_and_a_rest_or_stays_whole() {
        let texts = |text: &str, length: usize, ends: &[usize]| {
            let mut picture = picture(length, ends, &vec![0.5; ends.len()]);
            let texts = |picture: CreditPicture| {
                let texts = picture.rows.into_iter().map(|row| row.text);
                texts.map(Option::unwrap_or_default).collect::<Vec<_>>()
            };
            picture.set_texts(text).then(|| texts(picture))
        };
        assert_eq!(texts("a\n\nb", 4, &[1, 3]).unwrap(), ["a", "b"]);
        assert_eq!(texts("a\n\nb\n\n", 4, &[1, 3]).unwrap(), ["a", "b"]);
        assert_eq!(texts("a\n\nb\n\nc", 5, &[1, 3]).unwrap(), ["a", "b", "c"]);
        // A rest without text: an end token alone.
        assert_eq!(texts("a\n\nb\n\n", 5, &[1, 3]).unwrap(), ["a", "b", ""]);
        assert_eq!(texts("a\n\nb\n\nc\n\nd", 4, &[1, 3]), None);
    }
}
