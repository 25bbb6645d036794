//! Answers in steps to questions whose right answer is known: what step labels can be made from.
//!
//! ```json
//! {"id": "a1", "prompt": "…", "steps": ["step", "step"], "answer": "12"}
//! ```
//!
//! | field | holds |
//! | --- | --- |
//! | `prompt` | a text, or one message of a user, as [`Questions`](crate::Questions) have it |
//! | `completions`, or `steps` | a text a step; a blank line at its end is taken off |
//! | `text`, `response` or `prediction` | where neither is there: the answer, [cut](crate::cut_steps) at its blank lines |
//! | `answer` | the right answer, as [`Questions`](crate::Questions) have it |
//! | `labels`, if any | what others think of the steps, as in TRL's form |
//! | `id`, if any | a text or a whole number |
//! | `sample`, if any | a whole number, which tells answers to one question apart |
//!
//! Other fields are not looked at.

use serde_json::{Map, Value};

use super::answer::{LabelledAnswer, StepLabel};
use super::trl;
use crate::answer_fields::{AnswerFields, cut_steps};
use crate::fault::{Fault, Place};
use crate::questions;
use crate::records::{Record, Records};
use crate::source::Fields;

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
    /// Which answer to the question of its name it is, if the file says.
    pub sample: Option<i64>,
}

impl CheckableAnswer {
    /// Reads a record as it stands.
    ///
    /// # Errors
    ///
    /// [`Fault`] if it is none.
    pub fn of(record: &Map<String, Value>, place: Place) -> Result<Self, Fault> {
        Self::read(&Fields::new(record), place)
    }
}

/// The answers of a file, one by one.
pub type CheckableAnswers = Records<CheckableAnswer>;

impl Record for CheckableAnswer {
    const FIELDS: &'static str = "`prompt`, `answer`, and `completions`, `steps` or `text`";

    fn fits(has: &dyn Fn(&str) -> bool) -> bool {
        let (prompt, answer) = (questions::has_prompt(has), questions::has_answer(has));
        prompt && answer && AnswerFields::can_hold_steps(has)
    }

    fn read(fields: &Fields, place: Place) -> Result<Self, Fault> {
        let given = AnswerFields::within(fields);
        let prompt = given.prompt_text()?;
        let steps = match given.steps()? {
            Some(steps) => steps,
            None if given.has_response() => cut_steps(given.response()?),
            None => return Err(fields.unknown_form(Self::FIELDS)),
        };
        let open = |step: String| match step.strip_suffix(BLANK_LINE) {
            Some(step) => step.to_owned(),
            None => step,
        };
        let steps: Vec<String> = steps.into_iter().map(open).collect();
        let truth = questions::answer(fields)?.ok_or_else(|| Fault::Missing {
            field: fields.path("answer"),
        })?;
        let labels = match fields.get("labels") {
            Some(_) => trl::labels(fields)?,
            None => vec![StepLabel::Ignored; steps.len()],
        };
        Ok(Self {
            place,
            stepwise: LabelledAnswer::checked(given.name(place)?, &prompt, steps, labels)?,
            truth,
            sample: fields.get("sample").and_then(Value::as_i64),
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
    fn an_answer_in_one_piece_is_cut_at_its_blank_lines() {
        let answers = read_all(&[
            r#"{"unique_id": "a", "sample": 3, "problem": "1+1=", "text": "1+1=2\n\n\n\\boxed{2}\n", "solution": "\\boxed{2}"}"#,
            r#"{"prompt": "1+1=", "text": " \n\n", "answer": "2"}"#,
        ]);
        let answer = answers[0].as_ref().unwrap();
        assert_eq!(answer.stepwise.steps, ["1+1=2", "\\boxed{2}"]);
        assert_eq!((&answer.stepwise.id[..], answer.sample), ("a", Some(3)));
        let fault = answers[1].as_ref().unwrap_err().fault.to_string();
        assert_eq!(fault, "the answer has no step");
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
            "must have `prompt`, `answer`, and `completions`, `steps` or `text`",
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
