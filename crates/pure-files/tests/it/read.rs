//! What is no regular file is refused by name, and nothing is read without a limit.

use std::fs;

use pure_files::{
    Error, Input, Journal, LONGEST_LINE, Lines, fingerprint, is_stream, read_to_string,
};

#[test]
fn a_text_that_is_too_large_or_no_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, "a = 1\n").unwrap();
    assert_eq!(read_to_string(&path, 6).unwrap(), "a = 1\n");
    let error = read_to_string(&path, 5).unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 5, .. }), "{error}");
    fs::write(&path, b"a = 1\nb = \xff").unwrap();
    let error = read_to_string(&path, 100).unwrap_err().to_string();
    assert!(
        error.contains("line 2: not valid UTF-8 from byte 5 on"),
        "{error}"
    );
    let error = read_to_string(folder.path().join("missing"), 100).unwrap_err();
    assert!(error.is_not_found());
}

#[test]
fn a_folder_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    for error in [
        read_to_string(folder.path(), 100).unwrap_err(),
        Lines::open(folder.path()).unwrap_err(),
        Input::open_stream(folder.path()).unwrap_err(),
    ] {
        assert!(
            error.to_string().contains("is a folder: name a file"),
            "{error}"
        );
    }
}

#[test]
#[cfg(unix)]
fn a_device_that_never_ends_is_refused() {
    for path in ["/dev/zero", "/dev/full", "/dev/urandom", "/dev/null"] {
        for error in [
            read_to_string(path, 100).unwrap_err(),
            Lines::open(path).unwrap_err(),
            Input::open_stream(path).unwrap_err(),
            fingerprint(path).unwrap_err(),
        ] {
            assert_eq!(
                error.to_string(),
                format!("{path} is a device: name a file")
            );
        }
        let error = Journal::open(path, 0).unwrap_err();
        assert!(matches!(error, Error::NotAFile { .. }), "{error}");
    }
}

#[test]
#[cfg(unix)]
fn a_pipe_is_read_only_by_who_asks_for_a_stream() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    assert!(is_stream(&path));
    // None of these may wait for a writer.
    for error in [
        read_to_string(&path, 100).unwrap_err(),
        Lines::open(&path).unwrap_err(),
        fingerprint(&path).unwrap_err(),
        Journal::open(&path, 0).unwrap_err(),
    ] {
        assert!(error.to_string().contains("a pipe"), "{error}");
    }

    let writer = std::thread::spawn({
        let path = path.clone();
        move || {
            use std::io::Write;
            let mut pipe = fs::File::options().write(true).open(path).unwrap();
            pipe.write_all(b"{1}\n").unwrap();
            // The reader gives up after the limit, so the pipe may break.
            let _ = pipe.write_all(&vec![b'x'; LONGEST_LINE + (1 << 20)]);
        }
    });
    let mut lines = Lines::of(Input::open_stream(&path).unwrap());
    assert_eq!(lines.next().unwrap().unwrap().text, "{1}");
    let error = lines.next().unwrap().unwrap_err();
    assert!(
        matches!(error, Error::LineTooLong { line: 2, .. }),
        "{error}"
    );
    assert!(lines.next().is_none(), "it may never end");
    drop(lines);
    writer.join().unwrap();
}
