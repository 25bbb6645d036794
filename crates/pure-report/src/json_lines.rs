//! JSON lines of a run that may still be going: a last line without its end is left for later.

use std::path::Path;

use pure_files::Lines;
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
    let lines = Lines::open(path)?.whole_only();
    Ok(lines.map(move |line| {
        let line = line?;
        Ok(JsonLine {
            path,
            number: line.number,
            text: line.text,
        })
    }))
}
