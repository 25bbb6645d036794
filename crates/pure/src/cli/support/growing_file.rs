//! A file of lines that grows, and that a run which was cut off goes on with.
//!
//! What decides its lines is kept beside it, in `FILE.settings.json`, for lines of two kinds must not meet in one file.
//! One process at a time writes it.

use std::ffi::OsString;
use std::fmt::Display;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use miette::{Report, miette};
use serde_json::Value;

pub struct GrowingFile {
    file: File,
    name: String,
    /// Lines that were there already.
    pub lines: usize,
}

impl GrowingFile {
    /// Opens a file whose lines are made with these settings, or makes one. Its whole lines are kept, a last one that is
    /// not whole is cut off.
    pub fn open(path: &Path, settings: &str) -> miette::Result<Self> {
        let name = path.display().to_string();
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(|error| cannot(&name, &error))?;
        // A device is nobody's, and has no end to go on from.
        if path.is_file() {
            claim(path, &file)?;
            keep(path, &file, settings)?;
        }
        let mut read = || -> io::Result<usize> {
            let mut text = Vec::new();
            file.read_to_end(&mut text)?;
            let end = text.iter().rposition(|&b| b == b'\n');
            let whole = end.map_or(0, |at| at + 1);
            file.set_len(whole as u64)?;
            file.seek(SeekFrom::End(0))?;
            Ok(text[..whole].iter().filter(|&&b| b == b'\n').count())
        };
        let lines = read().map_err(|error| cannot(&name, &error))?;
        Ok(Self { file, name, lines })
    }

    pub fn append(&mut self, lines: &str) -> miette::Result<()> {
        let written = self.file.write_all(lines.as_bytes());
        written.map_err(|error| cannot(&self.name, &error))
    }

    /// Returns when what was appended is on the disk.
    pub fn sync(&self) -> miette::Result<()> {
        let synced = self.file.sync_data();
        synced.map_err(|error| cannot(&self.name, &error))
    }
}

fn cannot(name: impl Display, error: &io::Error) -> Report {
    miette!("cannot write {name}: {error}")
}

/// Makes sure that no other process writes the file.
fn claim(path: &Path, file: &File) -> miette::Result<()> {
    let name = path.display();
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(miette!(
            help = "wait until it has ended, or name another file",
            "{name} is being written by another process"
        )),
        Err(TryLockError::Error(error)) => Err(cannot(name, &error)),
    }
}

/// Keeps the settings of a file that is empty; compares them with those of one that is not.
fn keep(path: &Path, file: &File, settings: &str) -> miette::Result<()> {
    let name = path.display();
    let beside = beside(path);
    let metadata = file.metadata().map_err(|error| cannot(&name, &error))?;
    if metadata.len() == 0 {
        return pure::files::write(&beside, settings).map_err(Report::from_err);
    }
    let Ok(there) = fs::read_to_string(&beside) else {
        return Err(miette!(
            help = "name another file, or remove it",
            "{name} is there already, and no {} says how it was made",
            beside.display()
        ));
    };
    match difference(&there, settings) {
        None => Ok(()),
        Some(difference) => Err(miette!(
            help = "go on as it was begun, or name another file",
            "{name} holds lines that were made in another way: {difference}"
        )),
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".settings.json");
    name.into()
}

/// How two texts of settings differ, in words; nothing, if they do not.
fn difference(there: &str, here: &str) -> Option<String> {
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
            let new = right.keys().filter(|name| !left.contains_key(*name));
            for name in left.keys().chain(new) {
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
