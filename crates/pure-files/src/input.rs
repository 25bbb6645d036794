//! What is read: regular files, and streams where they are asked for.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;

/// Bytes of a regular file or of a stream.
#[derive(Debug)]
pub struct Input {
    path: PathBuf,
    reader: BufReader<Source>,
    size: Option<u64>,
    position: Position,
}

/// How many bytes of an input were read. It goes on counting where the input was handed on to somebody else.
#[derive(Debug, Clone, Default)]
pub struct Position(Arc<AtomicU64>);

impl Position {
    /// The bytes so far.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn advance(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

#[derive(Debug)]
enum Source {
    File(File),
    Standard(io::Stdin),
}

impl Input {
    /// Opens a regular file, which a link may lead to.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if there is none, [`Error::NotAFile`] if it is something else.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_if(path.as_ref(), false)
    }

    /// Opens a regular file, or a pipe, which waits until somebody writes to it, or a terminal.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if there is none, [`Error::NotAFile`] for a folder or another device.
    pub fn open_stream(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_if(path.as_ref(), true)
    }

    /// The standard input of the process.
    pub fn standard() -> Self {
        Self {
            path: PathBuf::from("standard input"),
            reader: BufReader::new(Source::Standard(io::stdin())),
            size: None,
            position: Position::default(),
        }
    }

    fn open_if(path: &Path, streams: bool) -> Result<Self, Error> {
        let failed = || Error::read(path);
        // Before it is opened: who opens a pipe waits.
        let there = path.metadata().map_err(failed())?;
        let refused = || Error::not_a_file(path, kind(&there));
        let may_read = there.is_file() || streams && may_stream(&there);
        if !may_read {
            return Err(refused());
        }
        let file = File::open(path).map_err(failed())?;
        if kind(&there) == DEVICE && !file.is_terminal() {
            return Err(refused());
        }
        Ok(Self {
            path: path.to_owned(),
            size: there.is_file().then_some(there.len()),
            reader: BufReader::new(Source::File(file)),
            position: Position::default(),
        })
    }

    /// Its path, or what else it is called.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The size of a regular file. A stream has none.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// How far it is read.
    pub fn position(&self) -> Position {
        self.position.clone()
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.position.advance(read);
        Ok(read)
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.reader.consume(bytes);
        self.position.advance(bytes);
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Standard(input) => input.read(buffer),
        }
    }
}

/// Whether a path leads to a pipe or a terminal, whose reader waits for somebody to write: worth a word
/// on the screen.
pub fn is_stream(path: impl AsRef<Path>) -> bool {
    path.as_ref()
        .metadata()
        .is_ok_and(|there| may_stream(&there))
}

/// Reads a regular file of `limit` bytes at most.
///
/// # Errors
///
/// [`Error::Read`], [`Error::NotAFile`], [`Error::TooLarge`] or [`Error::NotUtf8`].
pub fn read_to_string(path: impl AsRef<Path>, limit: u64) -> Result<String, Error> {
    let path = path.as_ref();
    let mut bytes = Vec::new();
    let file = Input::open(path)?;
    let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    if read.map_err(Error::read(path))? as u64 > limit {
        return Err(Error::TooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let mut lines = before.split(|&byte| byte == b'\n');
        Error::NotUtf8 {
            path: path.to_owned(),
            line: lines.clone().count() as u64,
            valid: lines.next_back().map_or(0, <[u8]>::len),
        }
    })
}

const DEVICE: &str = "a device";
const PIPE: &str = "a pipe";

/// What is there in place of a regular file.
fn kind(of: &Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = of.file_type();
        if kind.is_char_device() {
            return DEVICE;
        }
        if kind.is_fifo() || kind.is_socket() {
            return PIPE;
        }
    }
    match of.is_dir() {
        true => "a folder",
        false => "neither a file nor a folder",
    }
}

fn may_stream(of: &Metadata) -> bool {
    [DEVICE, PIPE].contains(&kind(of))
}
