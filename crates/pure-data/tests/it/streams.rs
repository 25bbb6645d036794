//! What is no regular file: pipes are read, and what never ends is refused.
#![cfg(unix)]

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::thread;

use pure_data::{Error, LabelledAnswers, Layout, Questions, ReadOptions};

/// Opens what `open` opens while a thread writes `text` into it.
fn piped<T>(text: &'static [u8], open: impl FnOnce(&Path) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut pipe = File::options().write(true).open(&path).unwrap();
            // Who has seen enough closes it.
            let _ = pipe.write_all(text);
        });
        open(&path)
    })
}

#[test]
fn records_are_read_from_a_pipe_in_whatever_layout() {
    for text in [
        &b"{\"question\": \"p\"}\n{\"question\": \"q\"}"[..],
        b" [{\"question\": \"p\"},\n{\"question\": \"q\"}]",
    ] {
        let ids: Vec<String> = piped(text, |path| {
            let questions = Questions::open(path, None).unwrap();
            questions.map(|question| question.unwrap().id).collect()
        });
        assert_eq!(ids, ["1", "2"]);
    }
}

#[test]
fn parquet_is_not_read_from_a_pipe() {
    let error = piped(b"PAR1", |path| Questions::open(path, None).unwrap_err());
    assert!(error.to_string().contains("save it to a file"), "{error}");
}

#[test]
fn a_device_that_never_ends_and_a_folder_are_refused() {
    for path in ["/dev/zero", "/dev/full", "/dev/urandom", "/"] {
        for layout in [None, Some(Layout::JsonLines), Some(Layout::JsonArray)] {
            let error = Questions::open(path, layout).unwrap_err();
            let message = error.to_string();
            assert!(matches!(error, Error::File(_)), "{message}");
            assert!(
                message.starts_with(path) && message.contains("name a file"),
                "{message}"
            );
        }
        assert!(LabelledAnswers::open(path, ReadOptions::default()).is_err());
    }
}
