//! Sampled answers, one a record, as `pure generate` writes them.
//!
//! ```json
//! {"id": "a1", "sample": 0, "tokens": [], "logprobs": [], "text": "…", "finish": "end"}
//! ```
//!
//! | field | holds |
//! | --- | --- |
//! | `id` | the name of the [`Question`](crate::Question) that it answers, a text or a whole number |
//! | `text` | the answer; it may be empty |
//! | `finish`, if any | `end` if the model ended it itself |
//!
//! Other fields are not looked at. A record without `id` is refused, for nobody can tell what it
//! answers; so is the record of a prompt that could not be used, which holds an `error`.

use crate::fault::{Fault, Place};
use crate::records::{Record, Records};
use crate::source::Fields;

/// An answer that a model gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampledAnswer {
    /// The name of the question.
    pub id: String,
    /// What was answered.
    pub text: String,
    /// Whether the model ended it itself, as far as the record tells.
    pub is_finished: bool,
    /// Where it stands in its file.
    pub place: Place,
}

/// The samples of a file, one by one.
pub type SampledAnswers = Records<SampledAnswer>;

impl Record for SampledAnswer {
    const FIELDS: &'static str = "`id` and `text`";

    fn fits(has: &dyn Fn(&str) -> bool) -> bool {
        has("id") && has("text")
    }

    fn read(fields: &Fields, place: Place) -> Result<Self, Fault> {
        fields.need("id")?;
        let text = fields.any_text("text")?.to_owned();
        Ok(Self {
            id: fields.id(place)?,
            text,
            is_finished: fields.get("finish").is_some_and(|finish| finish == "end"),
            place,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_what_answers_nothing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("samples.jsonl");
        let lines = [
            r#"{"id": 7, "sample": 0, "tokens": [1], "text": "", "finish": "end"}"#,
            r#"{"id": null, "sample": 0, "text": "4", "finish": "end"}"#,
            r#"{"line": 2, "id": "b", "error": "the prompt is too long"}"#,
            r#"{"id": "c", "sample": 1, "text": "so \\boxed{4}", "finish": "length"}"#,
        ];
        std::fs::write(&path, lines.join("\n")).unwrap();
        let samples: Vec<_> = SampledAnswers::open(&path, None).unwrap().collect();
        let empty = samples[0].as_ref().unwrap();
        assert_eq!((empty.id.as_str(), empty.text.as_str()), ("7", ""));
        for (index, words) in [
            (1, "line 2: there is no `id`"),
            (2, "line 3: there is no `text`"),
        ] {
            let error = samples[index].as_ref().unwrap_err().to_string();
            assert!(error.ends_with(words), "{error}");
        }
        assert_eq!(samples[3].as_ref().unwrap().place, Place::Line(4));
    }
}
