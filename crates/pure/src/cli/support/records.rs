//! JSON Lines: the input is read as it is needed, and each line is answered, the bad ones too.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, stdin};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use miette::miette;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Outcome;
use super::output::print;

/// Where records come from.
pub struct Input {
    path: PathBuf,
    lines: Box<dyn BufRead>,
    size: Option<u64>,
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
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &Path) -> miette::Result<Self> {
        let (lines, size): (Box<dyn BufRead>, _) = if path == Path::new("-") {
            (Box::new(stdin().lock()), None)
        } else {
            let cannot = |error| miette!("cannot read {}: {error}", path.display());
            let file = File::open(path).map_err(cannot)?;
            let size = file.metadata().map_err(cannot)?.len();
            (Box::new(BufReader::new(file)), Some(size))
        };
        Ok(Self {
            path: path.to_owned(),
            lines,
            size,
        })
    }

    /// A bar over the bytes of the input, to be moved on as its lines are answered. There is none
    /// without a terminal, or where the end is not known.
    pub fn progress(&self) -> ProgressBar {
        match self.size {
            Some(size) if io::stderr().is_terminal() => {
                let style = "{bar:30} {percent:>3} %  {msg}  {elapsed} gone, {eta} left";
                let style = ProgressStyle::with_template(style).expect("it is well-formed");
                ProgressBar::new(size).with_style(style)
            }
            _ => ProgressBar::hidden(),
        }
    }

    /// The lines in their order; empty ones are passed over.
    pub fn lines<T: DeserializeOwned>(self) -> impl Iterator<Item = miette::Result<Line<T>>> {
        let Self { path, lines, .. } = self;
        lines
            .split(b'\n')
            .enumerate()
            .filter_map(move |(index, line)| {
                let line = match line {
                    Ok(line) if line.trim_ascii().is_empty() => return None,
                    Ok(line) => line,
                    Err(error) => {
                        return Some(Err(miette!("cannot read {}: {error}", path.display())));
                    }
                };
                Some(Ok(Line {
                    number: index + 1,
                    bytes: line.len() as u64 + 1,
                    record: serde_json::from_slice(&line).map_err(|error| error.to_string()),
                }))
            })
    }
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

    /// Prints the answers to the next lines, which were so many bytes: each ends with a line's end, or is a refusal.
    pub fn print(&mut self, bytes: u64, answers: Vec<Result<String, Value>>) -> miette::Result<()> {
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
    pub fn end(self) -> Outcome {
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
