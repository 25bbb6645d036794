//! The form of ProcessBench (arXiv 2412.06559): where is the first error of this answer?
//!
//! ```json
//! {"id": "gsm8k-0", "problem": "…", "steps": ["…", "…"], "label": 1, "final_answer_correct": false}
//! ```
//!
//! `label` is the index of the first wrong step, counted from 0, or -1 if there is none.

use serde::Serialize;

use crate::fault::{Fault, Place};
use crate::records::{Record, Records};
use crate::source::Fields;

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

/// The cases of a file, one by one.
pub type FirstErrorCases = Records<FirstErrorCase>;

impl Record for FirstErrorCase {
    const FIELDS: &'static str = "`problem`, `steps` and `label`";

    fn fits(has: &dyn Fn(&str) -> bool) -> bool {
        has("problem") && has("steps") && has("label")
    }

    fn read(fields: &Fields, place: Place) -> Result<Self, Fault> {
        let problem = fields.text("problem")?.to_owned();
        let steps = fields.texts("steps")?;
        if steps.is_empty() {
            return Err(Fault::NoSteps);
        }
        if let Some(empty) = steps.iter().position(|step| step.trim().is_empty()) {
            return Err(Fault::EmptyStep { step: empty + 1 });
        }
        let first_error = first_error(fields, steps.len())?;
        let correct = fields.get("final_answer_correct").map(|value| {
            let wrong = || fields.wrong("final_answer_correct", value, "true or false");
            value.as_bool().ok_or_else(wrong)
        });
        let final_answer_correct = correct.transpose()?;
        Ok(Self {
            id: fields.id(place)?,
            problem,
            steps,
            first_error,
            final_answer_correct,
        })
    }
}

fn first_error(fields: &Fields, steps: usize) -> Result<Option<usize>, Fault> {
    let found = fields.whole_number("label")?;
    match usize::try_from(found) {
        Ok(step) if step < steps => Ok(Some(step)),
        Err(_) if found == -1 => Ok(None),
        _ => {
            let expected = format!("-1 or a step, from 0 to {}", steps - 1);
            Err(Fault::wrong("label", found, expected))
        }
    }
}
