//! A JSON array of objects, element by element.
//!
//! Where an element ends is told by counting brackets outside of strings, so the next one can be read
//! although this one is broken, unless it is the brackets or quotes that are.

use std::io::{self, BufRead};

use super::{BYTE_ORDER_MARK, Found, LONGEST_RECORD, parse_object};
use crate::fault::{Fault, Place};

pub(super) struct Array<R> {
    reader: R,
    /// A stream may never end, so nothing is read behind an element that is too long.
    is_stream: bool,
    line: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the opening bracket.
    Start,
    /// After a comma.
    Next,
    /// After the closing bracket.
    Closed,
    /// Nothing more is read.
    Done,
}

/// The bytes of an element, or why there are none.
type Element = Result<Vec<u8>, Fault>;

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

    /// The element that stands next, with its line and what ended it.
    fn element(&mut self) -> io::Result<(u64, Element, Option<u8>)> {
        let mut byte = self.byte_after_space()?;
        let line = self.line;
        let (mut text, mut too_long) = (Vec::new(), false);
        let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
        while let Some(found) = byte {
            if in_string {
                in_string = escaped || found != b'"';
                escaped = !escaped && found == b'\\';
            } else {
                match found {
                    b',' | b']' if depth == 0 => break,
                    b'"' => in_string = true,
                    b'[' | b'{' => depth += 1,
                    b']' | b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            too_long |= text.len() >= LONGEST_RECORD;
            if !too_long {
                text.push(found);
            }
            byte = match too_long && self.is_stream {
                true => None,
                false => self.byte()?,
            };
        }
        let limit = LONGEST_RECORD;
        let text = match (too_long, byte) {
            (true, _) => Err(Fault::TooLong { limit }),
            (false, None) => Err(Fault::Truncated),
            (false, Some(_)) => Ok(text),
        };
        Ok((line, text, byte))
    }

    fn advance(&mut self) -> io::Result<Option<Found>> {
        let before = self.state;
        match before {
            State::Start => {
                if self.reader.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
                    self.reader.consume(BYTE_ORDER_MARK.len());
                }
                if self.byte_after_space()? != Some(b'[') {
                    self.state = State::Done;
                    let fault = Fault::wrong("file", "something else", "a JSON array");
                    return Ok(Some((Place::Line(1), Err(fault))));
                }
            }
            State::Next => {}
            State::Closed => {
                self.state = State::Done;
                let more = self.byte_after_space()?;
                return Ok(more.map(|_| (Place::Line(self.line), Err(Fault::AfterEnd))));
            }
            State::Done => return Ok(None),
        }
        let (line, text, end) = self.element()?;
        self.state = match end {
            None => State::Done,
            Some(b']') => State::Closed,
            Some(_) => State::Next,
        };
        let is_blank = text.as_ref().is_ok_and(Vec::is_empty);
        if is_blank && before == State::Start && self.state == State::Closed {
            return self.advance();
        }
        let record = text.and_then(|text| match std::str::from_utf8(&text) {
            Ok(text) => parse_object(text),
            Err(error) => Err(Fault::Utf8 {
                byte: error.valid_up_to(),
            }),
        });
        Ok(Some((Place::Line(line), record)))
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
