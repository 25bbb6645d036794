//! Records as they stand, for programs that pass on what they read with something added.

use std::io::BufRead;

use pure_files::{Input, Position};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::fault::{Fault, Place};
use crate::source::{Layout, Source};

/// The records of an input as they stand, one by one.
#[derive(Debug)]
pub struct RawRecords {
    source: Source,
    layout: Layout,
    size: Option<u64>,
    position: Position,
    count: u64,
}

/// A record with its numbers.
#[derive(Debug)]
pub struct RawRecord {
    /// Where it stands.
    pub place: Place,
    /// Its line, or which element of an array or row of a table it is, from 1: no other record has it.
    pub number: u64,
    /// Which record it is, from 1: what names it where it has no name, as for [`Question`](crate::Question).
    pub count: u64,
    /// Its fields in their order, or what is wrong with it.
    pub fields: Result<Map<String, Value>, Fault>,
}

impl RawRecords {
    /// Reads a file, a pipe or standard input, in the layout that its first bytes and its name tell. Where they tell none,
    /// it is read as JSON lines, of which the first is broken.
    ///
    /// # Errors
    ///
    /// As [`Records::open`](crate::Records::open).
    pub fn of(mut input: Input) -> Result<Self, Error> {
        let path = input.path().to_owned();
        let start = input.fill_buf().map_err(Error::read(&path))?;
        let layout = Layout::guess(&path, start).unwrap_or(Layout::JsonLines);
        Ok(Self {
            layout,
            size: input.size().filter(|_| layout != Layout::Parquet),
            position: input.position(),
            source: Source::of(input, layout)?,
            count: 0,
        })
    }

    /// How many bytes there are to be read, if that is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// How many bytes were read.
    pub fn position(&self) -> Position {
        self.position.clone()
    }
}

impl Iterator for RawRecords {
    type Item = RawRecord;

    fn next(&mut self) -> Option<RawRecord> {
        let (place, fields) = self.source.records.next()?;
        self.count += 1;
        let number = match (self.layout, place) {
            (Layout::JsonLines, Place::Line(line)) => line,
            // All elements of an array may stand on one line.
            _ => self.count,
        };
        Some(RawRecord {
            place,
            number,
            count: self.count,
            fields,
        })
    }
}
