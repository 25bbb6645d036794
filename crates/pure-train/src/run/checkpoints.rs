//! Checkpoints: one folder each, whole or not at all, that know themselves whether they are damaged.
//!
//! Burn's checkpointer hands over three records, each on a thread of its own, while training goes on.
//! They land in a folder with a passing name; the last of them writes `state.json`, which holds the
//! length and checksum of every file, and gives the folder its name. A checkpoint is numbered by the
//! steps that were taken, not by epochs as Burn's are: one that was interrupted is in none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use burn::train::checkpoint::{Checkpoint, Checkpointer, CheckpointerError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Lengths;
use super::durable::{commit, partial, remove_folder, sync, write_whole};
use crate::Error;

const STATE: &str = "state.json";
const MODEL: &str = "model.bpk";
const PARTS: [&str; 3] = [MODEL, "optimizer.bpk", "schedule.bpk"];

/// What a checkpoint says of itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// Steps that were taken.
    pub step: usize,
    /// Whether a leg ends with it, rather than an interruption.
    pub ends_leg: bool,
    /// What the evaluation at this step found, as far as models are chosen by it.
    pub watched: Option<f64>,
    /// How much of the logs belongs to it.
    pub logs: Lengths,
    /// What the work must know to go on.
    #[serde(default)]
    pub work: Value,
    /// Length and checksum of the files.
    #[serde(default)]
    pub files: BTreeMap<String, (u64, u32)>,
}

/// The checkpoints of a run.
#[derive(Debug, Clone)]
pub(crate) struct Checkpoints {
    folder: PathBuf,
    /// Those whose records are on their way.
    pending: Arc<Mutex<BTreeMap<usize, State>>>,
}

impl Checkpoints {
    /// Those in a folder. What was being written when a process ended is removed.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::write(folder))?;
        for entry in fs::read_dir(folder).map_err(Error::read(folder))? {
            let path = entry.map_err(Error::read(folder))?.path();
            if path.extension().is_some_and(|end| end == "partial") {
                remove_folder(&path).map_err(Error::write(&path))?;
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            pending: Arc::default(),
        })
    }

    /// The last checkpoint that is undamaged, and what is wrong with those after it.
    pub fn last_good(&self) -> (Option<State>, Vec<String>) {
        let mut damaged = Vec::new();
        for path in self.paths().into_iter().rev() {
            match verified(&path) {
                Ok(state) => return (Some(state), damaged),
                Err(fault) => damaged.push(format!("{} is damaged: {fault}", path.display())),
            }
        }
        (None, damaged)
    }

    /// Removes those after a step, which are damaged.
    pub fn forget_after(&self, step: usize) -> Result<(), Error> {
        for path in self.paths() {
            if verified(&path).is_ok_and(|state| state.step <= step) {
                continue;
            }
            remove_folder(&path).map_err(Error::write(&path))?;
        }
        Ok(())
    }

    /// The states of all, the oldest first. Damaged ones were removed when the run began.
    pub fn states(&self) -> Vec<State> {
        let paths = self.paths();
        paths.iter().filter_map(|path| read(path).ok()).collect()
    }

    /// The file with the model of a checkpoint.
    pub fn model(&self, state: &State) -> PathBuf {
        self.path(state.step).join(MODEL)
    }

    /// Announces the records of a step.
    pub fn expect(&self, state: State) {
        self.lock().insert(state.step, state);
    }

    /// What takes Burn's three records: model, optimizer, schedule.
    pub fn parts(&self) -> [Part; 3] {
        PARTS.map(|name| Part {
            name,
            checkpoints: self.clone(),
        })
    }

    fn path(&self, step: usize) -> PathBuf {
        self.folder.join(format!("step-{step:06}"))
    }

    /// All that have their name, the oldest first.
    fn paths(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_none() && path.is_dir());
        paths.sort();
        paths
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<usize, State>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the three files of every checkpoint.
pub(crate) struct Part {
    name: &'static str,
    checkpoints: Checkpoints,
}

impl Part {
    fn write<R: Checkpoint>(&self, step: usize, record: R) -> Result<(), Error> {
        let path = self.checkpoints.path(step);
        let partial = partial(&path);
        let file = partial.join(self.name);
        let written = || -> std::io::Result<(u64, u32)> {
            fs::create_dir_all(&partial)?;
            record.save(file.clone()).map_err(std::io::Error::other)?;
            sync(&file)?;
            fingerprint(&file)
        };
        let fingerprint = written().map_err(Error::write(&file))?;

        let mut pending = self.checkpoints.lock();
        let state = pending.get_mut(&step).expect("the step was announced");
        state.files.insert(self.name.to_owned(), fingerprint);
        if state.files.len() < PARTS.len() {
            return Ok(());
        }
        let state = pending.remove(&step).expect("it was there just now");
        let json = serde_json::to_vec_pretty(&state).expect("a state is plain data");
        write_whole(&partial.join(STATE), &json)?;
        commit(&partial, &path).map_err(Error::write(&path))
    }
}

impl<R: Checkpoint> Checkpointer<R> for Part {
    fn save(&self, step: usize, record: R) -> Result<(), CheckpointerError> {
        let written = self.write(step, record);
        written.map_err(|error| CheckpointerError::Unknown(error.to_string()))
    }

    /// The last one's. Burn restores once, before a run goes on, and names an epoch.
    fn restore(&self, _: usize) -> Result<R, CheckpointerError> {
        match self.checkpoints.paths().last() {
            Some(path) => R::load(path.join(self.name)),
            None => Err(CheckpointerError::Unknown("no checkpoint".to_owned())),
        }
    }

    fn delete(&self, step: usize) -> Result<(), CheckpointerError> {
        let path = self.checkpoints.path(step);
        // All three are asked; the first removes the whole.
        match path.exists() {
            true => remove_folder(&path).map_err(CheckpointerError::IOError),
            false => Ok(()),
        }
    }
}

/// The last checkpoint of a run with so many steps or fewer, and the file with its model. Those of
/// interruptions do not count: what a run makes is the same without them.
pub(crate) fn checkpoint_before(run: &Path, steps: usize) -> Option<(usize, PathBuf)> {
    let checkpoints = Checkpoints {
        folder: run.join("checkpoints"),
        pending: Arc::default(),
    };
    let states = checkpoints.states();
    let state = states
        .iter()
        .rfind(|state| state.ends_leg && state.step <= steps)?;
    Some((state.step, checkpoints.model(state)))
}

/// Reads what a checkpoint says of itself.
fn read(path: &Path) -> Result<State, String> {
    let bytes = fs::read(path.join(STATE)).map_err(|error| format!("{STATE}: {error}"))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{STATE}: {error}"))
}

/// As [`read`], and whether the files agree: all of their bytes are read.
fn verified(path: &Path) -> Result<State, String> {
    let state = read(path)?;
    for name in PARTS {
        let expected = state.files.get(name);
        let found = fingerprint(&path.join(name)).map_err(|error| format!("{name}: {error}"))?;
        if expected != Some(&found) {
            return Err(format!("{name} is not what was written"));
        }
    }
    Ok(state)
}

/// Length and checksum of a file.
fn fingerprint(path: &Path) -> std::io::Result<(u64, u32)> {
    let mut hasher = crc32fast::Hasher::new();
    let mut file = fs::File::open(path)?;
    let mut buffer = vec![0; 1 << 20];
    let mut length = 0;
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer)?;
        if read == 0 {
            return Ok((length, hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
        length += read as u64;
    }
}
