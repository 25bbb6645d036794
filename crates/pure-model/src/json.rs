//! The JSON files of a model's folder.

use std::path::Path;

use serde::de::Error as _;
use serde_json::Value;

use crate::Error;
use crate::brief::brief;

/// The JSON of a small file; null if there is none.
pub(crate) fn read_json_if_there(path: &Path, limit: u64) -> Result<Value, Error> {
    if !path.exists() {
        return Ok(Value::Null);
    }
    let text = pure_files::read_to_string(path, limit)?;
    serde_json::from_str(&text).map_err(|error| Error::Json {
        path: path.to_owned(),
        source: brief_json(error),
    })
}

/// An error of JSON that quotes as little, and knows the same place in the text.
pub(crate) fn brief_json(error: serde_json::Error) -> serde_json::Error {
    let (line, column) = (error.line(), error.column());
    let place = format!(" at line {line} column {column}");
    let text = error.to_string();
    let reason = text.strip_suffix(&place).unwrap_or(&text);
    // serde_json reads the place back from such a message.
    serde_json::Error::custom(brief(reason) + &place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_json_keeps_its_place() {
        let text = format!("{{\n  \"a\": \"{}\"}}", "x".repeat(400_000));
        let error = serde_json::from_str::<std::collections::BTreeMap<String, u8>>(&text);
        let error = error.unwrap_err();
        let short = brief_json(serde_json::from_str::<Vec<u8>>("[300]").unwrap_err());
        assert!(short.to_string().contains("300"), "{short}");
        let cut = brief_json(error);
        assert!(cut.to_string().len() < 500, "{cut}");
        assert_eq!((cut.line(), short.column()), (2, 4));
    }
}
