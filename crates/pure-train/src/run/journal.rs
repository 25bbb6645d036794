//! `metrics.jsonl`: a line for every step and every evaluation, never a line twice.
//!
//! ```json
//! {"step": 12, "split": "train", "learning_rate": 0.001, "loss": 0.53, "time": {"seconds": 0.11}}
//! ```
//!
//! A run that goes on from a checkpoint cuts off what was written after it: the file is that of a run
//! that was never stopped. What differs from run to run, times, stands apart under `time`.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::{Error, Measures};

pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Journal {
    /// Opens the file and keeps its first `length` bytes, as far as they are there.
    pub fn open(path: &Path, length: u64) -> Result<Self, Error> {
        let open = || -> std::io::Result<(File, u64)> {
            let options = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(path);
            let mut file = options?;
            let length = length.min(file.metadata()?.len());
            file.set_len(length)?;
            file.seek(SeekFrom::Start(length))?;
            Ok((file, length))
        };
        let (file, length) = open().map_err(Error::write(path))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            length,
        })
    }

    /// Writes a line.
    pub fn write(
        &mut self,
        step: usize,
        split: &str,
        measures: &Measures,
        time: &Measures,
    ) -> Result<(), Error> {
        let mut line = Map::new();
        line.insert("step".to_owned(), step.into());
        line.insert("split".to_owned(), split.into());
        line.extend(measures.to_json());
        line.insert("time".to_owned(), Value::Object(time.to_json()));
        let line = format!("{}\n", json!(line));
        let written = self.file.write_all(line.as_bytes());
        written.map_err(Error::write(&self.path))?;
        self.length += line.len() as u64;
        Ok(())
    }

    /// Its length, once what it holds is safe on the disk.
    pub fn synced(&mut self) -> Result<u64, Error> {
        self.file.sync_data().map_err(Error::write(&self.path))?;
        Ok(self.length)
    }
}
