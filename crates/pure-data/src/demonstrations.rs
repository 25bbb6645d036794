//! Prompts with the answer that a model is to learn to give.
//!
//! The prompt is read as that of a [`Question`](crate::Question), from `messages`, `prompt`, `question` or `problem`. What
//! is learned is the first of these that is there:
//!
//! | field | as in | holds |
//! | --- | --- | --- |
//! | `messages` that end with the assistant | chats | what it says; the prompt is all before it |
//! | `completion` | TRL | a text, or a list of one message, the assistant's |
//! | `prediction`, `text` or `response` | answers of `pure generate`, Alpaca and others | a text, or a list of one message |
//! | `solution` | MATH | a worked solution |
//! | `answer`, `final_answer` or `ground_truth` | GSM8K | a worked solution, or the bare answer, if it is all that is there |
//!
//! It is learned as it stands: GSM8K's `<<48/2=24>>` and its last line `#### 24` with the rest, which is also where a
//! verifier finds the answer. Other fields are not looked at, but for the name of the record, as of a question.

use serde_json::Value;

use crate::answer_fields::{AnswerFields, GIVEN};
use crate::fault::{Fault, Place};
use crate::questions::{self, Prompt, Turn, messages};
use crate::records::{Record, Records};
use crate::source::Fields;

const COMPLETION: &str = "completion";

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
    const FIELDS: &'static str = "`messages`, or a `prompt`, `question` or `problem` with a `completion`, `response`, \
                                  `text`, `solution` or `answer`";

    fn fits(has: &dyn Fn(&str) -> bool) -> bool {
        let is_said = |name: &&str| has(name);
        has("messages")
            || questions::has_prompt(has)
                && (questions::has_answer(has) || [COMPLETION].iter().chain(&GIVEN).any(is_said))
    }

    fn read(fields: &Fields, place: Place) -> Result<Self, Fault> {
        let asked = AnswerFields::within(fields);
        let id = asked.name(place)?;
        if !asked.has_prompt() {
            return Err(fields.unknown_form(Self::FIELDS));
        }
        let mut prompt = asked.prompt()?;
        if let (Some(_), Prompt::Messages(turns)) = (fields.get("messages"), &mut prompt)
            && let Some(last) = turns.pop_if(|last| last.role == ASSISTANT)
        {
            if turns.is_empty() {
                return Err(Fault::Missing {
                    field: "messages[1]".to_owned(),
                });
            }
            let completion = last.content;
            return Ok(Self {
                id,
                prompt,
                completion,
            });
        }
        Ok(Self {
            id,
            completion: completion(fields)?,
            prompt,
        })
    }
}

const ASSISTANT: &str = "assistant";

/// What is learned of a record whose prompt does not hold it.
fn completion(fields: &Fields) -> Result<String, Fault> {
    let mut said = [COMPLETION].into_iter().chain(GIVEN);
    if let Some(name) = said.find(|name| fields.get(name).is_some()) {
        return match fields.need(name)? {
            Value::Array(list) if list.len() == 1 => {
                let mut turns = messages(fields, name)?;
                said_by_assistant(turns.remove(0), name)
            }
            _ => Ok(fields.text(name)?.to_owned()),
        };
    }
    let answer = questions::solution_or_answer(fields)?;
    answer.ok_or_else(|| match fields.get("messages") {
        Some(_) => Fault::wrong("messages: the last `role`", "another", "`assistant`"),
        None => fields.unknown_form(Demonstration::FIELDS),
    })
}

fn said_by_assistant(turn: Turn, field: &str) -> Result<String, Fault> {
    match turn.role == ASSISTANT {
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

    /// Two lines in the form of GSM8K, with its calculator's notes and its last line.
    const GSM8K: &str = r#"
        {"question": "Ann has 3 bags of 4 plums and eats 2. How many are left?", "answer": "She has 3*4=<<3*4=12>>12 plums.\nSo 12-2=<<12-2=10>>10 are left.\n#### 10"}
        {"question": "A pen costs $2 and a pad $3. What do 4 of each cost?", "answer": "One of each costs $2+$3=$<<2+3=5>>5.\nSo 4 cost $5*4=$<<5*4=20>>20.\n#### 20"}
    "#;

    #[test]
    fn worked_answers_of_gsm8k_are_learned_as_they_stand() {
        let read = read_all(GSM8K);
        let [first, second] = [0, 1].map(|place| read[place].as_ref().unwrap());
        assert!(first.completion.contains("<<3*4=12>>12 plums.\nSo"));
        assert!(second.completion.ends_with("\n#### 20"));
        assert!(matches!(&first.prompt, Prompt::Text(text) if text.starts_with("Ann")));
    }

    #[test]
    fn each_form_of_a_question_with_its_answer_is_the_same_demonstration() {
        let read = read_all(
            r#"{"question": "1+1?", "answer": "2"}
               {"problem": "1+1?", "solution": "2", "answer": "3", "level": "Level 1"}
               {"prompt": "1+1?", "response": "2", "answer": "3"}
               {"prompt": "1+1?", "completion": "2", "text": "1+1?2"}
               {"prompt": "1+1?", "completion": [{"role": "assistant", "content": "2"}]}
               {"problem": "1+1?", "text": "2", "solution": "3", "correct": true}
               {"question": "1+1?", "answer": 2}"#,
        );
        for one in &read {
            let Demonstration {
                prompt, completion, ..
            } = one.as_ref().unwrap();
            assert_eq!(prompt, &Prompt::Text("1+1?".to_owned()));
            assert_eq!(completion, "2");
        }
        let chat = read_all(
            r#"{"unique_id": "a", "messages": [{"role": "user", "content": "1+1?"}], "answer": "2"}"#,
        );
        let chat = chat[0].as_ref().unwrap();
        assert_eq!((chat.id.as_str(), chat.completion.as_str()), ("a", "2"));
    }

    #[test]
    fn what_nobody_could_learn_from_is_refused_by_name() {
        let read = read_all(
            r#"{"messages": [{"role": "assistant", "content": "2"}]}
               {"messages": [{"role": "assistant", "content": "2"}, {"role": "user", "content": "?"}]}
               {"prompt": "1+1?"}
               {"prompt": "1+1?", "completion": " "}
               {"prompt": "1+1?", "completion": 2}
               {"question": "1+1?", "answer": "null"}
               {"text": "1+1?"}"#,
        );
        let faults: Vec<String> = read.into_iter().map(|one| one.unwrap_err()).collect();
        assert_eq!(faults[0], "there is no `messages[1]`");
        assert!(faults[1].contains("must be `assistant`"), "{}", faults[1]);
        for fault in [&faults[2], &faults[5], &faults[6]] {
            assert!(fault.contains("with a `completion`"), "{fault}");
        }
        assert_eq!(faults[3], "`completion` is empty");
        assert!(faults[4].contains("must be a text"), "{}", faults[4]);
    }
}
