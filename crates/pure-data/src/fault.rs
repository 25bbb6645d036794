//! Everything that can be wrong with one record of a file, in words for a person.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A record that could not be read. The reading goes on after it.
#[derive(Debug, thiserror::Error)]
#[error("{}, {place}: {fault}", path.display())]
pub struct BadRecord {
    /// The file.
    pub path: PathBuf,
    /// Where in it.
    pub place: Place,
    /// What is wrong.
    #[source]
    pub fault: Fault,
}

/// Where a record stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The line on which it begins, counted from 1.
    Line(u64),
    /// The row of a Parquet file, counted from 1.
    Row(u64),
}

impl Place {
    /// The number of the line or row.
    pub fn number(self) -> u64 {
        match self {
            Self::Line(number) | Self::Row(number) => number,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Row(number) => write!(f, "row {number}"),
        }
    }
}

/// What is wrong with one record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The file could not be read on.
    #[error("the file cannot be read any further: {source}")]
    Read {
        /// What the system said.
        source: io::Error,
    },
    /// A row of a Parquet file is broken. Nothing is read after it.
    #[error("the row cannot be read: {reason}")]
    Row {
        /// What the Parquet reader said.
        reason: String,
    },
    /// The bytes are no text.
    #[error("not valid UTF-8 from byte {byte} of the record on")]
    Utf8 {
        /// How many bytes are valid.
        byte: usize,
    },
    /// The text is no JSON.
    #[error("not valid JSON: {}", JsonReason(source))]
    Json {
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The file ends in the middle of a record.
    #[error("the file ends in the middle of a record: it was cut off or is still being written")]
    Truncated,
    /// Something follows the end of a JSON array.
    #[error("there is something after the end of the array")]
    AfterEnd,
    /// A record is larger than any that is read.
    #[error("the record is longer than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// The record is of no known form.
    #[error("the record has {}, but must have {expected}", Names(found))]
    UnknownForm {
        /// Its fields.
        found: Vec<String>,
        /// What is read, in words.
        expected: &'static str,
    },
    /// A field is not there.
    #[error("there is no `{field}`")]
    Missing {
        /// The field.
        field: String,
    },
    /// A field holds something else than it must.
    #[error("`{field}` is {found}, but must be {expected}")]
    Type {
        /// The field.
        field: String,
        /// What it holds.
        found: &'static str,
        /// What it must hold.
        expected: &'static str,
    },
    /// A field holds a text without a character that is not a space.
    #[error("`{field}` is empty")]
    Empty {
        /// The field.
        field: String,
    },
    /// A step holds no character that is not a space.
    #[error("step {step} is empty")]
    EmptyStep {
        /// The step, counted from 1.
        step: usize,
    },
    /// An answer has no step.
    #[error("the answer has no step")]
    NoSteps,
    /// There is not one label for each step.
    #[error("there are {labels} labels for {steps} steps")]
    LabelCount {
        /// Steps.
        steps: usize,
        /// Labels.
        labels: usize,
    },
    /// A label is none.
    #[error("label {step} is {found}, but must be {expected}")]
    Label {
        /// The step that it belongs to, counted from 1.
        step: usize,
        /// The label.
        found: String,
        /// What it must be.
        expected: &'static str,
    },
    /// A number points at nothing.
    #[error("`{field}` is {found}, but must be {expected}")]
    OutOfRange {
        /// The field.
        field: String,
        /// The number.
        found: i64,
        /// What it must be.
        expected: String,
    },
    /// Two texts that must be the same up to their marks are not.
    #[error("`label` is another text than `input` at step {step}")]
    LabelText {
        /// The step, counted from 1.
        step: usize,
    },
    /// It cannot be told where the question ends and the first step begins.
    #[error("no `Step 1:` and no single `?` tell where the question ends")]
    NoFirstStep,
}

/// Field or column names, in words.
pub(crate) struct Names<'a>(pub(crate) &'a [String]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 12;
        if self.0.is_empty() {
            return f.write_str("no fields");
        }
        for (index, name) in self.0.iter().take(SHOWN).enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}`{name}`")?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// What serde_json says, with a place that counts from where the record begins.
struct JsonReason<'a>(&'a serde_json::Error);

impl fmt::Display for JsonReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0.to_string();
        let reason = whole.split(" at line ").next().unwrap_or(&whole);
        match self.0.line() {
            1 if self.0.column() > 0 => write!(f, "{reason} at column {}", self.0.column()),
            line if line > 1 => {
                let column = self.0.column();
                write!(f, "{reason} at line {line} of the record, column {column}")
            }
            _ => f.write_str(reason),
        }
    }
}
