//! The form of ProcessBench (arXiv 2412.06559): where is the first error of this answer?
//!
//! ```json
//! {"id": "gsm8k-0", "problem": "…", "steps": ["…", "…"], "label": 1, "final_answer_correct": false}
//! ```
//!
//! `label` is the index of the first wrong step, counted from 0, or -1 if there is none.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::error::Error;
use crate::fault::{BadRecord, Fault, Place};
use crate::source::{Fields, Layout, Source};

/// An answer whose first error is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstErrorCase {
    /// Its name, or else its place in the file.
    pub id: String,
    /// What was asked.
    pub problem: String,
    /// The steps of the answer. None is empty.
    pub steps: Vec<String>,
    /// The first wrong step, counted from 0.
    pub first_error: Option<usize>,
    /// Whether the final answer is right, if the file says.
    pub final_answer_correct: Option<bool>,
}

/// The cases of a file, one by one. A bad record is an error, and the reading goes on after it.
#[derive(Debug)]
pub struct FirstErrorCases {
    source: Source,
}

impl FirstErrorCases {
    /// Opens a file of JSON lines, a JSON array, or Parquet; `layout` if its first bytes do not tell.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if there is none, [`Error::UnknownLayout`] if it is none of these, and for
    /// Parquet [`Error::Parquet`] if it is broken and [`Error::Columns`] if it holds something else.
    pub fn open(path: impl AsRef<Path>, layout: Option<Layout>) -> Result<Self, Error> {
        let source = Source::open(path.as_ref(), layout)?;
        let fit = |has: &dyn Fn(&str) -> bool| has("problem") && has("steps") && has("label");
        source.check_columns(fit, "`problem`, `steps` and `label`")?;
        Ok(Self { source })
    }
}

impl Iterator for FirstErrorCases {
    type Item = Result<FirstErrorCase, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        let (place, record) = self.source.next()?;
        let case = record.and_then(|map| read(&Fields::new(&map), place));
        Some(case.map_err(|fault| self.source.bad_record(place, fault)))
    }
}

fn read(fields: &Fields, place: Place) -> Result<FirstErrorCase, Fault> {
    let problem = fields.text("problem")?.to_owned();
    let steps = fields.texts("steps")?;
    if steps.is_empty() {
        return Err(Fault::NoSteps);
    }
    if let Some(empty) = steps.iter().position(|step| step.trim().is_empty()) {
        return Err(Fault::EmptyStep { step: empty + 1 });
    }
    let first_error = first_error(fields, steps.len())?;
    let final_answer_correct = match fields.get("final_answer_correct") {
        None => None,
        Some(Value::Bool(correct)) => Some(*correct),
        Some(other) => {
            return Err(fields.wrong("final_answer_correct", other, "true or false"));
        }
    };
    Ok(FirstErrorCase {
        id: fields.id(place)?,
        problem,
        steps,
        first_error,
        final_answer_correct,
    })
}

fn first_error(fields: &Fields, steps: usize) -> Result<Option<usize>, Fault> {
    let found = fields.whole_number("label")?;
    match usize::try_from(found) {
        Ok(step) if step < steps => Ok(Some(step)),
        Err(_) if found == -1 => Ok(None),
        _ => Err(Fault::OutOfRange {
            field: "label".to_owned(),
            found,
            expected: format!("-1 or a step, from 0 to {}", steps - 1),
        }),
    }
}
