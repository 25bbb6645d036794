//! Records in, JSON Lines out: the input is read as it is needed, and each record is answered, the bad ones too.
//!
//! Commands that join pass on the fields of the records that they read, with their own beside them.

use std::io::{self, IsTerminal};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use miette::{Report, miette};
use pure::data::{AnswerFields, Fault, RawRecords};
use pure::files;
use pure::model::{Error, windows};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::Outcome;
use super::diagnostic::explain;
use super::output::print;

/// Where records come from: JSON Lines, a JSON array, or Parquet.
pub struct Input(RawRecords);

/// A record as it stands.
pub type Fields = Map<String, Value>;

/// A record of the input.
pub struct Line<T> {
    /// Its line; which element it is, of an array, or row, of a table. From 1.
    pub number: usize,
    /// Which record it is, from 1.
    pub count: usize,
    pub bytes: u64,
    /// What it holds, or why it holds nothing.
    pub record: Result<T, String>,
}

impl Input {
    /// Opens a file or a pipe, or standard input for `-`.
    pub fn open(path: &Path) -> miette::Result<Self> {
        let input = if path == Path::new("-") {
            if io::stdin().is_terminal() {
                eprintln!("reading what is typed; --input names a file");
            }
            files::Input::standard()
        } else {
            if files::is_stream(path) && io::stderr().is_terminal() {
                eprintln!("reading what is written to {}", path.display());
            }
            files::Input::open_stream(path).map_err(Report::from_err)?
        };
        RawRecords::of(input)
            .map(Self)
            .map_err(|error| miette!("{error}"))
    }

    /// A bar over the bytes of the input, to be moved on as its lines are answered. There is none
    /// without a terminal, or where the end is not known.
    pub fn progress(&self) -> ProgressBar {
        match self.0.size() {
            Some(size) if io::stderr().is_terminal() => {
                let style = "{bar:30} {percent:>3} %  {msg}  {elapsed} gone, {eta} left";
                let style = ProgressStyle::with_template(style).expect("it is well-formed");
                ProgressBar::new(size).with_style(style)
            }
            _ => ProgressBar::hidden(),
        }
    }

    /// The records in their order. What is too long, no text or no JSON is a bad one.
    pub fn lines<T: DeserializeOwned>(self) -> impl Iterator<Item = miette::Result<Line<T>>> {
        let (mut before, position) = (0, self.0.position());
        self.0.map(move |record| {
            let read = position.bytes();
            let fields = match record.fields {
                Err(fault @ Fault::Read { .. }) => return Err(Report::from_err(fault)),
                fields => fields.map_err(|fault| fault.to_string()),
            };
            let of = |fields| serde_json::from_value(Value::Object(fields));
            Ok(Line {
                number: record.number as usize,
                count: record.count as usize,
                bytes: read - std::mem::replace(&mut before, read),
                record: fields.and_then(|fields| of(fields).map_err(|error| error.to_string())),
            })
        })
    }
}

/// The name of a record's question, or nothing.
pub fn name(record: &Fields) -> Value {
    AnswerFields::of(record).id().cloned().unwrap_or_default()
}

/// The tokens in the first of these fields that is there.
pub fn tokens(record: &Fields, names: &[&str]) -> Result<Option<Vec<u32>>, String> {
    let mut found = names
        .iter()
        .filter_map(|name| Some((name, record.get(*name)?)));
    let Some((name, ids)) = found.find(|(_, ids)| !ids.is_null()) else {
        return Ok(None);
    };
    let ids = Vec::deserialize(ids).map(Some);
    ids.map_err(|error| format!("`{name}`: {error}"))
}

/// What a command before this one could not do: the reason that it gave in place of a record.
pub fn refused_before(record: &Fields) -> Option<String> {
    let reason = record.get("error")?.as_str()?;
    record.contains_key("line").then(|| reason.to_owned())
}

/// Scores what lines hold.
pub trait LineScorer {
    type Record: DeserializeOwned;
    /// What the model reads of a record.
    type Content;
    /// What it says of that.
    type Found;

    /// The id of a record, and what the model is to read of it, or why it cannot.
    fn read(&self, record: Self::Record) -> (Value, Result<Self::Content, String>);

    fn tokens(content: &Self::Content) -> usize;

    /// What the model says of each, in batches of so many tokens.
    fn ask(
        &self,
        contents: &[&Self::Content],
        batch_tokens: usize,
    ) -> Result<Vec<Self::Found>, Error>;

    /// The answer to a record, with a line's end, or why there is none.
    fn answer(
        &self,
        id: &Value,
        content: &Self::Content,
        found: Self::Found,
    ) -> Result<String, String>;
}

/// Answers lines window by window, of so many tokens that batches of like length fill; `verb` is what is done to a
/// line, as the bar says it.
pub fn answer_all<S: LineScorer>(
    input: Input,
    scorer: &S,
    verb: &str,
    batch_tokens: usize,
) -> miette::Result<Outcome> {
    let bar = input.progress();
    let read = |line: miette::Result<Line<S::Record>>| {
        let line = line?;
        let (id, content) = match line.record {
            Ok(record) => scorer.read(record),
            Err(error) => (Value::Null, Err(error)),
        };
        Ok((line.number, line.bytes, id, content))
    };
    let tokens = |line: &miette::Result<(_, _, _, Result<S::Content, _>)>| match line {
        Ok((.., Ok(content))) => S::tokens(content),
        _ => 0,
    };
    let (mut done, mut refused) = (0, 0);
    for window in windows(input.lines().map(read), batch_tokens, tokens) {
        let window = window.into_iter().collect::<miette::Result<Vec<_>>>()?;
        let contents = window.iter().map(|(.., content)| content);
        let usable: Vec<&S::Content> = contents.flatten().collect();
        let found = scorer.ask(&usable, batch_tokens).map_err(explain)?;
        let mut found = found.into_iter();
        let mut text = String::new();
        for (number, bytes, id, content) in &window {
            let answer = content.as_ref().map_err(Clone::clone);
            let answer = answer.and_then(|content| {
                let found = found.next().expect("one for each usable line");
                scorer.answer(id, content, found)
            });
            match answer {
                Ok(answer) => {
                    done += 1;
                    text += &answer;
                }
                Err(reason) => {
                    refused += 1;
                    text += &format!("{}\n", refusal(*number, id, &reason));
                }
            }
            bar.inc(*bytes);
        }
        bar.set_message(format!("{done} {verb}"));
        bar.suspend(|| print(text))?;
    }
    bar.finish_and_clear();
    Ok(outcome(refused, refused + done))
}

/// Why a line is refused that a model gives no numbers for.
pub fn not_finite(place: &str) -> String {
    format!("the model's logits {place}are not finite: are its weights, or is its dtype, broken?")
}

/// The answer to a line that cannot be used.
pub fn refusal(line: usize, id: &Value, reason: &str) -> Value {
    json!({"line": line, "id": id, "error": reason})
}

/// How a command ends that answered `lines` lines and refused some of them.
pub fn outcome(refused: usize, lines: usize) -> Outcome {
    if refused == 0 {
        return Outcome::Done;
    }
    eprintln!("{refused} of {lines} lines could not be used; see their `error`");
    Outcome::InPart
}
