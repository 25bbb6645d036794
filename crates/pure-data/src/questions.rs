//! Prompts with or without an answer: what is trained on, and what is evaluated on.
//!
//! ```json
//! {"id": "a1", "question": "What is 1 + 1?", "answer": "2"}
//! ```
//!
//! | field | holds |
//! | --- | --- |
//! | `prompt`, or `question`, or `problem` | a text; `prompt` may also hold messages |
//! | `messages` | a conversation, `{"role", "content"}` each; looked at first |
//! | `answer`, if any | a text or a number |
//! | `id`, if any | a text or a whole number |
//!
//! The answer `"null"` is no answer: so the prompts that PURE was published with say that theirs
//! cannot be verified. Other fields are not looked at.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;
use crate::fault::{BadRecord, Fault, Place};
use crate::source::{Fields, Layout, Source};

const TEXTS: [&str; 3] = ["prompt", "question", "problem"];
const KNOWN: &str = "`prompt`, `question`, `problem` or `messages`";

/// Something to be asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Question {
    /// Its name, or else its place in the file.
    pub id: String,
    /// What is asked.
    pub prompt: Prompt,
    /// The right answer, if there is one.
    pub answer: Option<String>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Prompt {
    /// A text, which a chat template may still surround.
    Text(String),
    /// A conversation, for a chat template.
    Messages(Vec<Turn>),
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Who speaks.
    pub role: String,
    /// What is said.
    pub content: String,
}

/// The questions of a file, one by one. A bad record is an error, and the reading goes on after it.
#[derive(Debug)]
pub struct Questions {
    source: Source,
}

impl Questions {
    /// Opens a file of JSON lines, a JSON array, or Parquet; `layout` if its first bytes do not tell.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if there is none, [`Error::UnknownLayout`] if it is none of these, and for
    /// Parquet [`Error::Parquet`] if it is broken and [`Error::Columns`] if it holds something else.
    pub fn open(path: impl AsRef<Path>, layout: Option<Layout>) -> Result<Self, Error> {
        let source = Source::open(path.as_ref(), layout)?;
        source.check_columns(
            |has| has("messages") || TEXTS.iter().any(|name| has(name)),
            KNOWN,
        )?;
        Ok(Self { source })
    }
}

impl Iterator for Questions {
    type Item = Result<Question, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        let (place, record) = self.source.next()?;
        let question = record.and_then(|map| read(&Fields::new(&map), place));
        Some(question.map_err(|fault| self.source.bad_record(place, fault)))
    }
}

fn read(fields: &Fields, place: Place) -> Result<Question, Fault> {
    Ok(Question {
        id: fields.id(place)?,
        prompt: prompt(fields)?,
        answer: answer(fields)?,
    })
}

fn prompt(fields: &Fields) -> Result<Prompt, Fault> {
    if fields.get("messages").is_some() {
        return Ok(Prompt::Messages(messages(fields, "messages")?));
    }
    let Some(name) = TEXTS.iter().find(|name| fields.get(name).is_some()) else {
        return Err(Fault::UnknownForm {
            found: fields.names(),
            expected: KNOWN,
        });
    };
    match fields.get(name) {
        Some(Value::Array(_)) if *name == "prompt" => Ok(Prompt::Messages(messages(fields, name)?)),
        _ => Ok(Prompt::Text(fields.text(name)?.to_owned())),
    }
}

pub(crate) fn messages(fields: &Fields, name: &str) -> Result<Vec<Turn>, Fault> {
    let messages = fields.list(name)?;
    if messages.is_empty() {
        return Err(Fault::Empty {
            field: fields.path(name),
        });
    }
    let turns = messages.iter().enumerate().map(|(index, message)| {
        let message = Fields::of_element(message, format!("{name}[{index}]"))?;
        Ok(Turn {
            role: message.text("role")?.to_owned(),
            content: message.text("content")?.to_owned(),
        })
    });
    turns.collect()
}

/// The right answer, if there is one.
pub(crate) fn answer(fields: &Fields) -> Result<Option<String>, Fault> {
    match fields.get("answer") {
        None => Ok(None),
        Some(Value::String(text)) if text == "null" => Ok(None),
        Some(Value::String(_)) => Ok(Some(fields.text("answer")?.to_owned())),
        Some(Value::Number(number)) => Ok(Some(number_text(number))),
        Some(other) => Err(fields.wrong("answer", other, "a text or a number")),
    }
}

/// A number as a person writes it: 27 and not 27.0.
fn number_text(number: &serde_json::Number) -> String {
    /// Up to here an f64 tells whole numbers apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
            format!("{}", float as i64)
        }
        _ => number.to_string(),
    }
}
