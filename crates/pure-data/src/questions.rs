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
//! | `id`, or `unique_id`, or `idx`, if any | a text or a whole number |
//! | `level`, if any | a text or a number |
//! | `subject`, or `subfield`, or `type`, if any | a text |
//!
//! [`QuestionFields`] reads files that call them otherwise.
//!
//! These are the forms of MATH, GSM8K, Minerva, OlympiadBench, AIME, AMC and of the prompts that PURE was
//! published with. An answer is kept as it stands: to find the value in a worked solution, after GSM8K's
//! `####` or in the last `\boxed{}`, is up to who compares it. Several answers are one text, with commas
//! between them.
//!
//! The answer `"null"` is no answer: so the prompts that PURE was published with say that theirs
//! cannot be verified. Other fields are not looked at.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::fault::{BadRecord, Fault};
use crate::source::{Fields, Layout, Source};

const KNOWN: &str = "`prompt`, `question`, `problem` or `messages`";
const IDS: [&str; 3] = ["id", "unique_id", "idx"];
const TEXTS: [&str; 3] = ["prompt", "question", "problem"];
pub(crate) const ANSWERS: [&str; 3] = ["answer", "final_answer", "ground_truth"];
pub(crate) const SOLUTION: &str = "solution";
const LEVELS: [&str; 1] = ["level"];
const SUBJECTS: [&str; 3] = ["subject", "subfield", "type"];

/// Something to be asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Question {
    /// Its name, or else its number in the file, from 1.
    pub id: String,
    /// What is asked.
    pub prompt: Prompt,
    /// The right answer, if there is one: its value, or a worked solution that ends in it.
    pub answer: Option<String>,
    /// How hard it is, as the file says it.
    pub level: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
}

impl Question {
    /// That of a record, which is called by its number where it has no name.
    ///
    /// # Errors
    ///
    /// [`Fault`] if nothing is asked, or a field holds something else than it must.
    pub fn of(record: &Map<String, Value>, number: u64) -> Result<Self, Fault> {
        read(&Fields::new(record), number, &QuestionFields::default())
    }
}

impl Prompt {
    /// What a user asks, as one text.
    pub fn asked(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Messages(turns) => {
                let asked = turns.iter().filter(|turn| turn.role == "user");
                let texts: Vec<&str> = asked.map(|turn| turn.content.as_str()).collect();
                texts.join("\n")
            }
        }
    }
}

/// The names of fields, where a file calls them by others than are tried. A field that is named must be there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuestionFields {
    /// Of the question's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Of what is asked, a text or messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Of the right answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Of how hard it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Of what it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
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
    named: QuestionFields,
    /// Records that were read. All elements of an array may stand on one line, so its number would name none of them.
    count: u64,
}

impl Questions {
    /// Opens a file as [`Records::open`](crate::Records::open) does.
    ///
    /// # Errors
    ///
    /// As [`Records::open`](crate::Records::open).
    pub fn open(path: impl AsRef<Path>, layout: Option<Layout>) -> Result<Self, Error> {
        Self::open_named(path, layout, QuestionFields::default())
    }

    /// Opens a file whose fields have these names.
    ///
    /// # Errors
    ///
    /// As [`Records::open`](crate::Records::open).
    pub fn open_named(
        path: impl AsRef<Path>,
        layout: Option<Layout>,
        named: QuestionFields,
    ) -> Result<Self, Error> {
        let source = Source::open(path.as_ref(), layout)?;
        let fits = |has: &dyn Fn(&str) -> bool| match &named.prompt {
            Some(name) => has(name),
            None => has_prompt(has),
        };
        let expected = match named.prompt {
            Some(_) => "the field that was named for the prompt",
            None => KNOWN,
        };
        source.check_columns(fits, expected)?;
        Ok(Self {
            source,
            named,
            count: 0,
        })
    }
}

impl Iterator for Questions {
    type Item = Result<Question, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        let (place, record) = self.source.records.next()?;
        self.count += 1;
        let read = record.and_then(|map| read(&Fields::new(&map), self.count, &self.named));
        Some(read.map_err(|fault| self.source.bad_record(place, fault)))
    }
}

fn read(fields: &Fields, number: u64, named: &QuestionFields) -> Result<Question, Fault> {
    Ok(Question {
        id: id(fields, number, named.id.as_deref())?,
        prompt: match &named.prompt {
            Some(name) => text_or_messages(fields, name)?,
            None => prompt(fields)?,
        },
        answer: match &named.answer {
            Some(name) if fields.has(name) && fields.get(name).is_none() => None,
            Some(name) => value(fields, name)?,
            None => answer(fields)?,
        },
        level: attribute(fields, named.level.as_deref(), &LEVELS)?,
        subject: attribute(fields, named.subject.as_deref(), &SUBJECTS)?,
    })
}

pub(crate) fn id(fields: &Fields, number: u64, named: Option<&str>) -> Result<String, Fault> {
    if let Some(name) = named {
        fields.need(name)?;
        return fields.id_in(name, number);
    }
    fields.id_in(id_field(fields).unwrap_or(IDS[0]), number)
}

/// The field that names the question, if there is one.
pub(crate) fn id_field(fields: &Fields) -> Option<&'static str> {
    let is_name = |name: &&str| {
        let found = fields.get(name);
        found.is_some_and(|found| found.is_string() || found.is_i64() || found.is_u64())
    };
    IDS.into_iter().find(is_name)
}

/// Whether there is something to ask among such fields.
pub(crate) fn has_prompt(has: &dyn Fn(&str) -> bool) -> bool {
    has("messages") || TEXTS.iter().any(|name| has(name))
}

/// Whether there is an answer among such fields.
pub(crate) fn has_answer(has: &dyn Fn(&str) -> bool) -> bool {
    ANSWERS.iter().chain([&SOLUTION]).any(|name| has(name))
}

pub(crate) fn prompt(fields: &Fields) -> Result<Prompt, Fault> {
    if fields.get("messages").is_some() {
        return Ok(Prompt::Messages(messages(fields, "messages")?));
    }
    match TEXTS.into_iter().find(|name| fields.get(name).is_some()) {
        Some("prompt") => text_or_messages(fields, "prompt"),
        Some(name) => Ok(Prompt::Text(fields.text(name)?.to_owned())),
        None => Err(fields.unknown_form(KNOWN)),
    }
}

/// What is told beside a question. Nobody asks for it, so what is neither text nor number is a fault only where the
/// field was named.
fn attribute(
    fields: &Fields,
    named: Option<&str>,
    known: &[&str],
) -> Result<Option<String>, Fault> {
    let text = |name: &str| match fields.get(name)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number_text(number)),
        _ => None,
    };
    let Some(name) = named else {
        return Ok(known.iter().find_map(|name| text(name)));
    };
    match text(name) {
        Some(text) => Ok(Some(text)),
        None => Err(fields.wrong(name, fields.need(name)?, "a text or a number")),
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
    value(fields, name)
}

/// What shows how to answer: a worked solution, where one stands apart from the right answer, else the right answer.
pub(crate) fn solution_or_answer(fields: &Fields) -> Result<Option<String>, Fault> {
    match fields.get(SOLUTION) {
        Some(_) => Ok(Some(fields.text(SOLUTION)?.to_owned())),
        None => answer(fields),
    }
}

/// The answer in a field.
fn value(fields: &Fields, name: &str) -> Result<Option<String>, Fault> {
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
