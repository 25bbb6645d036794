//! Files of records, whatever their layout: each record becomes a JSON object.
//!
//! A bad record does not stop the reading, as far as it can be told where the next one begins: always
//! for JSON lines, mostly for a JSON array, never for Parquet. Nothing is read into memory but the
//! record at hand and, of Parquet, its pages.

mod array;
mod fields;
mod layout;
mod lines;
mod table;

pub(crate) use fields::{Fields, kind_of};
pub use layout::Layout;

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::Error;
use crate::fault::{BadRecord, Fault, Place};
use array::Array;
use lines::Lines;
use table::Table;

/// No record that anyone reads is longer.
const LONGEST_RECORD: usize = 64 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A record, or what is wrong with it.
pub(crate) type Found = (Place, Result<Map<String, Value>, Fault>);

/// The records of a file, in their order.
#[derive(Debug)]
pub(crate) struct Source {
    path: PathBuf,
    records: Records,
}

#[derive(Debug)]
enum Records {
    Lines(Lines<BufReader<File>>),
    Array(Array<BufReader<File>>),
    Table(Table),
}

impl Source {
    /// Opens a file, in the layout that its first bytes and its name tell if none is given.
    pub(crate) fn open(path: &Path, layout: Option<Layout>) -> Result<Self, Error> {
        let mut file = File::open(path).map_err(Error::read(path))?;
        let mut start = Vec::new();
        let read = file.by_ref().take(512).read_to_end(&mut start);
        read.and_then(|_| file.rewind())
            .map_err(Error::read(path))?;
        let layout = match layout {
            Some(layout) => layout,
            None => Layout::guess(path, &start)?,
        };
        let records = match layout {
            Layout::JsonLines => Records::Lines(Lines::new(BufReader::new(file))),
            Layout::JsonArray => Records::Array(Array::new(BufReader::new(file))),
            Layout::Parquet => Records::Table(Table::open(path, file)?),
        };
        Ok(Self {
            path: path.to_owned(),
            records,
        })
    }

    /// The columns, of a table.
    pub(crate) fn columns(&self) -> Option<&[String]> {
        match &self.records {
            Records::Table(table) => Some(table.columns()),
            _ => None,
        }
    }

    /// Refuses a table whose columns do not fit; other layouts tell record by record.
    pub(crate) fn check_columns(
        &self,
        fit: impl FnOnce(&dyn Fn(&str) -> bool) -> bool,
        expected: &'static str,
    ) -> Result<(), Error> {
        let Some(columns) = self.columns() else {
            return Ok(());
        };
        if fit(&|name| columns.iter().any(|column| column == name)) {
            return Ok(());
        }
        Err(Error::Columns {
            path: self.path.clone(),
            found: columns.to_vec(),
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

impl Iterator for Source {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        match &mut self.records {
            Records::Lines(lines) => lines.next(),
            Records::Array(array) => array.next(),
            Records::Table(table) => table.next(),
        }
    }
}

/// The object that a text holds.
fn parse_object(text: &[u8]) -> Result<Map<String, Value>, Fault> {
    let text = std::str::from_utf8(text).map_err(|error| Fault::Utf8 {
        byte: error.valid_up_to(),
    })?;
    match serde_json::from_str(text).map_err(|source| Fault::Json { source })? {
        Value::Object(map) => Ok(map),
        other => Err(Fault::Type {
            field: "record".to_owned(),
            found: kind_of(&other),
            expected: "an object",
        }),
    }
}
