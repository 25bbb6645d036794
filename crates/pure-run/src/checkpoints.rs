//! Checkpoints: one folder each, whole or not at all, that know themselves whether they are damaged.
//!
//! ```text
//! step-000040/model.bpk  optimizer.bpk      a file for each part
//! step-000040/state.json                    {"state": {step, files: {name: [length, checksum]}, …}, "crc32c": …}
//! ```
//!
//! A checkpoint is numbered by the steps that were taken. One of an interruption ends no evaluation interval
//! (`is_evaluated` is false), and what a run makes is the same without it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pure_core::metrics::Better;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Error;
use crate::logs::Lengths;
use crate::parts::Part;
use crate::plan::Improvement;

const STATE: &str = "state.json";

/// What a checkpoint says of itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// Steps that were taken.
    pub step: usize,
    /// Whether an evaluation belongs to it; an interruption has none.
    pub is_evaluated: bool,
    /// The watched metric of that evaluation, which checkpoints are compared by.
    pub watched: Option<f64>,
    /// For early stopping.
    pub improvement: Improvement,
    /// How much of the logs belongs to it.
    pub logs: Lengths,
    /// What the learner must know to go on.
    pub learner: Value,
    /// Length and checksum of each part's file.
    pub files: BTreeMap<String, (u64, u32)>,
}

/// The checkpoints of a run.
#[derive(Debug, Clone)]
pub(crate) struct Checkpoints {
    folder: PathBuf,
}

impl Checkpoints {
    /// Those in a run's folder, as they are.
    pub fn of(run: &Path) -> Self {
        Self {
            folder: run.join("checkpoints"),
        }
    }

    /// Those in a run's folder. What was being written when a process ended is removed.
    pub fn open(run: &Path) -> Result<Self, Error> {
        let Self { folder } = Self::of(run);
        fs::create_dir_all(&folder).map_err(Error::write(&folder))?;
        for entry in fs::read_dir(&folder).map_err(Error::read(&folder))? {
            let path = entry.map_err(Error::read(&folder))?.path();
            if path.extension().is_some_and(|end| end == "partial") {
                pure_files::remove(&path)?;
            }
        }
        Ok(Self { folder })
    }

