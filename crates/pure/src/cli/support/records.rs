//! JSON Lines: the input is read as it is needed, and each line is answered, the bad ones too.

use std::io::{self, IsTerminal};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use miette::Report;
use pure::files::{self, Lines};
use pure::model::windows;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Outcome;
use super::output::print;

/// Where records come from.
pub struct Input {
    lines: Lines,
}

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
        let lines = Lines::of(input);
        Ok(Self { lines })
    }

    /// A bar over the bytes of the input, to be moved on as its lines are answered. There is none
    /// without a terminal, or where the end is not known.
    pub fn progress(&self) -> ProgressBar {
        match self.lines.size() {
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
        self.lines.map(move |line| match line {
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

/// A line that is read and not yet answered.
pub struct Pending<T> {
    pub line: usize,
    pub bytes: u64,
    pub id: Value,
    /// What the model is to read, or why it cannot.
    pub content: Result<T, String>,
}

/// Answers lines window by window, of so many `tokens` that batches of like length fill; `answer` gives one answer a
/// line, which ends with a line's end or is a refusal.
pub fn answer_all<T>(
    lines: impl Iterator<Item = miette::Result<Pending<T>>>,
    batch_tokens: usize,
    tokens: impl Fn(&T) -> usize,
    mut answering: Answering,
    answer: impl Fn(Vec<Pending<T>>) -> miette::Result<Vec<Result<String, Value>>>,
) -> miette::Result<Outcome> {
    let tokens = |line: &miette::Result<Pending<T>>| match line {
        Ok(Pending {
            content: Ok(content),
            ..
        }) => tokens(content),
        _ => 0,
    };
    for window in windows(lines, batch_tokens, tokens) {
        let window: Vec<Pending<T>> = window.into_iter().collect::<Result<_, _>>()?;
        let bytes = window.iter().map(|line| line.bytes).sum();
        answering.print(bytes, answer(window)?)?;
    }
    Ok(answering.end())
}

/// Lines as they are answered, window by window.
pub struct Answering {
    bar: ProgressBar,
    /// What is done to a line, as the bar says it.
    verb: &'static str,
    done: usize,
    refused: usize,
}

impl Answering {
    pub fn new(bar: ProgressBar, verb: &'static str) -> Self {
        Self {
            bar,
            verb,
            done: 0,
            refused: 0,
        }
    }

    /// Prints the answers to the next lines, which were so many bytes.
    fn print(&mut self, bytes: u64, answers: Vec<Result<String, Value>>) -> miette::Result<()> {
        let mut text = String::new();
        for answer in answers {
            match answer {
                Ok(answer) => {
                    self.done += 1;
                    text += &answer;
                }
                Err(refusal) => {
                    self.refused += 1;
                    text += &format!("{refusal}\n");
                }
            }
        }
        self.bar.inc(bytes);
        self.bar.set_message(format!("{} {}", self.done, self.verb));
        self.bar.suspend(|| print(text))
    }

    /// How the command ends.
    fn end(self) -> Outcome {
        self.bar.finish_and_clear();
        outcome(self.refused, self.refused + self.done)
    }
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
