//! Files of a run that grow, most of them line by line: `metrics.jsonl`, `samples.jsonl`. Never a line
//! twice.
//!
//! A run that goes on from a checkpoint cuts off what was written after it: the file is that of a run
//! that was never stopped.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::Error;

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
    pub fn write(&mut self, line: &impl Serialize) -> Result<(), Error> {
        let mut line = serde_json::to_vec(line).expect("lines are plain data");
        line.push(b'\n');
        self.append(&line)
    }

    /// Writes bytes, in a file that has no lines.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = self.file.write_all(bytes);
        written.map_err(Error::write(&self.path))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Its length, once what it holds is safe on the disk.
    pub fn synced(&mut self) -> Result<u64, Error> {
        self.file.sync_data().map_err(Error::write(&self.path))?;
        Ok(self.length)
    }
}
