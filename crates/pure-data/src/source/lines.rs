//! JSON lines: one object a line, empty lines between them or none.

use std::io;

use pure_files::Lines;

use super::{Found, parse_object};
use crate::fault::{Fault, Place};

pub(super) fn records(lines: Lines) -> impl Iterator<Item = Found> {
    use pure_files::Error;
    // Not every error tells its line.
    let mut next = 1;
    lines.map(move |line| {
        let (number, record) = match line {
            Ok(line) => {
                let record = parse_object(&line.text).map_err(|fault| match fault {
                    Fault::Json { source } if !line.is_whole && source.is_eof() => Fault::Truncated,
                    other => other,
                });
                (line.number, record)
            }
            Err(Error::LineTooLong { line, limit, .. }) => (line, Err(Fault::TooLong { limit })),
            Err(Error::NotUtf8 { line, valid, .. }) => (line, Err(Fault::Utf8 { byte: valid })),
            Err(Error::Read { source, .. }) => (next, Err(Fault::Read { source })),
            Err(other) => {
                let source = io::Error::other(other);
                (next, Err(Fault::Read { source }))
            }
        };
        next = number + 1;
        (Place::Line(number), record)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<(u64, String)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.jsonl");
        pure_files::write(&path, text).unwrap();
        let told = records(Lines::open(&path).unwrap()).map(|(place, record)| {
            let told = match record {
                Ok(map) => serde_json::to_string(&map).unwrap(),
                Err(fault) => fault.to_string(),
            };
            (place.number(), told)
        });
        told.collect()
    }

    #[test]
    fn a_bad_line_does_not_stop_the_reading() {
        let text = b"\xef\xbb\xbf{\"a\":1}\r\n\n  \n{\"a\":}\n[1]\n{\"a\":\"\xff\"}\n{\"a\":2}\n";
        let found = read(text);
        let told: Vec<_> = found
            .iter()
            .map(|(line, told)| (*line, &told[..]))
            .collect();
        assert_eq!(
            told,
            [
                (1, "{\"a\":1}"),
                (4, "not valid JSON: expected value at column 6"),
                (5, "`record` is a list, but must be an object"),
                (6, "not valid UTF-8 from byte 6 of the record on"),
                (7, "{\"a\":2}"),
            ]
        );
    }

    #[test]
    fn a_last_line_that_was_cut_off_is_called_so() {
        let found = read(b"{\"a\":1}\n{\"a\":");
        assert_eq!(found.len(), 2);
        assert!(found[1].1.contains("cut off"), "{}", found[1].1);
        assert_eq!(read(b"{\"a\":1}").len(), 1);
        assert!(read(b"").is_empty());
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut text = vec![b'x'; pure_files::LONGEST_LINE + 10];
        text.extend_from_slice(b"\n{}\n");
        let found = read(&text);
        assert!(found[0].1.contains("longer than"), "{}", found[0].1);
        assert_eq!(found[1], (2, "{}".to_owned()));
    }
}
