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
    #[error("not valid JSON: {}", in_the_record(source))]
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
    #[error("the record has {}, but must have {expected}", named(found))]
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
    Wrong {
        /// The field.
        field: String,
        /// What it holds, in words or as a number.
        found: String,
        /// What it must hold.
        expected: String,
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

impl Fault {
    pub(crate) fn wrong(
        field: impl Into<String>,
        found: impl ToString,
        expected: impl Into<String>,
    ) -> Self {
        Self::Wrong {
            field: field.into(),
            found: found.to_string(),
            expected: expected.into(),
        }
    }
}

/// Field or column names, in words.
pub(crate) fn named(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let quoted = names.iter().take(SHOWN).map(|name| format!("`{name}`"));
    let quoted = quoted.collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "no fields".to_owned(),
        all if all > SHOWN => format!("{quoted} and {} more", all - SHOWN),
        _ => quoted,
    }
}

/// What serde_json says, with a place that counts from where the record begins.
fn in_the_record(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    let reason = whole.split(" at line ").next().unwrap_or(&whole);
    match (error.line(), error.column()) {
        (1, column) if column > 0 => format!("{reason} at column {column}"),
        (0 | 1, _) => reason.to_owned(),
        (line, column) => format!("{reason} at line {line} of the record, column {column}"),
    }
}
