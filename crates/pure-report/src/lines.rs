//! JSON Lines, with the number of each line.
//!
//! A run that is still going may be in the middle of a line: a last line without its end is left out.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::Error;

/// Hands every line of a file to `each`, with its number from 1.
pub(crate) fn read<T: DeserializeOwned>(
    path: &Path,
    mut each: impl FnMut(usize, T) -> Result<(), Error>,
) -> Result<(), Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        file.read_until(b'\n', &mut text).map_err(failed)?;
        if text.pop() != Some(b'\n') {
            break;
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        let record = serde_json::from_slice(&text).map_err(|source| Error::Line {
            path: path.to_owned(),
            line,
            source,
        })?;
        each(line, record)?;
    }
    Ok(())
}
