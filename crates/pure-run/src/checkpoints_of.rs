//! The checkpoints of a run, for whoever wants a model of it and does not train it.

use std::path::{Path, PathBuf};

use burn::module::Module;

use crate::checkpoints::{Checkpoints, file_of, verified};
use crate::error::Error;
use crate::parts::load_weights;

/// The last evaluated checkpoint of a run with so many steps or fewer: its steps and the file of a part.
pub fn checkpoint_before(run: &Path, steps: usize, part: &str) -> Option<(usize, PathBuf)> {
    let checkpoints = Checkpoints::of(run);
    let states = checkpoints.states();
    let state = states
        .iter()
        .rfind(|state| state.is_evaluated && state.step <= steps)?;
    Some((state.step, checkpoints.path(state.step).join(file_of(part))))
}

/// The steps after which a run has a checkpoint, the fewest first.
pub fn checkpoint_steps(run: &Path) -> Vec<usize> {
    let states = Checkpoints::of(run).states();
    states.into_iter().map(|state| state.step).collect()
}

/// The folder of a run's checkpoint after so many steps.
pub fn checkpoint_folder(run: &Path, step: usize) -> PathBuf {
    Checkpoints::of(run).path(step)
}

/// A model with the weights of a run's checkpoint; those that are frozen, which no checkpoint has, stay as they are.
///
/// # Errors
///
/// [`Error::Part`] if the checkpoint is not there, damaged, or that of another model.
pub fn with_weights_of<M: Module>(model: M, run: &Path, step: usize) -> Result<M, Error> {
    const MODEL: &str = "model";
    let path = checkpoint_folder(run, step);
    let weights = verified(&path).and_then(|_| load_weights(model, &path.join(file_of(MODEL))));
    weights.map_err(|reason| Error::Part {
        step,
        part: MODEL,
        path,
        reason,
    })
}
