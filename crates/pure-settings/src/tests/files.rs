//! What can lie at the path of an experiment file.

use std::fs;
use std::path::Path;

use super::experiment::{Experiment, LEAST, read};
use crate::{ConfigError, load};

fn loaded(path: &Path) -> Result<Experiment, ConfigError> {
    Ok(load(path, &[])?.settings)
}

/// What is said of a file with these bytes, after its path.
fn said(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.toml");
    fs::write(&path, bytes).unwrap();
    let error = loaded(&path).unwrap_err().to_string();
    error.replace(&path.display().to_string(), "FILE")
}

#[test]
fn a_good_file_is_read_with_or_without_a_byte_order_mark() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.toml");
    for start in ["", "\u{feff}"] {
        fs::write(&path, format!("{start}{LEAST}")).unwrap();
        assert_eq!(loaded(&path).unwrap(), read(LEAST, &[]).unwrap());
    }
    fs::write(&path, LEAST.replace('\n', "\r\n")).unwrap();
    assert_eq!(loaded(&path).unwrap(), read(LEAST, &[]).unwrap());
}

#[test]
fn a_missing_file_is_named() {
    let error = loaded("no/such.toml".as_ref()).unwrap_err().to_string();
    assert!(error.starts_with("cannot read no/such.toml: "), "{error}");
}

#[test]
fn a_folder_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let error = loaded(folder.path()).unwrap_err().to_string();
    assert!(
        error.ends_with("is a folder; name the TOML file in it"),
        "{error}"
    );
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_line() {
    let said = said(b"model = 'm'\nnote = '\xff'\n");
    assert_eq!(said, "FILE, line 2: this is not UTF-8 text");
}

#[test]
fn a_file_that_is_no_experiment_is_not_read_whole() {
    let said = said(&b"#\n".repeat(50_000));
    assert_eq!(
        said,
        "FILE has more than 65536 bytes: that is no experiment file"
    );
}

#[test]
fn the_line_is_said_after_the_path() {
    let said = said(b"model = 1");
    assert_eq!(
        said,
        "FILE, line 1: model is 1, but must be a path, as a string"
    );
}
