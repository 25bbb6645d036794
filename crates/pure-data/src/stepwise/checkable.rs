//! Answers in steps to questions whose right answer is known: what step labels can be made from.
//!
//! ```json
//! {"id": "a1", "prompt": "…", "steps": ["step", "step"], "answer": "12"}
//! ```
//!
//! | field | holds |
//! | --- | --- |
//! | `prompt` | a text |
//! | `completions`, or `steps` | a text a step; a blank line at its end is taken off |
//! | `answer` | the right answer, as [`Questions`](crate::Questions) have it |
//! | `labels`, if any | what others think of the steps, as in TRL's form |
//! | `id`, if any | a text or a whole number |
//!
//! Other fields are not looked at.

use super::answer::{LabelledAnswer, StepLabel};
use super::trl;
use crate::fault::{Fault, Place};
use crate::questions;
use crate::records::{Record, Records};
use crate::source::Fields;

const STEPS: [&str; 2] = ["completions", "steps"];
const BLANK_LINE: &str = "\n\n";

/// An answer in steps, and what the right answer would have been.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckableAnswer {
    /// Where it stands in its file.
    pub place: Place,
    /// The answer. Its labels are those of the file, or all [`StepLabel::Ignored`].
    pub stepwise: LabelledAnswer,
    /// The right answer to the question.
    pub truth: String,
}

/// The answers of a file, one by one.
pub type CheckableAnswers = Records<CheckableAnswer>;

impl Record for CheckableAnswer {
    const FIELDS: &'static str = "`prompt`, `answer`, and `completions` or `steps`";

    fn fits(has: &dyn Fn(&str) -> bool) -> bool {
        has("prompt") && has("answer") && STEPS.iter().any(|name| has(name))
    }

    fn read(fields: &Fields, place: Place) -> Result<Self, Fault> {
        let prompt = fields.text("prompt")?;
        let Some(name) = STEPS.into_iter().find(|name| fields.get(name).is_some()) else {
            return Err(fields.unknown_form(Self::FIELDS));
        };
        let open = |step: String| match step.strip_suffix(BLANK_LINE) {
            Some(step) => step.to_owned(),
            None => step,
        };
        let steps: Vec<String> = fields.texts(name)?.into_iter().map(open).collect();
        let truth = questions::answer(fields)?.ok_or_else(|| Fault::Missing {
            field: fields.path("answer"),
        })?;
        let labels = match fields.get("labels") {
            Some(_) => trl::labels(fields)?,
            None => vec![StepLabel::Ignored; steps.len()],
        };
        Ok(Self {
            place,
            stepwise: LabelledAnswer::checked(fields.id(place)?, prompt, steps, labels)?,
            truth,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BadRecord;

    fn read_all(lines: &[&str]) -> Vec<Result<CheckableAnswer, BadRecord>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.jsonl");
        std::fs::write(&path, lines.join("\n")).unwrap();
        CheckableAnswers::open(&path, None).unwrap().collect()
    }

    #[test]
    fn steps_may_have_either_name_and_a_blank_line_at_their_end() {
        let answers = read_all(&[
            r#"{"id": 7, "prompt": "1+1=", "steps": ["1+1=2\n\n", "\\boxed{2}"], "answer": 2}"#,
            r#"{"prompt": "1+1=", "completions": ["1+1=3"], "labels": [false], "answer": "2"}"#,
        ]);
        let first = answers[0].as_ref().unwrap();
        assert_eq!(first.stepwise.steps, ["1+1=2", "\\boxed{2}"]);
        assert_eq!(first.stepwise.labels, [StepLabel::Ignored; 2]);
        assert_eq!(
            (&first.stepwise.id[..], &first.truth[..], first.place),
            ("7", "2", Place::Line(1))
        );
        let second = answers[1].as_ref().unwrap();
        assert_eq!(second.stepwise.labels, [StepLabel::Bad]);
        assert_eq!(second.stepwise.id, "2");
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_with_its_line() {
        let answers = read_all(&[
            r#"{"prompt": "1+1=", "steps": ["2"]}"#,
            r#"{"prompt": "1+1=", "steps": ["2"], "answer": "null"}"#,
            r#"{"prompt": "1+1=", "answer": "2"}"#,
            r#"{"prompt": "1+1=", "steps": ["\n\n"], "answer": "2"}"#,
            r#"{"prompt": "1+1=", "steps": [], "answer": "2"}"#,
            r#"{"prompt": "1+1=", "steps": ["2"], "labels": [true, true], "answer": "2"}"#,
        ]);
        let words = [
            "line 1: there is no `answer`",
            "line 2: there is no `answer`",
            "must have `prompt`, `answer`, and `completions` or `steps`",
            "line 4: step 1 is empty",
            "line 5: the answer has no step",
            "line 6: there are 2 labels for 1 steps",
        ];
        assert_eq!(answers.len(), words.len());
        for (answer, words) in answers.iter().zip(words) {
            let error = answer.as_ref().unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
