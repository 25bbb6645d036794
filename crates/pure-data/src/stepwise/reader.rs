//! Reading a file of step-labelled answers.

use std::collections::VecDeque;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::answer::LabelledAnswer;
use super::prm800k::{self, Neutral};
use super::{math_shepherd, trl};
use crate::error::Error;
use crate::fault::{BadRecord, Fault, Place};
use crate::source::{Fields, Layout, Source};

/// A form in which step-labelled answers are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LabelForm {
    /// The stepwise supervision form of TRL.
    Trl,
    /// PRM800K as OpenAI published it.
    Prm800k,
    /// Math-Shepherd, its steps marked with `ки`.
    MathShepherd,
}

impl LabelForm {
    /// Every form, in words.
    pub(super) const KNOWN: &str = "`prompt`, `completions` and `labels` (TRL), `question` and \
        `label` (PRM800K), or `input` and `label` (Math-Shepherd)";

    /// The form that these fields are of.
    pub(super) fn of(has: impl Fn(&str) -> bool) -> Option<Self> {
        let all = [Self::Trl, Self::Prm800k, Self::MathShepherd];
        all.into_iter().find(|form| form.fits(&has))
    }

    /// Whether these fields make a record one of this form.
    pub(super) fn fits(self, has: impl Fn(&str) -> bool) -> bool {
        let mut fields = match self {
            Self::Trl => ["prompt", "completions", "labels"].iter(),
            Self::Prm800k => ["question", "label"].iter(),
            Self::MathShepherd => ["input", "label"].iter(),
        };
        fields.all(|field| has(field))
    }
}

/// How to read a file, where it does not tell by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// Its layout, if not what its first bytes tell.
    pub layout: Option<Layout>,
    /// Its form, if not what the fields of its first record tell.
    pub form: Option<LabelForm>,
    /// What the rating 0 of PRM800K means.
    pub neutral: Neutral,
}

/// The answers of a file, one by one. A bad record is an error, and the reading goes on after it.
#[derive(Debug)]
pub struct LabelledAnswers {
    source: Source,
    options: ReadOptions,
    ready: VecDeque<Result<LabelledAnswer, BadRecord>>,
}

impl LabelledAnswers {
    /// Opens a file of JSON lines, a JSON array, or Parquet.
    ///
    /// # Errors
    ///
    /// As [`Records::open`](crate::Records::open).
    pub fn open(path: impl AsRef<Path>, mut options: ReadOptions) -> Result<Self, Error> {
        let source = Source::open(path.as_ref(), options.layout)?;
        source.check_columns(
            |has: &dyn Fn(&str) -> bool| {
                options.form = options.form.or_else(|| LabelForm::of(has));
                options.form.is_some_and(|form| form.fits(has))
            },
            LabelForm::KNOWN,
        )?;
        Ok(Self {
            source,
            options,
            ready: VecDeque::new(),
        })
    }

    /// The form of the records, as soon as it is known.
    pub fn form(&self) -> Option<LabelForm> {
        self.options.form
    }

    /// The answers of one record.
    fn answers(
        &mut self,
        fields: &Fields,
        place: Place,
    ) -> Result<Vec<Result<LabelledAnswer, Fault>>, Fault> {
        let form = self
            .form()
            .or_else(|| LabelForm::of(|name| fields.has(name)));
        let form = form.ok_or_else(|| fields.unknown_form(LabelForm::KNOWN))?;
        self.options.form = Some(form);
        match form {
            LabelForm::Trl => Ok(vec![Ok(trl::read(fields, place)?)]),
            LabelForm::MathShepherd => Ok(vec![Ok(math_shepherd::read(fields, place)?)]),
            LabelForm::Prm800k => prm800k::read(fields, place, self.options.neutral),
        }
    }
}

impl Iterator for LabelledAnswers {
    type Item = Result<LabelledAnswer, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() {
            let (place, record) = self.source.records.next()?;
            let answers = record.and_then(|map| self.answers(&Fields::new(&map), place));
            let answers = answers.unwrap_or_else(|fault| vec![Err(fault)]).into_iter();
            let bad = |fault| self.source.bad_record(place, fault);
            self.ready.extend(answers.map(|answer| answer.map_err(bad)));
        }
        self.ready.pop_front()
    }
}
