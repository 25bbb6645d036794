//! How records are laid out in a file.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::BYTE_ORDER_MARK;
use crate::Error;

/// How records are laid out in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Layout {
    /// One JSON object a line.
    JsonLines,
    /// One JSON array of objects.
    JsonArray,
    /// Apache Parquet, one record a row.
    Parquet,
}

impl Layout {
    /// By the first bytes, and by the name where those tell nothing.
    pub(crate) fn guess(path: &Path, start: &[u8]) -> Result<Self, Error> {
        if start.starts_with(b"PAR1") {
            return Ok(Self::Parquet);
        }
        let text = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
        match text.trim_ascii_start().first() {
            Some(b'[') => return Ok(Self::JsonArray),
            Some(b'{') => return Ok(Self::JsonLines),
            _ => {}
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension {
            // A first line that is broken, or nothing at all.
            Some("jsonl" | "ndjson" | "json") => Ok(Self::JsonLines),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(Error::UnknownLayout {
                path: path.to_owned(),
                found: match start {
                    [] => "nothing".to_owned(),
                    _ => format!("`{}`", start[..start.len().min(16)].escape_ascii()),
                },
            }),
        }
    }
}
