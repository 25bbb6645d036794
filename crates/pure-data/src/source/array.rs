//! A JSON array of objects, element by element.
//!
//! Where an element ends is told by counting brackets outside of strings, so the next one can be read
//! although this one is broken, unless it is the brackets or quotes that are.

use std::io::{self, BufRead};

use super::{BYTE_ORDER_MARK, Found, LONGEST_RECORD, parse_object};
use crate::fault::{Fault, Place};

#[derive(Debug)]
pub(super) struct Array<R> {
    reader: R,
    /// A stream may never end, so nothing is read behind an element that is too long.
    is_stream: bool,
    line: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the opening bracket.
    Start,
    /// After it.
    First,
    /// After a comma.
    Next,
    /// After the closing bracket.
    Closed,
    /// Nothing more is read.
    Done,
}

/// An element as it stands in the file.
struct Element {
    line: u64,
    text: Vec<u8>,
    too_long: bool,
}

impl<R: BufRead> Array<R> {
    pub(super) fn new(reader: R, is_stream: bool) -> Self {
        Self {
            reader,
            is_stream,
            line: 1,
            state: State::Start,
        }
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = loop {
            match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                buffer => break buffer?.first().copied(),
            }
        };
        if byte.is_some() {
            self.reader.consume(1);
        }
        self.line += u64::from(byte == Some(b'\n'));
        Ok(byte)
    }

    fn byte_after_space(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.byte()? {
                Some(byte) if byte.is_ascii_whitespace() => {}
                other => return Ok(other),
            }
        }
    }

    fn open(&mut self) -> io::Result<Result<(), Fault>> {
        if self.reader.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
            self.reader.consume(BYTE_ORDER_MARK.len());
        }
        let opened = self.byte_after_space()? == Some(b'[');
        Ok(if opened {
            Ok(())
        } else {
            Err(Fault::Type {
                field: "file".to_owned(),
                found: "something else",
                expected: "a JSON array",
            })
        })
    }

    /// The element that stands next, and what ended it.
    fn element(&mut self) -> io::Result<(Element, Option<u8>)> {
        let mut byte = self.byte_after_space()?;
        let mut element = Element {
            line: self.line,
            text: Vec::new(),
            too_long: false,
        };
        let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
        while let Some(found) = byte {
            if in_string {
                in_string = escaped || found != b'"';
                escaped = !escaped && found == b'\\';
            } else {
                match found {
                    b',' | b']' if depth == 0 => return Ok((element, byte)),
                    b'"' => in_string = true,
                    b'[' | b'{' => depth += 1,
                    b']' | b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            element.too_long |= element.text.len() >= LONGEST_RECORD;
            if !element.too_long {
                element.text.push(found);
            } else if self.is_stream {
                break;
            }
            byte = self.byte()?;
        }
        Ok((element, None))
    }

    fn advance(&mut self) -> io::Result<Option<Found>> {
        if self.state == State::Start {
            if let Err(fault) = self.open()? {
                self.state = State::Done;
                return Ok(Some((Place::Line(1), Err(fault))));
            }
            self.state = State::First;
        }
        if self.state == State::Closed {
            self.state = State::Done;
            let more = self.byte_after_space()?;
            return Ok(more.map(|_| (Place::Line(self.line), Err(Fault::AfterEnd))));
        }
        if self.state == State::Done {
            return Ok(None);
        }
        let first = self.state == State::First;
        let (element, end) = self.element()?;
        let place = Place::Line(element.line);
        self.state = match end {
            None => State::Done,
            Some(b']') => State::Closed,
            Some(_) => State::Next,
        };
        if element.too_long {
            let limit = LONGEST_RECORD;
            return Ok(Some((place, Err(Fault::TooLong { limit }))));
        }
        if end.is_none() {
            return Ok(Some((place, Err(Fault::Truncated))));
        }
        if first && self.state == State::Closed && element.text.is_empty() {
            return self.advance();
        }
        let text = std::str::from_utf8(&element.text).map_err(|error| Fault::Utf8 {
            byte: error.valid_up_to(),
        });
        Ok(Some((place, text.and_then(parse_object))))
    }
}

impl<R: BufRead> Iterator for Array<R> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        self.advance().unwrap_or_else(|source| {
            self.state = State::Done;
            Some((Place::Line(self.line), Err(Fault::Read { source })))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, String)> {
        let told = Array::new(text.as_bytes(), false).map(|(place, record)| {
            let told = match record {
                Ok(map) => serde_json::to_string(&map).unwrap(),
                Err(fault) => fault.to_string(),
            };
            (place.number(), told)
        });
        told.collect()
    }

    fn expect(text: &str, expected: &[(u64, &str)]) {
        let found = read(text);
        let told: Vec<_> = found
            .iter()
            .map(|(line, told)| (*line, &told[..]))
            .collect();
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn elements_are_found_at_their_lines_whatever_their_strings_hold() {
        let text = "\u{feff} [\n{\"a\": \"],\\\"}\"},\n\n {\"b\":\n[1,{}]}\n]\n";
        expect(text, &[(2, r#"{"a":"],\"}"}"#), (4, r#"{"b":[1,{}]}"#)]);
        expect("[]", &[]);
    }

    #[test]
    fn a_bad_element_does_not_stop_the_reading() {
        expect(
            "[{\"a\":}, 7,\n{\"a\":1},]",
            &[
                (1, "not valid JSON: expected value at column 6"),
                (1, "`record` is a number, but must be an object"),
                (2, "{\"a\":1}"),
                (2, "not valid JSON: EOF while parsing a value"),
            ],
        );
    }

    #[test]
    fn a_stream_ends_with_an_element_that_is_too_long() {
        let endless = io::BufReader::new(io::Read::chain(&b"[\""[..], io::repeat(b'x')));
        let found: Vec<Found> = Array::new(endless, true).collect();
        assert!(matches!(found[..], [(_, Err(Fault::TooLong { .. }))]));
    }

    #[test]
    fn an_array_that_was_cut_off_or_goes_on_is_told() {
        let truncated = Fault::Truncated.to_string();
        expect("[{\"a\":1},\n{\"b\":", &[(1, "{\"a\":1}"), (2, &truncated)]);
        expect("[{\"a\":1}", &[(1, &truncated)]);
        expect("[", &[(1, &truncated)]);
        expect(
            "[]\n{}",
            &[(2, "there is something after the end of the array")],
        );
        expect(
            "{}",
            &[(1, "`file` is something else, but must be a JSON array")],
        );
    }
}
