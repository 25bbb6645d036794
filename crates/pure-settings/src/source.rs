//! The text of a file, read without trust in what lies at the path.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::error::ConfigError;

/// Many times the longest experiment file that somebody would write.
const LIMIT: u64 = 64 * 1024;

pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |source| ConfigError::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(ConfigError::Folder {
            path: path.to_owned(),
        });
    }
    let mut bytes = Vec::new();
    // Pipes and devices have no size to ask for.
    file.take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LIMIT {
        return Err(ConfigError::TooLarge {
            path: path.to_owned(),
            limit: LIMIT,
        });
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let lines_before = error.as_bytes()[..valid].iter().filter(|&&b| b == b'\n');
        ConfigError::NotUtf8 {
            path: path.to_owned(),
            line: lines_before.count() + 1,
        }
    })
}
