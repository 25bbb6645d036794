//! One binary, a file a concern.

mod bad_records;
mod first_errors;
mod hostile;
mod labelled_answers;
#[cfg(not(feature = "parquet"))]
mod no_parquet;
#[cfg(feature = "parquet")]
mod parquet;
mod questions;
mod real_data;
mod streams;

use std::path::PathBuf;

use pure_data::{LabelledAnswers, ReadOptions};

/// A file that tests/fixtures/make.py made.
fn fixture(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    PathBuf::from(folder).join(name)
}

/// A file with this content, gone when the folder is dropped.
fn file_of(name: &str, content: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

/// What is said of every record: its steps, or what is wrong with it after the name of the file.
fn told(name: &str, content: impl AsRef<[u8]>) -> Vec<String> {
    let (_folder, path) = file_of(name, content);
    let answers = LabelledAnswers::open(&path, ReadOptions::default()).unwrap();
    let told = answers.map(|answer| match answer {
        Ok(answer) => format!("{}: {:?}", answer.id, answer.labels),
        Err(bad) => {
            let whole = bad.to_string();
            let after = whole.strip_prefix(&path.display().to_string());
            after.unwrap().trim_start_matches(", ").to_owned()
        }
    });
    told.collect()
}
