use std::fs;
use std::path::PathBuf;

use burn::store::RecordError;
use burn::tensor::Bytes;
use burn::train::checkpoint::{Checkpoint, Checkpointer, CheckpointerError};

use super::checkpoints::{Checkpoints, State};
use super::keep::best;
use super::*;

/// A record that is a text.
struct Note(&'static str);

impl Checkpoint for Note {
    fn save(self, path: PathBuf) -> Result<(), CheckpointerError> {
        fs::write(path, self.0).map_err(CheckpointerError::IOError)
    }

    fn load(_: PathBuf) -> Result<Self, CheckpointerError> {
        Ok(Self("loaded"))
    }

    fn checkpoint_from_bytes(_: Bytes) -> Result<Self, RecordError> {
        Ok(Self("read"))
    }

    fn checkpoint_into_bytes(self) -> Result<Bytes, RecordError> {
        Ok(Bytes::from_bytes_vec(self.0.into()))
    }
}

fn state(step: usize, watched: Option<f64>) -> State {
    State {
        step,
        ends_leg: true,
        watched,
        ..State::default()
    }
}

/// Saves a whole checkpoint.
fn save(checkpoints: &Checkpoints, step: usize, watched: f64) {
    checkpoints.expect(state(step, Some(watched)));
    for part in checkpoints.parts() {
        part.save(step, Note("a note")).unwrap();
    }
}

#[test]
fn a_checkpoint_is_there_when_its_last_part_is() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::open(folder.path()).unwrap();
    checkpoints.expect(state(10, None));
    let [model, optimizer, schedule] = checkpoints.parts();
    schedule.save(10, Note("late")).unwrap();
    model.save(10, Note("early")).unwrap();
    assert_eq!(checkpoints.last_good(), (None, vec![]));
    optimizer.save(10, Note("last")).unwrap();
    let (found, damaged) = checkpoints.last_good();
    assert_eq!((found.map(|state| state.step), damaged), (Some(10), vec![]));
}

#[test]
fn what_was_being_written_when_a_process_ended_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::open(folder.path()).unwrap();
    save(&checkpoints, 10, 0.5);
    checkpoints.expect(state(20, None));
    checkpoints.parts()[0].save(20, Note("half")).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);

    let again = Checkpoints::open(folder.path()).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(again.last_good().0.map(|state| state.step), Some(10));
}

#[test]
fn a_checkpoint_with_a_changed_byte_a_missing_file_or_no_state_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::open(folder.path()).unwrap();
    for step in [10, 20, 30, 40] {
        save(&checkpoints, step, 0.5);
    }
    fs::write(folder.path().join("step-000020/model.bpk"), "a note!").unwrap();
    fs::remove_file(folder.path().join("step-000030/optimizer.bpk")).unwrap();
    fs::write(folder.path().join("step-000040/state.json"), "{").unwrap();
    let (found, damaged) = checkpoints.last_good();
    assert_eq!(found.map(|state| state.step), Some(10));
    let said = [
        "state.json",
        "optimizer.bpk",
        "model.bpk is not what was written",
    ];
    for (damage, said) in damaged.iter().zip(said) {
        assert!(damage.contains(said), "{damage}");
    }
    checkpoints.forget_after(10).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_best_checkpoint_is_the_earliest_of_those_that_are_as_good() {
    let states = [
        state(1, Some(3.0)),
        state(2, Some(1.0)),
        state(3, Some(1.0)),
        state(4, Some(f64::NAN)),
        state(5, None),
    ];
    assert_eq!(best(&states, false).map(|state| state.step), Some(2));
    assert_eq!(best(&states, true).map(|state| state.step), Some(1));
}

#[test]
fn the_last_few_are_kept_and_the_best_and_none_of_an_interruption_that_is_past() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::open(folder.path()).unwrap();
    let keep = Keep {
        checkpoints: checkpoints.clone(),
        last: 2,
        higher_is_better: true,
    };
    let there = |step, ends_leg, watched| {
        let [part, ..] = checkpoints.parts();
        for step in keep.not_kept() {
            Checkpointer::<Note>::delete(&part, step).unwrap();
        }
        checkpoints.expect(State {
            ends_leg,
            ..state(step, watched)
        });
        for part in checkpoints.parts() {
            part.save(step, Note("a note")).unwrap();
        }
        let steps = checkpoints.states().into_iter().map(|state| state.step);
        steps.collect::<Vec<_>>()
    };
    assert_eq!(there(10, true, Some(0.9)), [10]);
    assert_eq!(there(20, true, Some(0.5)), [10, 20]);
    assert_eq!(there(30, true, Some(0.5)), [10, 20, 30]);
    assert_eq!(there(33, false, None), [10, 30, 33]);
    // Until the next one is there, it is the only one to go on from.
    assert_eq!(there(40, true, Some(0.5)), [10, 30, 33, 40]);
    assert_eq!(there(50, true, Some(0.5)), [10, 40, 50]);
}

#[test]
fn a_run_with_other_settings_says_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("run");
    drop(Run::open(&folder, "seed = 1\nepochs = 2\n").unwrap());
    drop(Run::open(&folder, "seed = 1\nepochs = 2\n").unwrap());
    let error = Run::open(&folder, "seed = 1\nepochs = 3\n").unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("it has `epochs = 2`, now there is `epochs = 3`"),
        "{said}"
    );
}

#[test]
fn a_folder_with_something_else_is_no_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.tex"), "").unwrap();
    let refused = Run::open(folder.path(), "");
    assert!(matches!(refused, Err(Error::NotARun { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