    /// Saves one. It is there as soon as this returns, and not before.
    pub fn save(&self, mut state: State, parts: &[Part<'_>]) -> Result<(), Error> {
        let path = self.path(state.step);
        pure_files::write_folder(&path, |folder| {
            for part in parts {
                let file = folder.join(file_of(part.name));
                part.content.save(&file).map_err(|reason| Error::Part {
                    step: state.step,
                    part: part.name,
                    path: path.clone(),
                    reason,
                })?;
                let fingerprint = pure_files::fingerprint(&file)?;
                state.files.insert(part.name.to_owned(), fingerprint.into());
            }
            let state = json!(state);
            let crc32c = checksum(&state);
            let sealed = json!({"state": state, "crc32c": crc32c});
            let text = serde_json::to_vec_pretty(&sealed).expect("a state is plain data");
            Ok::<(), Error>(pure_files::write(folder.join(STATE), &text)?)
        })
    }

    /// Brings the parts back to what they were at a checkpoint.
    pub fn load(&self, state: &State, parts: Vec<Part<'_>>) -> Result<(), Error> {
        let path = self.path(state.step);
        for part in parts {
            let file = path.join(file_of(part.name));
            part.content.load(&file).map_err(|reason| Error::Part {
                step: state.step,
                part: part.name,
                path: file.clone(),
                reason,
            })?;
        }
        Ok(())
    }

    /// The last one that is undamaged, and what is wrong with those after it.
    pub fn last_good(&self) -> (Option<State>, Vec<String>) {
        let mut damaged = Vec::new();
        for (_, path) in self.paths().into_iter().rev() {
            match verified(&path) {
                Ok(state) => return (Some(state), damaged),
                Err(fault) => damaged.push(format!("{} is damaged: {fault}", path.display())),
            }
        }
        (None, damaged)
    }

    /// Removes those after a step, and damaged ones before it, which the return value names.
    pub fn forget_after(&self, step: usize) -> Result<Vec<String>, Error> {
        let mut damaged = Vec::new();
        for (number, path) in self.paths() {
            let fault = match number <= step {
                true => verified(&path).err(),
                false => None,
            };
            if number <= step && fault.is_none() {
                continue;
            }
            damaged.extend(fault.map(|fault| format!("{} is damaged: {fault}", path.display())));
            pure_files::remove(&path)?;
        }
        Ok(damaged)
    }

    /// Removes those that are not kept: neither among the last few evaluated ones, nor the best, nor the newest.
    pub fn prune(&self, keep: usize, better: Better) -> Result<(), Error> {
        let states = self.states();
        let best = best(&states, better).map(|state| state.step);
        let evaluated = states.iter().rev().filter(|state| state.is_evaluated);
        let last = evaluated.take(keep.max(1)).map(|state| state.step);
        let newest = states.last().map(|state| state.step);
        let kept: Vec<usize> = last.chain(best).chain(newest).collect();
        for state in &states {
            if !kept.contains(&state.step) {
                pure_files::remove(self.path(state.step))?;
            }
        }
        Ok(())
    }

    /// The states of all, the oldest first. Damaged ones were removed when the run began.
    pub fn states(&self) -> Vec<State> {
        let paths = self.paths();
        paths
            .iter()
            .filter_map(|(_, path)| read(path).ok())
            .collect()
    }

    /// The one that the evaluations liked best.
    pub fn best(&self, better: Better) -> Result<State, Error> {
        let states = self.states();
        best(&states, better).cloned().ok_or(Error::NoBest)
    }

    /// The folder of the one after so many steps.
    pub fn path(&self, step: usize) -> PathBuf {
        self.folder.join(format!("step-{step:06}"))
    }

    /// All that have their name, by their number.
    fn paths(&self) -> Vec<(usize, PathBuf)> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut paths: Vec<(usize, PathBuf)> = entries
            .filter_map(|entry| {
                let name = entry.file_name();
                let number = name.to_str()?.strip_prefix("step-")?.parse().ok()?;
                Some((number, entry.path()))
            })
            .collect();
        paths.sort();
        paths
    }
}

/// The checkpoint that the evaluation liked best, the earliest of several.
pub(crate) fn best(states: &[State], better: Better) -> Option<&State> {
    let worth = |state: &State| {
        let watched = state.watched.filter(|watched| watched.is_finite());
        watched.map_or(f64::NEG_INFINITY, |watched| {
            if better == Better::Higher {
                watched
            } else {
                -watched
            }
        })
    };
    let newest_first = states.iter().rev();
    newest_first.max_by(|a, b| worth(a).total_cmp(&worth(b)))
}

/// The name of the file of a part.
pub(crate) fn file_of(part: &str) -> String {
    format!("{part}.bpk")
}

/// The checksum of a state, over its shortest JSON.
fn checksum(state: &Value) -> u32 {
    crc32c::crc32c(state.to_string().as_bytes())
}

/// Reads what a checkpoint says of itself.
fn read(path: &Path) -> Result<State, String> {
    let named = |error: &dyn std::fmt::Display| format!("{STATE}: {error}");
    let bytes = fs::read(path.join(STATE)).map_err(|error| named(&error))?;
    let sealed: Value = serde_json::from_slice(&bytes).map_err(|error| named(&error))?;
    let (state, crc32c) = (&sealed["state"], &sealed["crc32c"]);
    if crc32c.as_u64() != Some(u64::from(checksum(state))) {
        return Err(named(&"it is not what was written"));
    }
    State::deserialize(state).map_err(|error| named(&error))
}

/// As [`read`], and whether the files agree: all of their bytes are read.
pub(crate) fn verified(path: &Path) -> Result<State, String> {
    let state = read(path)?;
    for (part, expected) in &state.files {
        let name = file_of(part);
        let found = pure_files::fingerprint(path.join(&name));
        let found = found.map_err(|error| format!("{name}: {error}"))?;
        if *expected != found.into() {
            return Err(format!("{name} is not what was written"));
        }
    }
    Ok(state)
}
