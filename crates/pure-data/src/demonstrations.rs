//! Prompts with the answer that a model is to learn to give.
//!
//! | fields | prompt | completion |
//! | --- | --- | --- |
//! | `prompt`, `completion` | a text, or messages | a text, or a list of one message |
//! | `messages` | all but the last | what the last says, which is the assistant's |
//!
//! `id`, if any, is a text or a whole number. Other fields are not looked at.

use serde_json::Value;

use crate::fault::{Fault, Place};
use crate::questions::{Prompt, Turn, messages, text_or_messages};
use crate::records::{Record, Records};
use crate::source::Fields;

/// A prompt and how to answer it.
#[derive(Debug, Clone, PartialEq)]
pub struct Demonstration {
    /// Its name, or else its place in the file.
    pub id: String,
    /// What is asked.
    pub prompt: Prompt,
    /// The answer, without a token that ends it.
    pub completion: String,
}

/// The demonstrations of a file, one by one.
pub type Demonstrations = Records<Demonstration>;

impl Record for Demonstration {
    const FIELDS: &'static str = "`prompt` and `completion`, or `messages`";

    fn fits(has: &dyn Fn(&str) -> bool) -> bool {
        has("messages") || (has("prompt") && has("completion"))
    }

    fn read(fields: &Fields, place: Place) -> Result<Self, Fault> {
        let id = fields.id(place)?;
        let (prompt, completion) = if fields.get("messages").is_some() {
            let mut turns = messages(fields, "messages")?;
            let last = turns.pop().expect("messages are not empty");
            if turns.is_empty() {
                return Err(Fault::Missing {
                    field: "messages[1]".to_owned(),
                });
            }
            let completion = said_by_assistant(last, "messages")?;
            (Prompt::Messages(turns), completion)
        } else if fields.get("prompt").is_some() && fields.get("completion").is_some() {
            let prompt = text_or_messages(fields, "prompt")?;
            let completion = match fields.need("completion")? {
                Value::Array(list) if list.len() == 1 => {
                    let mut turns = messages(fields, "completion")?;
                    said_by_assistant(turns.remove(0), "completion")?
                }
                _ => fields.text("completion")?.to_owned(),
            };
            (prompt, completion)
        } else {
            return Err(fields.unknown_form(Self::FIELDS));
        };
        Ok(Self {
            id,
            prompt,
            completion,
        })
    }
}

fn said_by_assistant(turn: Turn, field: &str) -> Result<String, Fault> {
    match turn.role == "assistant" {
        true => Ok(turn.content),
        false => {
            let field = format!("{field}: the last `role`");
            Err(Fault::wrong(field, "another", "`assistant`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Vec<Result<Demonstration, String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sft.jsonl");
        std::fs::write(&path, text).unwrap();
        let all = Demonstrations::open(&path, None).unwrap();
        all.map(|one| one.map_err(|error| error.fault.to_string()))
            .collect()
    }

    #[test]
    fn a_conversation_ends_in_the_completion() {
        let read = read_all(
            r#"{"messages": [{"role": "user", "content": "1+1?"}, {"role": "assistant", "content": "2"}]}
               {"id": 7, "prompt": "1+1?", "completion": "2"}"#,
        );
        let chat = read[0].as_ref().unwrap();
        assert_eq!(chat.completion, "2");
        assert!(matches!(&chat.prompt, Prompt::Messages(turns) if turns.len() == 1));
        let text = read[1].as_ref().unwrap();
        assert_eq!((text.id.as_str(), text.completion.as_str()), ("7", "2"));
    }

    #[test]
    fn what_nobody_could_learn_from_is_refused_by_name() {
        let read = read_all(
            r#"{"messages": [{"role": "assistant", "content": "2"}]}
               {"messages": [{"role": "assistant", "content": "2"}, {"role": "user", "content": "?"}]}
               {"prompt": "1+1?"}
               {"prompt": "1+1?", "completion": " "}
               {"prompt": "1+1?", "completion": 2}"#,
        );
        let faults: Vec<String> = read.into_iter().map(|one| one.unwrap_err()).collect();
        assert_eq!(faults[0], "there is no `messages[1]`");
        assert!(faults[1].contains("must be `assistant`"), "{}", faults[1]);
        assert!(
            faults[2].contains("`prompt` and `completion`"),
            "{}",
            faults[2]
        );
        assert_eq!(faults[3], "`completion` is empty");
        assert!(faults[4].contains("must be a text"), "{}", faults[4]);
    }
}
