//! Text line by line, as JSON lines are written: with the number of each line, and a bound on its length.
//!
//! Blank lines are passed over, and so are a byte order mark at the start and the `\r` of Windows. A line
//! that is too long or no text is an error, and the reading goes on after it; a stream ends with a line
//! that is too long, for it may never end.

use std::io::{self, BufRead};
use std::path::Path;

use crate::{Error, Input};

/// The longest line that is read: 64 MiB.
pub const LONGEST_LINE: usize = 64 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A line that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// From 1, blank lines counted.
    pub number: u64,
    /// Without its end.
    pub text: String,
    /// How many bytes of the file are read when it is: where the next line begins.
    pub end: u64,
    /// Whether it has an end. The last one may lack it: it was cut off, or is still being written.
    pub is_whole: bool,
}

/// The lines of a text, one by one.
#[derive(Debug)]
pub struct Lines {
    input: Input,
    whole_only: bool,
    number: u64,
    read: u64,
    done: bool,
}

impl Lines {
    /// Those of a regular file.
    ///
    /// # Errors
    ///
    /// As [`Input::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Input::open(path).map(Self::of)
    }

    /// Those of an input, which may be a stream.
    pub fn of(input: Input) -> Self {
        Self {
            input,
            whole_only: false,
            number: 0,
            read: 0,
            done: false,
        }
    }

    /// Leaves a last line that has no end: for who follows a file that is still being written.
    #[must_use]
    pub fn whole_only(mut self) -> Self {
        self.whole_only = true;
        self
    }

    /// The size of the file, unless it is a stream.
    pub fn size(&self) -> Option<u64> {
        self.input.size()
    }

    /// Reads a line up to its end; says whether it has one.
    fn read_line(&mut self, line: &mut Vec<u8>) -> Result<bool, Error> {
        let mut too_long = false;
        let is_whole = loop {
            let buffer = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.done = true;
                    return Err(Error::read(self.input.path())(error));
                }
                Ok(buffer) => buffer,
            };
            if buffer.is_empty() {
                break false;
            }
            let end = buffer.iter().position(|&byte| byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            too_long |= line.len() + part.len() > LONGEST_LINE;
            if !too_long {
                line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            self.read += used as u64;
            if end.is_some() {
                break true;
            }
            if too_long && self.input.size().is_none() {
                self.done = true;
                break false;
            }
        };
        match too_long {
            true => Err(Error::LineTooLong {
                path: self.input.path().to_owned(),
                line: self.number,
                limit: LONGEST_LINE,
            }),
            false => Ok(is_whole),
        }
    }
}

impl Iterator for Lines {
    type Item = Result<Line, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            let mut bytes = Vec::new();
            self.number += 1;
            let is_whole = match self.read_line(&mut bytes) {
                Ok(is_whole) => is_whole,
                Err(error) => return Some(Err(error)),
            };
            self.done = !is_whole;
            if self.done && self.whole_only {
                return None;
            }
            if self.number == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
                bytes.drain(..BYTE_ORDER_MARK.len());
            }
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            return Some(match String::from_utf8(bytes) {
                Ok(text) => Ok(Line {
                    number: self.number,
                    text,
                    end: self.read,
                    is_whole,
                }),
                Err(error) => Err(Error::NotUtf8 {
                    path: self.input.path().to_owned(),
                    line: self.number,
                    valid: error.utf8_error().valid_up_to(),
                }),
            });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a text: number, text and end, or the error.
    fn read(text: &[u8], how: impl Fn(Lines) -> Lines) -> Vec<Result<(u64, String, u64), String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, text).unwrap();
        let lines = how(Lines::open(&path).unwrap());
        lines
            .map(|line| match line {
                Ok(line) => Ok((line.number, line.text, line.end)),
                Err(error) => Err(error.to_string()),
            })
            .collect()
    }

    fn line(number: u64, text: &str, end: u64) -> Result<(u64, String, u64), String> {
        Ok((number, text.to_owned(), end))
    }

    #[test]
    fn lines_have_their_numbers_and_ends_whatever_stands_between_them() {
        let text = b"\xef\xbb\xbf{1}\r\n\n  \n{2} \n{3}";
        let all = [line(1, "{1}", 8), line(4, "{2} ", 17), line(5, "{3}", 20)];
        assert_eq!(read(text, |lines| lines), all);
        assert_eq!(read(text, Lines::whole_only), all[..2]);
        assert!(read(b"", |lines| lines).is_empty());
        assert!(read(b"\n\n", |lines| lines).is_empty());
    }

    #[test]
    fn only_the_last_line_may_lack_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "1\n2").unwrap();
        let lines = Lines::open(&path).unwrap();
        let whole: Vec<bool> = lines.map(|line| line.unwrap().is_whole).collect();
        assert_eq!(whole, [true, false]);
    }

    #[test]
    fn a_line_that_is_too_long_or_no_text_does_not_stop_the_reading() {
        let too_long = vec![b'x'; LONGEST_LINE + 1];
        let text = [&b"12345\n"[..], &too_long, b"\na\xff\n1"].concat();
        let found = read(&text, |lines| lines);
        let error = found[1].as_ref().unwrap_err();
        assert!(
            error.contains("line 2: longer than 67108864 bytes"),
            "{error}"
        );
        let error = found[2].as_ref().unwrap_err();
        assert!(
            error.contains("line 3: not valid UTF-8 from byte 2"),
            "{error}"
        );
        assert_eq!(found[3], line(4, "1", 67_108_876));
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn a_file_without_a_line_end_takes_no_more_memory_than_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sparse");
        let file = std::fs::File::create(&path).unwrap();
        file.set_len(LONGEST_LINE as u64 + 10).unwrap();
        let found: Vec<_> = Lines::open(&path).unwrap().collect();
        assert!(matches!(
            &found[..],
            [Err(Error::LineTooLong { line: 1, .. })]
        ));
    }
}
