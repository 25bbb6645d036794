//! Numbers and texts for TensorBoard, in the files that it reads.
//!
//! ```text
//! file    record*                 record   length, checksum, event, checksum
//! event   wall time, step, summary of named values
//! ```
//!
//! The format is TFRecord with protocol buffers; of both it takes so little that it is written here.
//! As all files of a run it is cut back to where a checkpoint was taken, so a run that goes on has
//! every point once.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use pure_files::Journal;

use crate::error::Error;

/// TensorBoard knows its files by the first words; one name, so that a run has one file.
const NAME: &str = "events.out.tfevents.0.pure";

/// A file of events.
pub(crate) struct TensorBoard {
    file: Journal,
}

/// A named value of an event.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Number(f64),
    Text(&'a str),
}

impl TensorBoard {
    /// Opens the file of a folder and keeps its first `length` bytes, as far as they are there.
    pub fn open(folder: &Path, length: u64) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(Error::write(folder))?;
        let file = Journal::open(folder.join(NAME), length)?;
        let is_new = file.is_empty();
        let mut board = Self { file };
        if is_new {
            let mut event = time();
            put_bytes(&mut event, 3, b"brain.Event:2");
            board.record(&event)?;
        }
        Ok(board)
    }

    /// Writes values of a step.
    pub fn write<'a>(
        &mut self,
        step: usize,
        values: impl IntoIterator<Item = (String, Value<'a>)>,
    ) -> Result<(), Error> {
        let mut summary = Vec::new();
        for (name, value) in values {
            put_bytes(&mut summary, 1, &named(&name, value));
        }
        let mut event = time();
        put_varint(&mut event, 2 << 3);
        put_varint(&mut event, step as u64);
        put_bytes(&mut event, 5, &summary);
        self.record(&event)
    }

    /// Its length, once what it holds is safe on the disk.
    pub fn synced(&mut self) -> Result<u64, Error> {
        Ok(self.file.synced()?)
    }

    fn record(&mut self, event: &[u8]) -> Result<(), Error> {
        let length = (event.len() as u64).to_le_bytes();
        let mut record = length.to_vec();
        record.extend(checksum(&length));
        record.extend(event);
        record.extend(checksum(event));
        Ok(self.file.append(&record)?)
    }
}

/// CRC-32C, turned and shifted as TFRecord has it, so that a checksum of checksums is none.
fn checksum(bytes: &[u8]) -> [u8; 4] {
    let crc = crc32c::crc32c(bytes);
    crc.rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

/// An event that has only its time.
fn time() -> Vec<u8> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let mut event = vec![1 << 3 | 1];
    event.extend(now.map_or(0.0, |now| now.as_secs_f64()).to_le_bytes());
    event
}

/// `Summary.Value`.
fn named(name: &str, value: Value<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    put_bytes(&mut out, 1, name.as_bytes());
    match value {
        Value::Number(number) => {
            out.push(2 << 3 | 5);
            out.extend((number as f32).to_le_bytes());
        }
        Value::Text(text) => {
            const DT_STRING: u64 = 7;
            let mut tensor = vec![1 << 3];
            put_varint(&mut tensor, DT_STRING);
            put_bytes(&mut tensor, 8, text.as_bytes());
            put_bytes(&mut out, 8, &tensor);
            let (mut plugin, mut metadata) = (Vec::new(), Vec::new());
            put_bytes(&mut plugin, 1, b"text");
            put_bytes(&mut metadata, 1, &plugin);
            put_bytes(&mut out, 9, &metadata);
        }
    }
    out
}

/// A field of bytes: text, or a message in the message.
fn put_bytes(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_varint(out, field << 3 | 2);
    put_varint(out, bytes.len() as u64);
    out.extend(bytes);
}

fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records of a file, their checksums proved.
    fn records(bytes: &[u8]) -> Vec<Vec<u8>> {
        let (mut rest, mut records) = (bytes, Vec::new());
        while !rest.is_empty() {
            let (length, behind) = rest.split_at(8);
            assert_eq!(behind[..4], checksum(length));
            let length = u64::from_le_bytes(length.try_into().unwrap()) as usize;
            let (event, behind) = behind[4..].split_at(length);
            assert_eq!(behind[..4], checksum(event));
            records.push(event.to_vec());
            rest = &behind[4..];
        }
        records
    }

    #[test]
    fn checksums_are_those_of_tfrecord() {
        // The first eight bytes of a record of 24 bytes, as TensorFlow writes it.
        assert_eq!(checksum(&24_u64.to_le_bytes()), [0xa3, 0x7f, 0x4b, 0x22]);
    }

    #[test]
    fn a_file_that_is_gone_on_with_has_every_event_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut board = TensorBoard::open(folder.path(), 0).unwrap();
        board
            .write(1, [("loss".to_owned(), Value::Number(0.5))])
            .unwrap();
        let length = board.synced().unwrap();
        board
            .write(2, [("loss".to_owned(), Value::Number(0.4))])
            .unwrap();
        drop(board);
        let mut board = TensorBoard::open(folder.path(), length).unwrap();
        board
            .write(2, [("text".to_owned(), Value::Text("so 3"))])
            .unwrap();
        let bytes = std::fs::read(folder.path().join(NAME)).unwrap();
        let records = records(&bytes);
        assert_eq!(records.len(), 3);
        assert!(records[1].ends_with(&0.5_f32.to_le_bytes()));
        assert!(records[2].windows(4).any(|bytes| bytes == b"so 3"));
    }
}
