//! A run is a folder that explains itself and that can be gone on with after any accident.
//!
//! | in it | |
//! | --- | --- |
//! | `config.toml` | the settings, every default written out |
//! | `metrics.jsonl` | a line a step and a line an evaluation |
//! | `samples.jsonl` | what a policy wrote, and what was thought of it |
//! | `tensorboard/` | the metrics, for TensorBoard |
//! | `log/` | the files of Burn's training loop |
//! | `checkpoints/step-000040/` | model, optimizer, learning rate and place; written whole or not at all |
//! | `model/` | the result, in the layout of Hugging Face; the run is done when it is there |

mod checkpoints;
mod durable;
mod journal;
mod keep;
mod logs;
mod tensorboard;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

pub(crate) use self::checkpoints::{Checkpoints, State, checkpoint_before};
pub(crate) use self::durable::write_whole;
use self::durable::{commit, partial, remove_folder, sync};
pub(crate) use self::journal::Journal;
pub(crate) use self::keep::{Keep, best};
pub(crate) use self::logs::{Lengths, Logs};
use crate::Error;

const CONFIG: &str = "config.toml";
const METRICS: &str = "metrics.jsonl";

/// The folder of a run, which no other process works in as long as this lives.
#[derive(Debug)]
pub struct Run {
    folder: PathBuf,
    _lock: File,
}

impl Run {
    /// Opens the folder of a run with these settings, or makes it.
    ///
    /// # Errors
    ///
    /// [`Error::OtherSettings`] or [`Error::NotARun`] if it holds something else, [`Error::InUse`] if
    /// another process works in it, [`Error::Write`] if it cannot be made.
    pub fn open(folder: &Path, config: &str) -> Result<Self, Error> {
        let kept = folder.join(CONFIG);
        let lock = folder.join("lock");
        if !kept.exists() && !lock.exists() {
            let mut entries = fs::read_dir(folder).into_iter().flatten();
            if entries.next().is_some() {
                let path = folder.to_owned();
                return Err(Error::NotARun { path });
            }
        }
        fs::create_dir_all(folder).map_err(Error::write(folder))?;
        let lock_file = File::create(&lock).map_err(Error::write(&lock))?;
        match lock_file.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => {
                let path = folder.to_owned();
                return Err(Error::InUse { path });
            }
            Err(TryLockError::Error(error)) => return Err(Error::write(&lock)(error)),
        }
        if kept.exists() {
            let old = fs::read_to_string(&kept).map_err(Error::read(&kept))?;
            if let Some(difference) = difference(&old, config) {
                let path = folder.to_owned();
                return Err(Error::OtherSettings { path, difference });
            }
        } else {
            write_whole(&kept, config.as_bytes())?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock_file,
        })
    }

    /// Whether a run was begun in a folder.
    pub fn exists(folder: &Path) -> bool {
        folder.join(CONFIG).exists()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the result is, or will be.
    pub fn model(&self) -> PathBuf {
        self.folder.join("model")
    }

    /// Whether the result is there.
    pub fn is_done(&self) -> bool {
        self.model().exists()
    }

    /// What the monitor noticed, with the step after which it did, as far as it was written down.
    ///
    /// # Errors
    ///
    /// [`Error::Read`].
    pub fn notices(&self) -> Result<Vec<(usize, String)>, Error> {
        let path = self.folder.join(METRICS);
        let text = fs::read_to_string(&path).map_err(Error::read(&path))?;
        let lines = text.lines().filter_map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            let notice = line["notice"].as_str()?.to_owned();
            Some((line["step"].as_u64()? as usize, notice))
        });
        Ok(lines.collect())
    }

    /// Has the result written to a folder that gets its name when it is whole.
    ///
    /// # Errors
    ///
    /// That of `write`, or [`Error::Write`].
    pub fn finish(&self, write: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
        write_folder(&self.model(), write)
    }
}

/// Has a folder written that gets its name when it is whole.
pub(crate) fn write_folder(
    path: &Path,
    write: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let partial = partial(path);
    remove_folder(&partial).map_err(Error::write(&partial))?;
    write(&partial)?;
    let settle = || sync(&partial).and_then(|()| commit(&partial, path));
    settle().map_err(Error::write(path))
}

/// The first line that two texts differ in, as a person wants to read it.
fn difference(old: &str, new: &str) -> Option<String> {
    if old == new {
        return None;
    }
    let lost = old.lines().find(|line| !new.lines().any(|l| l == *line));
    let added = new.lines().find(|line| !old.lines().any(|l| l == *line));
    Some(match (lost, added) {
        (Some(lost), Some(added)) => format!("it has `{lost}`, now there is `{added}`"),
        (Some(lost), None) => format!("it has `{lost}`"),
        (None, Some(added)) => format!("it lacks `{added}`"),
        (None, None) => "their order".to_owned(),
    })
}

#[cfg(test)]
mod tests;
