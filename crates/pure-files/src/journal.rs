//! A file that grows, and that is cut back to a known length when it is gone on with.
//!
//! A run writes down with each checkpoint how long its journals were. Going on from there it cuts off
//! what came after, so the file is that of a run that was never stopped: no line twice, none lost.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// A file that is appended to.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Journal {
    /// Opens the file, or makes it, and keeps its first `length` bytes, as far as they are there.
    ///
    /// What comes after them is lost: check first that it is the right file, with
    /// [`Lines`](crate::Lines), whose lines tell where they end.
    ///
    /// # Errors
    ///
    /// [`Error::Write`], or [`Error::NotAFile`] for a folder, a pipe or a device.
    pub fn open(path: impl AsRef<Path>, length: u64) -> Result<Self, Error> {
        let path = path.as_ref();
        // Before it is opened: who opens a pipe waits.
        if path.metadata().is_ok_and(|there| !there.is_file()) {
            let found = "a folder, a pipe or a device, and nothing can be cut off there";
            return Err(Error::not_a_file(path, found));
        }
        let open = || -> io::Result<Self> {
            let mut options = OpenOptions::new();
            let options = options.create(true).truncate(false).write(true);
            let file = options.open(path)?;
            let length = length.min(file.metadata()?.len());
            let mut journal = Self {
                path: path.to_owned(),
                file,
                length,
            };
            journal.cut()?;
            Ok(journal)
        };
        open().map_err(Error::write(path))
    }

    /// Appends a line, whose end is added.
    ///
    /// # Errors
    ///
    /// [`Error::Write`]; the line is there whole or, unless the process ends, not at all.
    pub fn write_line(&mut self, line: impl Into<Vec<u8>>) -> Result<(), Error> {
        let mut line = line.into();
        line.push(b'\n');
        self.append(&line)
    }

    /// Appends bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Write`]; the bytes are all there or, unless the process ends, none of them.
    pub fn append(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
        let bytes = bytes.as_ref();
        if let Err(error) = self.file.write_all(bytes) {
            // The first error is the one to tell.
            let _ = self.cut();
            return Err(Error::write(&self.path)(error));
        }
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Its length, once what it holds is safe on the disk.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn synced(&mut self) -> Result<u64, Error> {
        self.file.sync_data().map_err(Error::write(&self.path))?;
        Ok(self.length)
    }

    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_came_after_a_checkpoint_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path, 0).unwrap();
        journal.write_line("one").unwrap();
        let length = journal.synced().unwrap();
        journal.write_line("two").unwrap();
        drop(journal);

        let mut journal = Journal::open(&path, length).unwrap();
        journal.append("three\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\nthree\n");
        let length = |kept| Journal::open(&path, kept).unwrap().synced().unwrap();
        assert_eq!((length(u64::MAX), length(0)), (10, 0));
        assert!(Journal::open(&path, 0).unwrap().is_empty());
    }

    #[test]
    fn a_folder_is_no_journal() {
        let folder = tempfile::tempdir().unwrap();
        let error = Journal::open(folder.path(), 0).unwrap_err();
        assert!(matches!(error, Error::NotAFile { .. }), "{error}");
    }
}
