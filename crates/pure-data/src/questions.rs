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
//! | `answer`, or `final_answer`, or `ground_truth`, if any | a text, a number, or a list of texts |
//! | `solution`, if any | where none of these is there: a worked solution that ends in the answer |
//! | `id`, if any | a text or a whole number |
//!
//! These are the forms of MATH, GSM8K, Minerva, OlympiadBench, AIME, AMC and of the prompts that PURE was
//! published with. An answer is kept as it stands: to find the value in a worked solution, after GSM8K's
//! `####` or in the last `\boxed{}`, is up to who compares it. Several answers are one text, with commas
//! between them.
//!
//! The answer `"null"` is no answer: so the prompts that PURE was published with say that theirs
//! cannot be verified. Other fields are not looked at.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fault::{Fault, Place};
use crate::records::{Record, Records};
use crate::source::Fields;

const TEXTS: [&str; 3] = ["prompt", "question", "problem"];
const ANSWERS: [&str; 3] = ["answer", "final_answer", "ground_truth"];
const SOLUTION: &str = "solution";

/// Something to be asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Question {
    /// Its name, or else its place in the file.
    pub id: String,
    /// What is asked.
    pub prompt: Prompt,
    /// The right answer, if there is one: its value, or a worked solution that ends in it.
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

/// The questions of a file, one by one.
pub type Questions = Records<Question>;

impl Record for Question {
    const FIELDS: &'static str = "`prompt`, `question`, `problem` or `messages`";

    fn fits(has: &dyn Fn(&str) -> bool) -> bool {
        has("messages") || TEXTS.iter().any(|name| has(name))
    }

    fn read(fields: &Fields, place: Place) -> Result<Self, Fault> {
        Ok(Self {
            id: fields.id(place)?,
            prompt: prompt(fields)?,
            answer: answer(fields)?,
        })
    }
}

fn prompt(fields: &Fields) -> Result<Prompt, Fault> {
    if fields.get("messages").is_some() {
        return Ok(Prompt::Messages(messages(fields, "messages")?));
    }
    match TEXTS.into_iter().find(|name| fields.get(name).is_some()) {
        Some("prompt") => text_or_messages(fields, "prompt"),
        Some(name) => Ok(Prompt::Text(fields.text(name)?.to_owned())),
        None => Err(fields.unknown_form(Question::FIELDS)),
    }
}

pub(crate) fn text_or_messages(fields: &Fields, name: &str) -> Result<Prompt, Fault> {
    match fields.need(name)? {
        Value::Array(_) => Ok(Prompt::Messages(messages(fields, name)?)),
        _ => Ok(Prompt::Text(fields.text(name)?.to_owned())),
    }
}

/// A conversation, of one turn at least.
pub(crate) fn messages(fields: &Fields, name: &str) -> Result<Vec<Turn>, Fault> {
    let turns = fields.objects(name)?.map(|message| {
        let message = message?;
        Ok(Turn {
            role: message.text("role")?.to_owned(),
            content: message.text("content")?.to_owned(),
        })
    });
    let turns: Vec<Turn> = turns.collect::<Result<_, Fault>>()?;
    match turns.is_empty() {
        true => Err(Fault::Empty {
            field: fields.path(name),
        }),
        false => Ok(turns),
    }
}

/// The right answer, if there is one.
pub(crate) fn answer(fields: &Fields) -> Result<Option<String>, Fault> {
    let Some(name) = ANSWERS.iter().find(|name| fields.get(name).is_some()) else {
        // A solution is not asked for, so one that is no text is no fault.
        let solution = fields.get(SOLUTION).and_then(Value::as_str);
        let solution = solution.filter(|text| !text.trim().is_empty());
        return Ok(solution.map(str::to_owned));
    };
    match fields.need(name)? {
        Value::String(text) if text == "null" => Ok(None),
        Value::String(_) => Ok(Some(fields.text(name)?.to_owned())),
        Value::Number(number) => Ok(Some(number_text(number))),
        Value::Array(texts) if texts.iter().all(Value::is_string) && !texts.is_empty() => {
            Ok(Some(fields.texts(name)?.join(", ")))
        }
        other => Err(fields.wrong(name, other, "a text, a number or a list of texts")),
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
