//! JSON Lines in and out: the input is read as it is needed, bad lines are counted and answered.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write, stdin, stdout};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use miette::{Report, miette};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A line of the input: its number, from 1, and what it holds or why it holds nothing.
pub struct Line<T> {
    pub number: usize,
    pub record: Result<T, String>,
}

/// Opens a file, or standard input for `-`, with a progress bar over its bytes on a terminal.
pub fn open(path: &Path) -> miette::Result<(Box<dyn BufRead>, ProgressBar)> {
    if path == Path::new("-") {
        return Ok((Box::new(stdin().lock()), ProgressBar::hidden()));
    }
    let cannot = |error| miette!("cannot read {}: {error}", path.display());
    let file = File::open(path).map_err(cannot)?;
    let size = file.metadata().map_err(cannot)?.len();
    let bar = if io::stderr().is_terminal() {
        let style = "{bar:30} {percent:>3} %  {msg}  {elapsed} gone, {eta} left";
        let style = ProgressStyle::with_template(style).expect("the template is well-formed");
        ProgressBar::new(size).with_style(style)
    } else {
        ProgressBar::hidden()
    };
    let counted: Box<dyn Read> = Box::new(bar.wrap_read(file));
    Ok((Box::new(BufReader::new(counted)), bar))
}

/// The records of JSON Lines; empty lines are passed over.
pub fn read<T: DeserializeOwned>(input: impl BufRead) -> impl Iterator<Item = io::Result<Line<T>>> {
    let lines = input.split(b'\n').enumerate();
    lines.filter_map(|(index, line)| {
        let line = match line {
            Ok(line) if line.trim_ascii().is_empty() => return None,
            Ok(line) => line,
            Err(error) => return Some(Err(error)),
        };
        Some(Ok(Line {
            number: index + 1,
            record: serde_json::from_slice(&line).map_err(|error| error.to_string()),
        }))
    })
}

/// The answer to a line that cannot be used.
pub fn refusal(line: usize, id: &Value, reason: &str) -> Value {
    json!({"line": line, "id": id, "error": reason})
}

/// Writes one record to standard output.
pub fn write(record: &Value) -> Result<(), Report> {
    writeln!(stdout().lock(), "{record}").map_err(Report::from_err)
}
