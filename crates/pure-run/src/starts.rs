//! When, with which version and on which device a run was begun, and gone on with: `starts.jsonl`.
//!
//! ```json
//! {"at": "2026-01-31T12:00:00Z", "version": "0.1.0", "device": "cpu"}
//! ```
//!
//! What it computes does not depend on it, so it is no part of the settings.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use pure_files::Journal;
use serde_json::json;

use crate::error::Error;

const STARTS: &str = "starts.jsonl";

/// Adds a line for now.
pub(crate) fn note(folder: &Path, device: &str) -> Result<(), Error> {
    let line = json!({"at": now(), "version": env!("CARGO_PKG_VERSION"), "device": device});
    let mut journal = Journal::open(folder.join(STARTS), u64::MAX)?;
    journal.write_line(line.to_string())?;
    Ok(())
}

fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    rfc_3339(since.map_or(0, |since| since.as_secs()))
}

/// A time in seconds since 1970, in UTC. The year begins in March here, so that the day that some years have more is
/// their last.
fn rfc_3339(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Since the first of March of the year 0; a day is in one of the cycles of 400 years, which are of one length.
    let days = days + 719_468;
    let (cycle, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = match month {
        0..10 => (400 * cycle + year, month + 3),
        _ => (400 * cycle + year + 1, month - 9),
    };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Python's `datetime.fromtimestamp(seconds, timezone.utc)` has them.
    #[test]
    fn times_are_those_of_python() {
        for (seconds, time) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (1_795_974_439, "2026-11-29T17:47:19Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc_3339(seconds), time);
        }
    }

    #[test]
    fn each_start_is_a_line() {
        let folder = tempfile::tempdir().unwrap();
        for device in ["cpu", "cuda:1"] {
            note(folder.path(), device).unwrap();
        }
        let text = std::fs::read_to_string(folder.path().join(STARTS)).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!((lines.len(), &lines[1]["device"]), (2, &json!("cuda:1")));
        assert_eq!(lines[0]["version"], env!("CARGO_PKG_VERSION"));
    }
}
