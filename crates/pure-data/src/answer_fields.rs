//! What a record says of a question, of its right answer and of an answer that was given to it, whatever the fields are
//! called.
//!
//! | | fields, of which the first that is there counts |
//! | --- | --- |
//! | name, prompt, right answer | as [`Question`](crate::Question) has them |
//! | given answer | `prediction`, `text`, `response` |
//! | its steps | `completions`, `steps`; else the given answer, [cut](cut_steps) at its blank lines |
//!
//! `text` and `steps` are what `pure generate` writes. Other fields are not looked at.

use serde_json::{Map, Value};

use crate::fault::{Fault, Place};
use crate::questions::{self, Prompt};
use crate::source::Fields;

pub(crate) const GIVEN: [&str; 3] = ["prediction", "text", "response"];
const STEPS: [&str; 2] = ["completions", "steps"];
const BLANK_LINE: &str = "\n\n";

/// The fields of a record that hold a question, its right answer, and an answer.
#[derive(Debug, Clone)]
pub struct AnswerFields<'a>(Fields<'a>);

impl<'a> AnswerFields<'a> {
    /// Those of a record.
    pub fn of(record: &'a Map<String, Value>) -> Self {
        Self(Fields::new(record))
    }

    pub(crate) fn within(fields: &Fields<'a>) -> Self {
        Self(fields.clone())
    }

    /// The name of the question, as it is written.
    pub fn id(&self) -> Option<&'a Value> {
        questions::id_field(&self.0).and_then(|name| self.0.get(name))
    }

    /// The name of the question, or else its place in the file.
    pub(crate) fn name(&self, place: Place) -> Result<String, Fault> {
        questions::id(&self.0, place.number(), None)
    }

    /// Whether a question is there.
    pub fn has_prompt(&self) -> bool {
        questions::has_prompt(&|name| self.0.get(name).is_some())
    }

    /// The question.
    ///
    /// # Errors
    ///
    /// [`Fault`] if there is none, or something else in its place.
    pub fn prompt(&self) -> Result<Prompt, Fault> {
        questions::prompt(&self.0)
    }

    /// The question as a text, which may also be the only message of a user.
    ///
    /// # Errors
    ///
    /// As [`prompt`](Self::prompt), and for a conversation.
    pub fn prompt_text(&self) -> Result<String, Fault> {
        match self.prompt()? {
            Prompt::Text(text) => Ok(text),
            Prompt::Messages(mut turns) if turns.len() == 1 && turns[0].role == "user" => {
                Ok(turns.remove(0).content)
            }
            Prompt::Messages(_) => {
                let expected = "a text, or one message of a `user`";
                Err(Fault::wrong("prompt", "a conversation", expected))
            }
        }
    }

    /// Whether the record speaks of a right answer, be it to say that nobody knows one.
    pub fn has_answer(&self) -> bool {
        questions::has_answer(&|name| self.0.has(name))
    }

    /// The right answer; nothing, where the record says that nobody knows it, by `null`.
    ///
    /// # Errors
    ///
    /// [`Fault`] if the record does not speak of one, or has something else in its place.
    pub fn answer(&self) -> Result<Option<String>, Fault> {
        match self.has_answer() {
            true => questions::answer(&self.0),
            false => Err(Fault::Missing {
                field: self.0.path("answer"),
            }),
        }
    }

    /// Whether an answer was given.
    pub fn has_response(&self) -> bool {
        GIVEN.iter().any(|name| self.0.get(name).is_some())
    }

    /// The given answer, which may be empty.
    ///
    /// # Errors
    ///
    /// [`Fault`] if there is none, or something else in its place.
    pub fn response(&self) -> Result<&'a str, Fault> {
        match GIVEN.into_iter().find(|name| self.0.get(name).is_some()) {
            Some(name) => self.0.any_text(name),
            None => Err(self.0.unknown_form("`text`, `response` or `prediction`")),
        }
    }

    /// The steps of the given answer, if they stand apart.
    ///
    /// # Errors
    ///
    /// [`Fault`] if something else is in their place.
    pub fn steps(&self) -> Result<Option<Vec<String>>, Fault> {
        let name = STEPS.into_iter().find(|name| self.0.get(name).is_some());
        name.map(|name| self.0.texts(name)).transpose()
    }

    /// Whether the columns of a table can hold an answer in steps.
    pub(crate) fn can_hold_steps(has: &dyn Fn(&str) -> bool) -> bool {
        STEPS.iter().chain(&GIVEN).any(|name| has(name))
    }
}

/// The steps of a text: what stands between its blank lines, without the line ends around it. What is blank is no step.
pub fn cut_steps(text: &str) -> Vec<String> {
    let steps = text.split(BLANK_LINE).map(|step| step.trim_matches('\n'));
    let steps = steps.filter(|step| !step.trim().is_empty());
    steps.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn on<T>(record: Value, read: impl FnOnce(&AnswerFields) -> T) -> T {
        read(&AnswerFields::of(record.as_object().unwrap()))
    }

    #[test]
    fn steps_stand_between_blank_lines() {
        for (text, steps) in [
            ("", &[][..]),
            ("\n\n \n\n\n", &[]),
            ("one", &["one"]),
            ("one\nline\n\ntwo\n", &["one\nline", "two"]),
            ("one\n\n\ntwo\n\n\n\n three", &["one", "two", " three"]),
        ] {
            assert_eq!(cut_steps(text), steps, "{text:?}");
        }
    }

    #[test]
    fn a_given_answer_has_one_of_three_names() {
        let response = |record| on(record, |it| it.response().map(str::to_owned)).unwrap();
        assert_eq!(response(json!({"text": "a", "response": "b"})), "a");
        assert_eq!(response(json!({"text": null, "response": "b"})), "b");
        assert_eq!(response(json!({"prediction": "", "text": "b"})), "");
        let fault = on(json!({"answer": "1"}), |it| it.response().unwrap_err());
        assert!(fault.to_string().contains("`text`, `response`"), "{fault}");
    }

    #[test]
    fn an_answer_that_nobody_knows_is_another_thing_than_none() {
        for unknown in [json!({"answer": null}), json!({"answer": "null"})] {
            assert_eq!(on(unknown, |it| it.answer().unwrap()), None);
        }
        assert_eq!(
            on(json!({"ground_truth": 2}), |it| it.answer().unwrap()),
            Some("2".to_owned())
        );
        let fault = on(json!({"text": "2"}), |it| it.answer().unwrap_err());
        assert_eq!(fault.to_string(), "there is no `answer`");
    }

    #[test]
    fn the_message_of_a_user_is_a_text_and_a_conversation_is_none() {
        let user = json!({"role": "user", "content": "1+1?"});
        let text = |record| on(record, |it| it.prompt_text());
        assert_eq!(text(json!({"messages": [user]})).unwrap(), "1+1?");
        assert_eq!(text(json!({"problem": "1+1?"})).unwrap(), "1+1?");
        let system = json!({"role": "system", "content": "Add."});
        assert!(text(json!({"prompt": [system, user]})).is_err());
    }
}
