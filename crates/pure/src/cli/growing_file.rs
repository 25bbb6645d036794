//! A file of lines that grows, and that a run which was cut off goes on with.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use miette::{Report, miette};

pub struct GrowingFile {
    file: File,
    name: String,
    /// Lines that were there already.
    pub lines: usize,
}

impl GrowingFile {
    /// Opens a file, or makes it. Its whole lines are kept, a last one that is not whole is cut off.
    pub fn open(path: &Path) -> miette::Result<Self> {
        let name = path.display().to_string();
        let open = || -> io::Result<(File, usize)> {
            let mut options = OpenOptions::new();
            let options = options.read(true).write(true).create(true).truncate(false);
            let mut file = options.open(path)?;
            let mut text = Vec::new();
            file.read_to_end(&mut text)?;
            let end = text.iter().rposition(|&b| b == b'\n');
            let whole = end.map_or(0, |at| at + 1);
            file.set_len(whole as u64)?;
            file.seek(SeekFrom::End(0))?;
            let lines = text[..whole].iter().filter(|&&b| b == b'\n').count();
            Ok((file, lines))
        };
        let (file, lines) = open().map_err(|error| cannot(&name, &error))?;
        Ok(Self { file, name, lines })
    }

    pub fn append(&mut self, lines: &str) -> miette::Result<()> {
        let written = self.file.write_all(lines.as_bytes());
        written.map_err(|error| cannot(&self.name, &error))
    }

    /// Returns when what was appended is on the disk.
    pub fn sync(&self) -> miette::Result<()> {
        let synced = self.file.sync_data();
        synced.map_err(|error| cannot(&self.name, &error))
    }
}

fn cannot(name: &str, error: &io::Error) -> Report {
    miette!("cannot write {name}: {error}")
}
