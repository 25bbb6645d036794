//! A run is a folder that explains itself and that can be gone on with after any accident.
//!
//! | in it | |
//! | --- | --- |
//! | `config.toml` | the settings, every default written out |
//! | `starts.jsonl` | when, with which version and on which device it was begun, and gone on with |
//! | `inputs.json` | length and checksum of what the run reads: models, data |
//! | `metrics.jsonl` | a line a step and a line an evaluation |
//! | `samples.jsonl` | what a policy wrote, and what was thought of it |
//! | `tensorboard/` | the metrics, for TensorBoard |
//! | `checkpoints/step-000040/` | a file for each part and its place in the run; written whole or not at all |
//! | `model/` | the result, in the layout of Hugging Face; the run is done when it is there |
//!
//! A damaged checkpoint, state or finished model is noticed by its checksum. Journals have none: a line that
//! somebody changes in `metrics.jsonl` or `samples.jsonl` stays as it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pure_files::Lock;

use crate::checkpoints::Checkpoints;
use crate::error::Error;
use crate::logs::{Logs, METRICS};
use crate::starts;

const CONFIG: &str = "config.toml";
const INPUTS: &str = "inputs.json";

/// The folder of a run, which no other process works in as long as this lives.
#[derive(Debug)]
pub struct Run {
    folder: PathBuf,
    _lock: Lock,
}

impl Run {
    /// Opens the folder of a run with these settings that reads these files and folders, or makes it. A folder
    /// in which no step was taken takes other settings too.
    ///
    /// # Errors
    ///
    /// [`Error::OtherSettings`], [`Error::OtherInput`] or [`Error::NotARun`] if it holds something else,
    /// [`Error::InUse`] if another process works in it, [`Error::File`] if it cannot be made.
    pub fn open(folder: &Path, config: &str, inputs: &[&Path]) -> Result<Self, Error> {
        Self::open_to_prolong(folder, config, inputs, &[])
    }

    /// [`open`](Self::open) of a run of which some settings, by their keys at the top, may be others than those that it
    /// began with. Where they are, a run that is done is so no more: its result goes, as its last checkpoint has it, and
    /// another one is made.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_to_prolong(
        folder: &Path,
        config: &str,
        inputs: &[&Path],
        may_change: &[&str],
    ) -> Result<Self, Error> {
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
        let lock = Lock::take(&lock).map_err(|error| match error {
            pure_files::Error::InUse { .. } => Error::InUse {
                path: folder.to_owned(),
            },
            other => other.into(),
        })?;
        let run = Self {
            folder: folder.to_owned(),
            _lock: lock,
        };
        let old = match kept.exists() {
            true => Some(fs::read_to_string(&kept).map_err(Error::read(&kept))?),
            false => None,
        };
        let begun = old.filter(|old| old != config);
        match begun {
            Some(old) if run.has_begun() => {
                let fixed = |text: &str| without(text, may_change);
                if let Some(difference) = difference(&fixed(&old), &fixed(config)) {
                    let path = folder.to_owned();
                    return Err(Error::OtherSettings { path, difference });
                }
                run.undo_result()?;
            }
            Some(_) => pure_files::remove(folder.join(INPUTS))?,
            None => (),
        }
        if !run.is_done() {
            run.compare_inputs(inputs)?;
        }
        // Last, so that settings that could not be used are not kept.
        pure_files::write(&kept, config)?;
        Ok(run)
    }

    /// Whether a run was begun in a folder.
    pub fn exists(folder: &Path) -> bool {
        folder.join(CONFIG).exists()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Notes that the run is begun, or gone on with, on a device.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if that cannot be written.
    pub fn note_start(&self, device: &str) -> Result<(), Error> {
        starts::note(&self.folder, device)
    }

    /// Where the result is, or will be.
    pub fn model(&self) -> PathBuf {
        self.folder.join("model")
    }

    /// Whether the result is there.
    pub fn is_done(&self) -> bool {
        self.model().exists()
    }

    /// Has the result written to a folder that gets its name when it is whole.
    ///
    /// # Errors
    ///
    /// That of `write`, or [`Error::File`].
    pub fn finish<E: From<pure_files::Error>>(
        &self,
        write: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<(), E> {
        pure_files::write_folder(self.model(), write)
    }

    /// Takes the result away, if a checkpoint is there to go on from.
    fn undo_result(&self) -> Result<(), Error> {
        if !self.is_done() {
            return Ok(());
        }
        let (last, damaged) = Checkpoints::open(&self.folder)?.last_good();
        if last.is_none() {
            Logs::refuse_to_lose(&self.folder, 0, &damaged)?;
        }
        Ok(pure_files::remove(self.model())?)
    }

    /// Whether anything was measured or saved, here or in a stage's folder.
    fn has_begun(&self) -> bool {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .any(|path| match path.is_dir() {
                true => true,
                false => {
                    path.ends_with(METRICS) && path.metadata().is_ok_and(|file| file.len() > 0)
                }
            })
    }

    /// Writes down what the run reads, or compares it with what it read when it began.
    fn compare_inputs(&self, inputs: &[&Path]) -> Result<(), Error> {
        let mut found: BTreeMap<String, (u64, u32)> = BTreeMap::new();
        for input in inputs {
            let fingerprint = pure_files::fingerprint(input)?;
            found.insert(input.display().to_string(), fingerprint.into());
        }
        let path = self.folder.join(INPUTS);
        if !path.exists() {
            let text = serde_json::to_vec_pretty(&found).expect("fingerprints are plain data");
            return Ok(pure_files::write(&path, text)?);
        }
        let text = fs::read_to_string(&path).map_err(Error::read(&path))?;
        let known: BTreeMap<String, (u64, u32)> = serde_json::from_str(&text)
            .map_err(|error| Error::read(&path)(std::io::Error::other(error)))?;
        let changed = found
            .iter()
            .find(|(input, now)| known.get(*input).is_some_and(|then| then != *now));
        match changed {
            Some((input, _)) => Err(Error::OtherInput {
                path: self.folder.clone(),
                input: input.into(),
            }),
            None => Ok(()),
        }
    }
}

/// Writes down the fingerprint of a model that a later stage is built upon, or compares it.
///
/// # Errors
///
/// [`Error::OtherInput`] if it is not what was written.
pub fn sealed(folder: &Path, model: &Path) -> Result<(), Error> {
    let path = folder.join("model.json");
    let found: (u64, u32) = pure_files::fingerprint(model)?.into();
    if !path.exists() {
        let text = serde_json::to_vec(&found).expect("a fingerprint is plain data");
        return Ok(pure_files::write(&path, text)?);
    }
    let text = fs::read_to_string(&path).map_err(Error::read(&path))?;
    match serde_json::from_str::<(u64, u32)>(&text) {
        Ok(known) if known == found => Ok(()),
        _ => Err(Error::OtherInput {
            path: folder.to_owned(),
            input: model.to_owned(),
        }),
    }
}

/// The text of settings without some at the top.
fn without(text: &str, keys: &[&str]) -> String {
    let Ok(mut settings) = text.parse::<toml::Table>() else {
        return text.to_owned();
    };
    for key in keys {
        settings.remove(*key);
    }
    settings.to_string()
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
