//! Files of records, whatever their layout: each record becomes a JSON object.
//!
//! A bad record does not stop the reading, as far as it can be told where the next one begins: always
//! for JSON lines, mostly for a JSON array, never for Parquet. Nothing is read into memory but the
//! record at hand and, of Parquet, its pages.

mod array;
mod fields;
mod layout;
mod lines;
#[cfg_attr(not(feature = "parquet"), path = "no_table.rs")]
mod table;

pub use fields::Fields;
pub(crate) use fields::kind_of;
pub use layout::Layout;

use std::fmt;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use pure_files::{Input, LONGEST_LINE, Lines};
use serde_json::{Map, Value};

use crate::Error;
use crate::fault::{BadRecord, Fault, Place};
use array::Array;

/// No record that anyone reads is longer.
const LONGEST_RECORD: usize = LONGEST_LINE;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A record, or what is wrong with it.
pub(crate) type Found = (Place, Result<Map<String, Value>, Fault>);

/// The records of a file, in their order.
pub(crate) struct Source {
    path: PathBuf,
    /// The columns, of a table.
    columns: Option<Vec<String>>,
    pub records: Box<dyn Iterator<Item = Found> + Send>,
}

impl Source {
    /// Opens a file or a pipe, in the layout that its first bytes and its name tell if none is given.
    pub(crate) fn open(path: &Path, layout: Option<Layout>) -> Result<Self, Error> {
        let mut input = Input::open_stream(path)?;
        let layout = match layout {
            Some(layout) => layout,
            None => Layout::guess(path, input.fill_buf().map_err(Error::read(path))?)?,
        };
        Self::of(input, layout)
    }

    /// Reads an input in this layout.
    pub(crate) fn of(input: Input, layout: Layout) -> Result<Self, Error> {
        let path = &input.path().to_owned();
        let is_stream = input.size().is_none();
        let mut columns = None;
        let records: Box<dyn Iterator<Item = Found> + Send> = match layout {
            Layout::JsonLines => Box::new(lines::records(Lines::of(input))),
            Layout::JsonArray => Box::new(Array::new(input, is_stream)),
            Layout::Parquet if is_stream => {
                return Err(Error::Parquet {
                    path: path.to_owned(),
                    source: "it is a pipe, and Parquet is read from its end: save it to a file"
                        .into(),
                });
            }
            Layout::Parquet => {
                let (names, rows) = table::open(path)?;
                columns = Some(names);
                Box::new(rows)
            }
        };
        Ok(Self {
            path: path.to_owned(),
            columns,
            records,
        })
    }

    /// Refuses a table whose columns do not fit; other layouts tell record by record.
    pub(crate) fn check_columns(
        &self,
        fit: impl FnOnce(&dyn Fn(&str) -> bool) -> bool,
        expected: &'static str,
    ) -> Result<(), Error> {
        let Some(columns) = &self.columns else {
            return Ok(());
        };
        if fit(&|name| columns.iter().any(|column| column == name)) {
            return Ok(());
        }
        Err(Error::Columns {
            path: self.path.clone(),
            found: columns.clone(),
            expected,
        })
    }

    /// An error about one record of the file.
    pub(crate) fn bad_record(&self, place: Place, fault: Fault) -> BadRecord {
        BadRecord {
            path: self.path.clone(),
            place,
            fault,
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Source");
        shown.field("path", &self.path).finish_non_exhaustive()
    }
}

/// The object that a text holds.
fn parse_object(text: &str) -> Result<Map<String, Value>, Fault> {
    match serde_json::from_str(text).map_err(|source| Fault::Json { source })? {
        Value::Object(map) => Ok(map),
        other => Err(Fault::wrong("record", kind_of(&other), "an object")),
    }
}
