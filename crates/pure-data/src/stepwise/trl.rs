//! TRL's stepwise supervision form.
//!
//! ```json
//! {"prompt": "…", "completions": ["step", "step"], "labels": [true, false]}
//! ```
//!
//! A label is true or 1, false or 0, a probability between, or nothing (`null`, or the -100 that
//! trainers ignore).

use serde_json::Value;

use super::answer::{LabelledAnswer, StepLabel};
use crate::Place;
use crate::fault::Fault;
use crate::source::Fields;

pub(super) fn read(fields: &Fields, place: Place) -> Result<LabelledAnswer, Fault> {
    let prompt = fields.text("prompt")?;
    let steps = fields.texts("completions")?;
    LabelledAnswer::checked(fields.id(place)?, prompt, steps, labels(fields)?)
}

pub(super) fn labels(fields: &Fields) -> Result<Vec<StepLabel>, Fault> {
    let labels = fields.list("labels")?.iter().enumerate();
    labels
        .map(|(index, value)| label(value, index + 1))
        .collect()
}

fn label(value: &Value, step: usize) -> Result<StepLabel, Fault> {
    let wrong = || Fault::Label {
        step,
        found: value.to_string().chars().take(40).collect(),
        expected: "true, false, a number from 0 to 1, or null",
    };
    match value {
        Value::Null => Ok(StepLabel::Ignored),
        Value::Bool(true) => Ok(StepLabel::Good),
        Value::Bool(false) => Ok(StepLabel::Bad),
        Value::Number(number) => match number.as_f64().ok_or_else(wrong)? {
            0.0 => Ok(StepLabel::Bad),
            1.0 => Ok(StepLabel::Good),
            -100.0 => Ok(StepLabel::Ignored),
            soft if (0.0..=1.0).contains(&soft) => Ok(StepLabel::Soft(soft as f32)),
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}
