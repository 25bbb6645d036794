//! Math-Shepherd (arXiv 2312.08935).
//!
//! ```text
//! input   Q? Step 1: … ки\nStep 2: … ки
//! label   Q? Step 1: … +\nStep 2: … -
//! ```
//!
//! The two texts are the same but for the marks. The question ends where `Step 1:` (or `step 1:`)
//! begins, or at the one `?` before the first mark. Some questions hold a mark of their own before
//! the first step: it is dropped with its label. TRL's conversion does the same by a list of those
//! questions, and fails on what remains. Text after the last mark is a step without a label, where
//! TRL drops it.

use super::answer::{LabelledAnswer, StepLabel};
use crate::Place;
use crate::fault::Fault;
use crate::source::Fields;

const MARK: &str = "ки";
const FIRST_STEP: [&str; 2] = ["Step 1:", "step 1:"];

pub(super) fn read(fields: &Fields, place: Place) -> Result<LabelledAnswer, Fault> {
    let input = fields.text("input")?;
    let label = fields.text("label")?;
    let mut segments: Vec<&str> = input.split(MARK).collect();
    let rest = segments.pop().expect("splitting gives one part at least");
    if segments.is_empty() {
        return Err(Fault::NoSteps);
    }
    let mut labels = labels(&segments, rest, label)?;
    let (question, first) = match split_question(segments[0]) {
        Some((question, first)) => (question, Some(first)),
        None if segments.get(1).is_some_and(|next| begins_steps(next)) => {
            labels.remove(0);
            (segments[0], None)
        }
        None => {
            let (question, first) = segments[0].split_once('?').ok_or(Fault::NoFirstStep)?;
            if first.contains('?') {
                return Err(Fault::NoFirstStep);
            }
            (&segments[0][..=question.len()], Some(first))
        }
    };
    let steps = first.into_iter().chain(segments[1..].iter().copied());
    let mut steps: Vec<String> = steps.map(|step| step.trim().to_owned()).collect();
    if !rest.trim().is_empty() {
        steps.push(rest.trim().to_owned());
        labels.push(StepLabel::Ignored);
    }
    if question.trim().is_empty() {
        return Err(Fault::Empty {
            field: "input".to_owned(),
        });
    }
    LabelledAnswer::checked(fields.id(place)?, question.trim(), steps, labels)
}

/// The signs that stand in `label` where the marks stand in the input.
fn labels(segments: &[&str], rest: &str, label: &str) -> Result<Vec<StepLabel>, Fault> {
    let mut remaining = label;
    let mut labels = Vec::with_capacity(segments.len());
    for (index, segment) in segments.iter().enumerate() {
        let step = index + 1;
        let after = remaining
            .strip_prefix(segment)
            .ok_or(Fault::LabelText { step })?;
        let mut symbols = after.chars();
        labels.push(match symbols.next() {
            Some('+') => StepLabel::Good,
            Some('-') => StepLabel::Bad,
            other => {
                return Err(Fault::Label {
                    step,
                    found: other.map_or("missing".to_owned(), |symbol| format!("`{symbol}`")),
                    expected: "`+` or `-`",
                });
            }
        });
        remaining = symbols.as_str();
    }
    if remaining.trim_end() != rest.trim_end() {
        return Err(Fault::LabelText {
            step: segments.len() + 1,
        });
    }
    Ok(labels)
}

fn split_question(text: &str) -> Option<(&str, &str)> {
    let at = FIRST_STEP.iter().find_map(|mark| text.find(mark))?;
    Some(text.split_at(at))
}

fn begins_steps(text: &str) -> bool {
    let text = text.trim_start();
    FIRST_STEP.iter().any(|mark| text.starts_with(mark))
}
