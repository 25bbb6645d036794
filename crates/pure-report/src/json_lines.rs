//! JSON lines of a run that may still be going: a last line without its end is left for later.

use std::path::Path;

use pure_files::{Line, Lines};
use serde::de::DeserializeOwned;

use crate::Error;

/// The lines of a file, one by one; there are none in a file that is not there.
pub(crate) fn json_lines(
    path: &Path,
) -> Result<impl Iterator<Item = Result<JsonLine<'_>, Error>>, Error> {
    let lines = path.exists().then(|| Lines::open(path)).transpose()?;
    let lines = lines.into_iter().flat_map(Lines::whole_only);
    Ok(lines.map(move |line| Ok(JsonLine(path, line?))))
}

/// A line of a file.
pub(crate) struct JsonLine<'a>(&'a Path, pub Line);

impl JsonLine<'_> {
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(&self.1.text).map_err(|source| self.invalid(source))
    }

    /// The error that the line holds something else than it should.
    pub fn invalid(&self, source: serde_json::Error) -> Error {
        Error::Line {
            path: self.0.to_owned(),
            line: self.1.number,
            source,
        }
    }
}
