//! What decides labels, as it is kept beside them: labels of two kinds must not meet in one file.
//!
//! How much is labelled at once, in how much memory and on which device, is not of it.

use std::path::PathBuf;

use pure::prm::LabelConfig;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
pub struct Settings<'a> {
    pub model: PathBuf,
    pub dtype: String,
    pub raw: bool,
    pub labels: &'a LabelConfig,
}

impl Settings<'_> {
    pub fn text(&self) -> String {
        let value = serde_json::to_value(self).expect("settings are JSON");
        format!("{value:#}\n")
    }
}

/// How two texts of settings differ, in words; nothing, if they do not.
pub fn difference(there: &str, here: &str) -> Option<String> {
    if there == here {
        return None;
    }
    // Both are read, so that both go the same way through floating point.
    let read = |text| serde_json::from_str(text).unwrap_or(Value::Null);
    let mut found = Vec::new();
    compare(&read(there), &read(here), "", &mut found);
    (!found.is_empty()).then(|| found.join(", "))
}

fn compare(there: &Value, here: &Value, path: &str, found: &mut Vec<String>) {
    match (there, here) {
        (Value::Object(left), Value::Object(right)) => {
            let names = left
                .keys()
                .chain(right.keys().filter(|k| !left.contains_key(*k)));
            for name in names {
                let dot = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{dot}{name}");
                compare(&there[name], &here[name], &path, found);
            }
        }
        _ if there == here => {}
        _ => found.push(format!("`{path}` was {there} and is {here}")),
    }
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn what_differs_is_named_by_its_path() {
        let there = r#"{"model": "a", "labels": {"samples": 8, "method": "binary-search"}}"#;
        let here = r#"{"model": "a", "labels": {"samples": 4, "method": {"monte-carlo": "soft"}}}"#;
        assert_eq!(
            difference(there, here).unwrap(),
            "`labels.samples` was 8 and is 4, \
             `labels.method` was \"binary-search\" and is {\"monte-carlo\":\"soft\"}"
        );
        assert_eq!(difference(there, there), None);
        assert_eq!(difference("{\"a\": 0.7}", "{\"a\":0.7}"), None);
        assert!(difference("torn", here).is_some());
    }
}
