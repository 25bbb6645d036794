//! JSON lines: one object a line, empty lines between them or none.

use std::io::{self, BufRead};

use super::{BYTE_ORDER_MARK, Found, LONGEST_RECORD, parse_object};
use crate::fault::{Fault, Place};

#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    line: Vec<u8>,
    failed: bool,
}

/// How a line ended.
enum End {
    NewLine,
    File,
    TooLong,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            number: 0,
            line: Vec::new(),
            failed: false,
        }
    }

    /// Reads a line into `self.line`, without its end. What is too long is passed over.
    fn read_line(&mut self) -> io::Result<End> {
        self.line.clear();
        let mut too_long = false;
        loop {
            let buffer = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            if buffer.is_empty() {
                return Ok(if too_long { End::TooLong } else { End::File });
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            too_long |= self.line.len() + part.len() > LONGEST_RECORD;
            if !too_long {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                return Ok(if too_long { End::TooLong } else { End::NewLine });
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        while !self.failed {
            self.number += 1;
            let place = Place::Line(self.number);
            let end = match self.read_line() {
                Ok(end) => end,
                Err(source) => {
                    self.failed = true;
                    return Some((place, Err(Fault::Read { source })));
                }
            };
            if let End::TooLong = end {
                let limit = LONGEST_RECORD;
                return Some((place, Err(Fault::TooLong { limit })));
            }
            let mut text = &self.line[..];
            if self.number == 1 {
                text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
            }
            let last = matches!(end, End::File);
            if text.trim_ascii().is_empty() {
                if last {
                    return None;
                }
                continue;
            }
            let record = parse_object(text).map_err(|fault| match fault {
                Fault::Json { source } if last && source.is_eof() => Fault::Truncated,
                other => other,
            });
            return Some((place, record));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<(u64, String)> {
        let lines = Lines::new(io::BufReader::with_capacity(3, text));
        let told = lines.map(|(place, record)| {
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
    fn a_line_without_end_is_passed_over() {
        let mut text = vec![b'x'; LONGEST_RECORD + 10];
        text.extend_from_slice(b"\n{}\n");
        let found: Vec<_> = Lines::new(&text[..]).collect();
        assert!(matches!(found[0].1, Err(Fault::TooLong { .. })));
        assert!(found[1].1.is_ok());
    }
}
