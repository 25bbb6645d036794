//! JSON Lines: the input is read as it is needed, and each line is answered, the bad ones too.

use std::io::{self, IsTerminal};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use miette::Report;
use pure::files::{self, Lines};
use pure::model::{Error, windows};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Outcome;
use super::diagnostic::explain;
use super::output::print;

/// Where records come from.
pub struct Input(Lines);

/// A line of the input.
pub struct Line<T> {
    /// From 1.
    pub number: usize,
    pub bytes: u64,
    /// What it holds, or why it holds nothing.
    pub record: Result<T, String>,
}

impl Input {
    /// Opens a file or a pipe, or standard input for `-`.
    pub fn open(path: &Path) -> miette::Result<Self> {
        let input = if path == Path::new("-") {
            files::Input::standard()
        } else {
            if files::is_stream(path) && io::stderr().is_terminal() {
                eprintln!("reading what is written to {}", path.display());
            }
            files::Input::open_stream(path).map_err(Report::from_err)?
        };
        Ok(Self(Lines::of(input)))
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

    /// The lines in their order; empty ones are passed over. One that is too long, or no text, is a bad one.
    pub fn lines<T: DeserializeOwned>(self) -> impl Iterator<Item = miette::Result<Line<T>>> {
        let mut before = 0;
        self.0.map(move |line| match line {
            Ok(line) => Ok(Line {
                number: line.number as usize,
                bytes: line.end - std::mem::replace(&mut before, line.end),
                record: serde_json::from_str(&line.text).map_err(|error| error.to_string()),
            }),
            Err(
                bad @ (files::Error::LineTooLong { line, .. } | files::Error::NotUtf8 { line, .. }),
            ) => Ok(Line {
                number: line as usize,
                // They are counted with the next one.
                bytes: 0,
                record: Err(bad.to_string()),
            }),
            Err(error) => Err(Report::from_err(error)),
        })
    }
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
