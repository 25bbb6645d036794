//! The records of a file, one by one, whatever they are.

use std::marker::PhantomData;
use std::path::Path;

use crate::error::Error;
use crate::fault::{BadRecord, Fault, Place};
use crate::source::{Fields, Layout, Source};

/// Something that a file may hold many of. Only the types of this crate are.
pub trait Record: Sized {
    /// The fields that it must have, in words.
    const FIELDS: &'static str;

    /// Whether a table with these columns can hold it.
    fn fits(has: &dyn Fn(&str) -> bool) -> bool;

    /// Reads one.
    fn read(fields: &Fields, place: Place) -> Result<Self, Fault>;
}

/// The records of a file, one by one. A bad record is an error, and the reading goes on after it.
#[derive(Debug)]
pub struct Records<T> {
    source: Source,
    of: PhantomData<fn() -> T>,
}

impl<T: Record> Records<T> {
    /// Opens a file of JSON lines, a JSON array, or Parquet; `layout` if its first bytes do not tell.
    /// A pipe is read too, unless it is Parquet.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if there is none, [`Error::UnknownLayout`] if it is none of these, and for
    /// Parquet [`Error::Parquet`] if it is broken, [`Error::Columns`] if it holds something else and
    /// [`Error::NoParquet`] in a build that does not read it.
    pub fn open(path: impl AsRef<Path>, layout: Option<Layout>) -> Result<Self, Error> {
        let source = Source::open(path.as_ref(), layout)?;
        source.check_columns(T::fits, T::FIELDS)?;
        Ok(Self {
            source,
            of: PhantomData,
        })
    }
}

impl<T: Record> Iterator for Records<T> {
    type Item = Result<T, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        let (place, record) = self.source.records.next()?;
        let read = record.and_then(|map| T::read(&Fields::new(&map), place));
        Some(read.map_err(|fault| self.source.bad_record(place, fault)))
    }
}
