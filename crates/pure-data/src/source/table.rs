//! Parquet, row by row.
//!
//! The `parquet` crate of the Apache Arrow project does the reading. Of files with a few bytes changed
//! it panics at some. A panic is caught here and becomes an error like others; its message still
//! appears where the program's panics appear.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use serde_json::{Map, Value};

use super::Found;
use crate::Error;
use crate::fault::{Fault, Place};

/// The names of the columns, and the rows.
pub(super) fn open(
    path: &Path,
) -> Result<(Vec<String>, impl Iterator<Item = Found> + use<>), Error> {
    let file = File::open(path).map_err(Error::read(path))?;
    let open = || {
        let reader = SerializedFileReader::new(file)?;
        let schema = reader.metadata().file_metadata().schema();
        let names = schema.get_fields().iter();
        let columns = names.map(|field| field.name().to_owned()).collect();
        Ok((columns, RowIter::from_file_into(Box::new(reader))))
    };
    let opened = catch_unwind(AssertUnwindSafe(open));
    let opened = opened.unwrap_or_else(|_| Err(ParquetError::General(BROKEN.to_owned())));
    let (columns, rows) = opened.map_err(|source| Error::Parquet {
        path: path.to_owned(),
        source: source.into(),
    })?;
    let mut left = Some(rows);
    let rows = (1..).map_while(move |number| {
        // After a broken row the readers of the columns stand at different rows: stop.
        let mut rows = left.take()?;
        let record = match catch_unwind(AssertUnwindSafe(|| rows.next())) {
            Ok(None) => return None,
            Ok(Some(Ok(row))) => {
                left = Some(rows);
                object(row)
            }
            Ok(Some(Err(error))) => Err(Fault::Row {
                reason: error.to_string(),
            }),
            Err(_) => Err(Fault::Row {
                reason: BROKEN.to_owned(),
            }),
        };
        Some((Place::Row(number), record))
    });
    Ok((columns, rows))
}

const BROKEN: &str = "the file is broken";

fn object(row: Row) -> Result<Map<String, Value>, Fault> {
    let columns = row.into_columns().into_iter();
    columns
        .map(|(name, field)| Ok((name, value(field)?)))
        .collect()
}

/// A field as JSON. What JSON has no number for, as a NaN, becomes its text, so that it is noticed.
fn value(field: Field) -> Result<Value, Fault> {
    let float = |number: f64| match serde_json::Number::from_f64(number) {
        Some(number) => Value::Number(number),
        None => Value::String(number.to_string()),
    };
    Ok(match field {
        Field::Null => Value::Null,
        Field::Bool(truth) => truth.into(),
        Field::Byte(number) => number.into(),
        Field::Short(number) => number.into(),
        Field::Int(number) => number.into(),
        Field::Long(number) => number.into(),
        Field::UByte(number) => number.into(),
        Field::UShort(number) => number.into(),
        Field::UInt(number) => number.into(),
        Field::ULong(number) => number.into(),
        Field::Float16(number) => float(f64::from(number.to_f32())),
        Field::Float(number) => float(f64::from(number)),
        Field::Double(number) => float(number),
        Field::Str(text) => text.into(),
        // Older writers do not say that their bytes are text.
        Field::Bytes(bytes) => match bytes.as_utf8() {
            Ok(text) => text.into(),
            Err(_) => {
                let invalid = std::str::from_utf8(bytes.data()).err();
                let byte = invalid.map_or(0, |error| error.valid_up_to());
                return Err(Fault::Utf8 { byte });
            }
        },
        Field::ListInternal(list) => {
            let elements = list.elements().iter().cloned();
            Value::Array(elements.map(value).collect::<Result<_, _>>()?)
        }
        Field::Group(row) => Value::Object(object(row)?),
        other => Value::String(other.to_string()),
    })
}
