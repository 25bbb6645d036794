//! The folder of a model, however it is named.
//!
//! | named | meant |
//! | --- | --- |
//! | `models/x` | the folder itself, which holds a model or an adapter |
//! | `runs/x` | `runs/x/model`, what the run resulted in |
//! | `runs/x@20` | the model after step 20, of a checkpoint that is still there |
//! | `runs/x/stage-2@20` | the same of a stage of a reward model's training |
//!
//! A checkpoint holds what is trained alone. So when it is first named, its model is written beside it, whole or not at
//! all, as the run would write its result; it goes when the checkpoint goes. A folder that is there is taken for what it
//! is, whatever characters are in its name.

mod writing;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use miette::miette;
use pure::model::Checkpoint;
use pure::run::{Run, checkpoint_folder, checkpoint_steps};

use super::diagnostic::explain;

/// Opens the model that is named.
pub fn open_model(named: &Path) -> miette::Result<Checkpoint> {
    Checkpoint::open(model_folder(named)?).map_err(explain)
}

/// The folder of the model that is named.
pub fn model_folder(named: &Path) -> miette::Result<PathBuf> {
    if named.exists() {
        let is_model = ["config.json", "adapter_config.json"]
            .iter()
            .any(|file| named.join(file).exists());
        return match !is_model && is_run(named) {
            true => result(named),
            false => Ok(named.to_owned()),
        };
    }
    match checkpoint_name(named) {
        Some((run, step)) if is_run(&run) => of_checkpoint(&run, step),
        _ => Ok(named.to_owned()),
    }
}

/// Whether a folder is that of a run, or of a stage of one.
fn is_run(folder: &Path) -> bool {
    Run::exists(folder) || folder.join("checkpoints").is_dir()
}

/// The run and the step of `run@step`.
fn checkpoint_name(named: &Path) -> Option<(PathBuf, usize)> {
    let (run, step) = named.file_name()?.to_str()?.rsplit_once('@')?;
    let step = step.parse().ok()?;
    (!run.is_empty()).then(|| (named.with_file_name(run), step))
}

fn result(run: &Path) -> miette::Result<PathBuf> {
    let model = run.join("model");
    match model.exists() {
        true => Ok(model),
        false => Err(miette!(
            help = there_are(run),
            "the run in {} is not done, so it has no final model",
            run.display()
        )),
    }
}

/// The run and the step of a checkpoint that is named, and is there.
pub fn checkpoint_of(named: &Path) -> miette::Result<(PathBuf, usize)> {
    let Some((run, step)) = checkpoint_name(named).filter(|(run, _)| is_run(run)) else {
        let run = if is_run(named) {
            there_are(named)
        } else {
            "as in runs/x@20".to_owned()
        };
        return Err(miette!(
            help = run,
            "{} names no checkpoint of a run",
            named.display()
        ));
    };
    check(&run, step)?;
    Ok((run, step))
}

fn check(run: &Path, step: usize) -> miette::Result<()> {
    match checkpoint_steps(run).contains(&step) {
        true => Ok(()),
        false => Err(miette!(
            help = there_are(run),
            "the run in {} has no checkpoint after step {step}",
            run.display()
        )),
    }
}

/// The model of a checkpoint, which is written if it is not there yet.
fn of_checkpoint(run: &Path, step: usize) -> miette::Result<PathBuf> {
    check(run, step)?;
    let model = checkpoint_folder(run, step).join("model");
    if !model.exists() {
        writing::write(run, step, &model)?;
    }
    Ok(model)
}

/// The checkpoints of a run, or of its stages, by their names.
fn there_are(run: &Path) -> String {
    let mut names = String::new();
    let stages = (1..)
        .map(|number| stage(run, number))
        .take_while(|stage| stage.exists());
    for folder in [run.to_owned()].into_iter().chain(stages) {
        for step in checkpoint_steps(&folder) {
            let comma = if names.is_empty() { "" } else { ", " };
            let _ = write!(names, "{comma}{}@{step}", folder.display());
        }
    }
    match names.as_str() {
        "" => "it has no checkpoint either: the same command goes on with it".to_owned(),
        names => format!("its checkpoints are {names}"),
    }
}

fn stage(run: &Path, number: usize) -> PathBuf {
    run.join(format!("stage-{number}"))
}
