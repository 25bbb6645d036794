//! Files that are there whole or not at all, and text that is read line by line within bounds.
//!
//! Every file that PURE writes goes through this crate, so that a run that is killed, or whose disk
//! is full, leaves the old file or the new one and never half of one:
//!
//! ```
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("metrics.jsonl");
//! pure_files::write(&path, "{\"step\": 1}\n{\"step\": 2}\n{\"st")?;
//!
//! // Who follows a file that still grows leaves a last line that has no end yet.
//! let lines: Vec<_> = pure_files::Lines::open(&path)?.whole_only().collect::<Result<_, _>>()?;
//! assert_eq!(lines[1].number, 2);
//! assert_eq!(lines[1].text, "{\"step\": 2}");
//!
//! // Who goes on with it cuts it back to what was checked, and appends.
//! let mut journal = pure_files::Journal::open(&path, lines[1].end)?;
//! journal.write_line("{\"step\": 3}")?;
//! let length = journal.synced()?;
//! assert_eq!(pure_files::fingerprint(&path)?.length, length);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | write a file | [`write()`], [`write_with`], [`write_by_name`] |
//! | write a folder | [`write_folder`]; [`create_folder`] if it is filled file by file |
//! | append to a file, and cut back what came after a checkpoint | [`Journal`] |
//! | read a text line by line | [`Lines`] |
//! | read a small text at once | [`read_to_string`] |
//! | read bytes from a file or a pipe | [`Input`] |
//! | know whether a file or folder has changed | [`fingerprint`] |
//! | keep other processes out | [`Lock`] |
//! | remove a file or folder | [`remove`] |
//!
//! # How a file is written
//!
//! 1. It is made anew beside its place, as `name.partial`. What a killed process left there is removed
//!    first, and a symbolic link that stands there is never followed.
//! 2. What was written is synced to the disk, of a folder every file in it.
//! 3. It is renamed to `name`, and on Unix the folder that holds it is synced.
//!
//! After a failure the old file is still there and `name.partial` is not. A link at `name` itself is
//! replaced, not followed. Two processes must not write the same file at the same time: see [`Lock`].
//!
//! # What is read
//!
//! Only regular files, unless a stream is asked for: then a pipe or a terminal is read too. A folder or
//! a device such as `/dev/zero` is refused by name. Nothing is read without a limit on its size.
//!
//! # What it stands on
//!
//! - **crc32fast** for checksums at the speed of the disk.

mod error;
mod fingerprint;
mod input;
mod journal;
mod lines;
mod lock;
mod whole;

pub use error::Error;
pub use fingerprint::{Fingerprint, fingerprint};
pub use input::{Input, Position, is_stream, read_to_string};
pub use journal::Journal;
pub use lines::{LONGEST_LINE, Line, Lines};
pub use lock::Lock;
pub use whole::{create_folder, remove, sync, write, write_by_name, write_folder, write_with};
