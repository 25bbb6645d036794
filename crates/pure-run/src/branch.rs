//! A branch of a run: another run that begins where the first was after a step, and goes on by settings of its own.
//!
//! The checkpoint is copied, and the logs, of which resuming keeps what belongs to it. The checkpoint comes last and whole,
//! so that a branch that was cut short is begun again.

use std::fs;
use std::path::Path;

use crate::checkpoints::{Checkpoints, verified};
use crate::error::Error;
use crate::folder::Run;

impl Run {
    /// Makes this run a branch of another one, unless it has come further already.
    ///
    /// # Errors
    ///
    /// [`Error::Part`] if the other has no such checkpoint or a damaged one, [`Error::File`], [`Error::Read`] or
    /// [`Error::Write`].
    pub fn branch_from(&self, run: &Path, step: usize) -> Result<(), Error> {
        let own = Checkpoints::open(self.folder())?;
        if self.is_done() || own.last_good().0.is_some() {
            return Ok(());
        }
        let from = Checkpoints::of(run).path(step);
        verified(&from).map_err(|reason| Error::Part {
            step,
            part: "model",
            path: from.clone(),
            reason,
        })?;
        let to = self.folder();
        copy_files(run, to, |name| name.ends_with(".jsonl"))?;
        copy_files(&run.join("tensorboard"), &to.join("tensorboard"), |_| true)?;
        pure_files::write_folder(own.path(step), |folder| copy_files(&from, folder, |_| true))
    }
}

/// Copies those files of a folder that `is_wanted` by their names, and no folders in it.
fn copy_files(from: &Path, to: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<(), Error> {
    fs::create_dir_all(to).map_err(Error::write(to))?;
    for entry in fs::read_dir(from).map_err(Error::read(from))? {
        let entry = entry.map_err(Error::read(from))?;
        let (name, path) = (entry.file_name(), entry.path());
        if path.is_file() && is_wanted(&name.to_string_lossy()) {
            let to = to.join(&name);
            fs::copy(&path, &to).map_err(Error::write(&to))?;
        }
    }
    Ok(())
}
