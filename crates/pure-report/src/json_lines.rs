//! JSON lines of a run that may still be going: a last line without its end is left for later.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::Error;

/// A line with its place.
pub(crate) struct JsonLine<'a> {
    path: &'a Path,
    /// From 1.
    pub number: u64,
    text: String,
}

impl JsonLine<'_> {
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(&self.text).map_err(|source| self.invalid(source))
    }

    /// The error that the line holds something else than it should.
    pub fn invalid(&self, source: serde_json::Error) -> Error {
        Error::Line {
            path: self.path.to_owned(),
            line: self.number,
            source,
        }
    }
}

/// The lines of a file, one by one.
pub(crate) fn json_lines(
    path: &Path,
) -> Result<impl Iterator<Item = Result<JsonLine<'_>, Error>>, Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let mut number = 0;
    Ok(std::iter::from_fn(move || {
        loop {
            number += 1;
            let mut text = String::new();
            if let Err(source) = file.read_line(&mut text) {
                return Some(Err(failed(source)));
            }
            if text.pop() != Some('\n') {
                return None;
            }
            if !text.trim().is_empty() {
                return Some(Ok(JsonLine { path, number, text }));
            }
        }
    }))
}
