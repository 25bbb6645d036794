//! The loop, its checkpoints and its folder, with a learner that only counts.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use burn::train::Interrupter;
use pure_core::metrics::{ACCURACY, Better, Metric};
use serde_json::{Value, json};

use crate::checkpoints::{Checkpoints, State, best};
use crate::{
    CheckpointConfig, Chosen, Ended, Error, Learner, Measures, Notice, Part, Plan, Progressed, Run,
    Saved, Watcher, train,
};

/// A part that is a number, and refuses to be saved where it is told to.
#[derive(Default)]
struct Number {
    value: usize,
    refused: Option<usize>,
}

impl Saved for Number {
    fn save(&self, path: &Path) -> Result<(), String> {
        match self.refused == Some(self.value) {
            true => Err("the disk is full".to_owned()),
            false => fs::write(path, self.value.to_string()).map_err(|error| error.to_string()),
        }
    }

    fn load(&mut self, path: &Path) -> Result<(), String> {
        let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
        self.value = text.parse().map_err(|_| format!("{text:?} is no number"))?;
        Ok(())
    }
}

/// Counts its steps, in a part and in its state.
#[derive(Default)]
struct Counter {
    number: Number,
    other: Number,
    state: u64,
    accuracies: Vec<f64>,
    evaluations: usize,
    stops: Option<(usize, Interrupter)>,
    over_after: Option<usize>,
}

impl Learner for Counter {
    type Error = Error;

    fn metrics(&self) -> Vec<Metric> {
        vec![ACCURACY]
    }

    fn watched(&self) -> Metric {
        ACCURACY
    }

    fn step(
        &mut self,
        step: usize,
        phase: &mut dyn FnMut(&'static str),
    ) -> Result<Measures, Error> {
        phase("counting");
        assert_eq!(
            self.number.value, step,
            "what a step does follows from its number and the parts"
        );
        assert_eq!(self.state, step as u64);
        self.number.value += 1;
        self.other.value += 2;
        self.state += 1;
        if let Some((at, interrupter)) = &self.stops
            && *at == step + 1
        {
            interrupter.stop(Some("a test"));
        }
        Ok(Measures::default().with("accuracy", step as f64))
    }

    fn evaluate(&mut self, step: usize) -> Result<Measures, Error> {
        self.evaluations += 1;
        let of = self.accuracies.get(self.evaluations - 1);
        Ok(Measures::default().with("accuracy", of.copied().unwrap_or(step as f64)))
    }

    fn parts(&mut self) -> Vec<Part<'_>> {
        vec![
            Part {
                name: "first",
                content: &mut self.number,
            },
            Part {
                name: "second",
                content: &mut self.other,
            },
        ]
    }

    fn state(&mut self) -> Result<Value, Error> {
        Ok(json!(self.state))
    }

    fn restore(&mut self, state: Option<&Value>) -> Result<(), Error> {
        self.state = state.and_then(Value::as_u64).unwrap_or_default();
        Ok(())
    }

    fn notices(&mut self) -> Vec<Notice> {
        let notice = Notice {
            text: "it is three".to_owned(),
            evidence: json!(3),
        };
        (self.number.value == 3)
            .then_some(notice)
            .into_iter()
            .collect()
    }

    fn is_over(&self) -> bool {
        self.over_after
            .is_some_and(|steps| self.number.value >= steps)
    }
}

fn plan(steps: usize, every: usize) -> Plan {
    let config = CheckpointConfig {
        save_steps: every,
        ..CheckpointConfig::default()
    };
    config.plan(steps)
}

fn silent() -> Box<dyn Watcher> {
    Box::new(|_: &Progressed<'_>| ())
}

fn run(counter: &mut Counter, plan: &Plan, folder: &Path) -> Result<Ended, Error> {
    train(counter, plan, folder, silent(), &Interrupter::new())
}

/// The lines of `metrics.jsonl` without their times.
fn metrics(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("metrics.jsonl")).unwrap();
    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().remove("time");
        line
    };
    text.lines().map(line).collect()
}

fn checkpoints(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("checkpoints")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn a_run_that_is_stopped_anywhere_ends_as_one_that_is_not() {
    let whole = tempfile::tempdir().unwrap();
    let mut counter = Counter::default();
    assert_eq!(
        run(&mut counter, &plan(9, 4), whole.path()).unwrap(),
        Ended::Done(())
    );
    assert_eq!((counter.number.value, counter.other.value), (9, 18));
    for stop in 1..9 {
        let folder = tempfile::tempdir().unwrap();
        let interrupter = Interrupter::new();
        let mut counter = Counter {
            stops: Some((stop, interrupter.clone())),
            ..Counter::default()
        };
        let plan = plan(9, 4);
        let ended = train(&mut counter, &plan, folder.path(), silent(), &interrupter).unwrap();
        assert_eq!(ended, Ended::Interrupted { saved: stop });
        let mut counter = Counter::default();
        assert_eq!(
            run(&mut counter, &plan, folder.path()).unwrap(),
            Ended::Done(())
        );
        assert_eq!((counter.number.value, counter.other.value), (9, 18));
        assert_eq!(
            metrics(folder.path()),
            metrics(whole.path()),
            "stopped at {stop}"
        );
    }
}

#[test]
fn a_run_that_is_stopped_in_its_last_step_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let interrupter = Interrupter::new();
    let mut counter = Counter {
        stops: Some((5, interrupter.clone())),
        ..Counter::default()
    };
    let ended = train(
        &mut counter,
        &plan(5, 2),
        folder.path(),
        silent(),
        &interrupter,
    );
    assert_eq!(ended.unwrap(), Ended::Done(()));
}

#[test]
fn a_checkpoint_that_cannot_be_written_is_an_error_and_the_one_before_is_gone_on_from() {
    let folder = tempfile::tempdir().unwrap();
    let mut counter = Counter::default();
    counter.other.refused = Some(8);
    let error = run(&mut counter, &plan(9, 2), folder.path()).unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("after step 4") && said.contains("`second`"),
        "{said}"
    );
    assert!(said.contains("the disk is full"), "{said}");
    let mut counter = Counter::default();
    assert_eq!(
        run(&mut counter, &plan(9, 2), folder.path()).unwrap(),
        Ended::Done(())
    );
    let steps = metrics(folder.path());
    let steps = steps.iter().filter(|line| line["split"] == "train");
    let steps: Vec<u64> = steps.map(|line| line["step"].as_u64().unwrap()).collect();
    assert_eq!(steps, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn a_damaged_checkpoint_is_told_and_the_one_before_it_used() {
    let folder = tempfile::tempdir().unwrap();
    run(&mut Counter::default(), &plan(4, 2), folder.path()).unwrap();
    let damages: [(&str, &str); 4] = [
        ("first.bpk", "first.bpk is not what was written"),
        ("second.bpk", "second.bpk is not what was written"),
        ("state.json", "state.json"),
        ("state.json", "state.json: it is not what was written"),
    ];
    for (number, (file, said)) in damages.into_iter().enumerate() {
        let copy = tempfile::tempdir().unwrap();
        let path = copy.path().join("checkpoints");
        for step in ["step-000002", "step-000004"] {
            fs::create_dir_all(path.join(step)).unwrap();
            for name in ["first.bpk", "second.bpk", "state.json"] {
                let from = folder.path().join("checkpoints").join(step).join(name);
                fs::copy(from, path.join(step).join(name)).unwrap();
            }
        }
        let from = folder.path().join("metrics.jsonl");
        fs::copy(from, copy.path().join("metrics.jsonl")).unwrap();
        let path = path.join("step-000004").join(file);
        let text = fs::read_to_string(&path).unwrap();
        let damaged = match number {
            3 => text.replace("\"step\": 4", "\"step\": 3"),
            2 => "{".to_owned(),
            _ => text + "0",
        };
        fs::write(&path, damaged).unwrap();
        let told = Rc::new(RefCell::new(Vec::new()));
        let telling = told.clone();
        let watcher = move |progressed: &Progressed<'_>| {
            if let Progressed::Started { step, damaged, .. } = progressed {
                telling.borrow_mut().push((*step, damaged.join("; ")));
            }
        };
        let mut counter = Counter::default();
        let plan = plan(4, 2);
        train(
            &mut counter,
            &plan,
            copy.path(),
            Box::new(watcher),
            &Interrupter::new(),
        )
        .unwrap();
        assert_eq!(counter.number.value, 4);
        let told = told.borrow();
        assert_eq!(told[0].0, 2);
        assert!(told[0].1.contains(said), "{told:?}");
    }
}

#[test]
fn losing_all_checkpoints_is_an_error_and_the_logs_stay() {
    let folder = tempfile::tempdir().unwrap();
    run(&mut Counter::default(), &plan(6, 2), folder.path()).unwrap();
    let before = metrics(folder.path());
    fs::remove_dir_all(folder.path().join("checkpoints")).unwrap();
    let error = run(&mut Counter::default(), &plan(6, 2), folder.path()).unwrap_err();
    assert!(
        matches!(error, Error::NoCheckpoint { steps: 6, .. }),
        "{error}"
    );
    assert_eq!(metrics(folder.path()), before);
}

#[test]
fn a_run_that_was_killed_before_its_first_checkpoint_begins_again() {
    let folder = tempfile::tempdir().unwrap();
    let interrupter = Interrupter::new();
    let mut counter = Counter {
        stops: Some((2, interrupter.clone())),
        ..Counter::default()
    };
    train(
        &mut counter,
        &plan(6, 4),
        folder.path(),
        silent(),
        &interrupter,
    )
    .unwrap();
    fs::remove_dir_all(folder.path().join("checkpoints")).unwrap();
    let mut counter = Counter::default();
    run(&mut counter, &plan(6, 4), folder.path()).unwrap();
    assert_eq!(metrics(folder.path()).len(), 6 + 2 + 1);
}

#[test]
fn what_was_being_written_when_a_process_ended_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let half = folder.path().join("checkpoints/step-000002.partial");
    fs::create_dir_all(&half).unwrap();
    fs::write(half.join("first.bpk"), "1").unwrap();
    run(&mut Counter::default(), &plan(4, 2), folder.path()).unwrap();
    assert!(!half.exists());
}

#[test]
fn the_result_is_the_best_checkpoint_where_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let mut counter = Counter {
        accuracies: vec![0.1, 0.9, 0.9, 0.2, f64::NAN],
        ..Counter::default()
    };
    let config = CheckpointConfig {
        save_steps: 2,
        save_total_limit: 1,
        result: Chosen::Best,
        early_stopping_patience: None,
    };
    run(&mut counter, &config.plan(10), folder.path()).unwrap();
    assert_eq!(
        counter.number.value, 4,
        "the earliest of those that are as good"
    );
    let kept: Vec<PathBuf> = checkpoints(folder.path());
    let names = kept
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["step-000004", "step-000010"]);
}

#[test]
fn a_run_without_improvement_stops_and_stays_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let mut counter = Counter {
        accuracies: vec![0.5, 0.4, 0.3, 0.9],
        ..Counter::default()
    };
    let config = CheckpointConfig {
        save_steps: 1,
        early_stopping_patience: Some(2),
        ..CheckpointConfig::default()
    };
    let plan = config.plan(10);
    run(&mut counter, &plan, folder.path()).unwrap();
    assert_eq!(counter.number.value, 3);
    let mut again = Counter::default();
    run(&mut again, &plan, folder.path()).unwrap();
    assert_eq!((again.number.value, again.evaluations), (3, 0));
}

#[test]
fn a_learner_that_is_over_is_evaluated_and_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut counter = Counter {
        over_after: Some(3),
        ..Counter::default()
    };
    run(&mut counter, &plan(10, 4), folder.path()).unwrap();
    assert_eq!((counter.number.value, counter.evaluations), (3, 1));
    assert!(folder.path().join("checkpoints/step-000003").exists());
}

#[test]
fn notices_stand_in_the_metrics() {
    let folder = tempfile::tempdir().unwrap();
    run(&mut Counter::default(), &plan(4, 4), folder.path()).unwrap();
    let metrics = metrics(folder.path());
    let notice = metrics
        .iter()
        .find(|line| line["split"] == "monitor")
        .unwrap();
    assert_eq!(
        (&notice["step"], &notice["notice"]),
        (&json!(3), &json!("it is three"))
    );
}

fn state(step: usize, is_evaluated: bool, watched: Option<f64>) -> State {
    State {
        step,
        is_evaluated,
        watched,
        ..State::default()
    }
}

#[test]
fn the_best_checkpoint_is_the_earliest_of_those_that_are_as_good() {
    let states = [
        state(1, true, Some(3.0)),
        state(2, true, Some(1.0)),
        state(3, true, Some(1.0)),
        state(4, true, Some(f64::NAN)),
        state(5, true, None),
    ];
    assert_eq!(
        best(&states, Better::Lower).map(|state| state.step),
        Some(2)
    );
    assert_eq!(
        best(&states, Better::Higher).map(|state| state.step),
        Some(1)
    );
}

#[test]
fn the_last_few_are_kept_and_the_best_and_none_of_an_interruption_that_is_past() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::open(folder.path()).unwrap();
    let there = |step, is_evaluated, watched| {
        checkpoints
            .save(state(step, is_evaluated, watched), &[])
            .unwrap();
        checkpoints.prune(2, Better::Higher).unwrap();
        let steps = checkpoints.states().into_iter().map(|state| state.step);
        steps.collect::<Vec<_>>()
    };
    assert_eq!(there(10, true, Some(0.9)), [10]);
    assert_eq!(there(20, true, Some(0.5)), [10, 20]);
    assert_eq!(there(30, true, Some(0.5)), [10, 20, 30]);
    assert_eq!(there(33, false, None), [10, 20, 30, 33]);
    assert_eq!(there(40, true, Some(0.5)), [10, 30, 40]);
    assert_eq!(there(1_000_000, true, Some(0.5)), [10, 40, 1_000_000]);
}

#[test]
fn a_run_with_other_settings_says_what_differs_once_it_has_begun() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("run");
    drop(Run::open(&folder, "seed = 1\nepochs = 2\n", &[]).unwrap());
    // Nothing was done with them yet.
    drop(Run::open(&folder, "seed = 1\nepochs = 4\n", &[]).unwrap());
    fs::write(folder.join("metrics.jsonl"), "{}\n").unwrap();
    drop(Run::open(&folder, "seed = 1\nepochs = 4\n", &[]).unwrap());
    let error = Run::open(&folder, "seed = 1\nepochs = 3\n", &[]).unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("it has `epochs = 4`, now there is `epochs = 3`"),
        "{said}"
    );
}

#[test]
fn a_run_whose_data_or_model_have_changed_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (data, model) = (
        folder.path().join("data.jsonl"),
        folder.path().join("model"),
    );
    fs::write(&data, "{}\n").unwrap();
    fs::create_dir(&model).unwrap();
    fs::write(model.join("config.json"), "{}").unwrap();
    let run = folder.path().join("run");
    let open = || Run::open(&run, "", &[&data, &model]);
    drop(open().unwrap());
    drop(open().unwrap());
    fs::write(model.join("tokenizer.json"), "{}").unwrap();
    assert!(
        open()
            .unwrap_err()
            .to_string()
            .contains("model has changed")
    );
    fs::remove_file(model.join("tokenizer.json")).unwrap();
    fs::write(&data, "{ }\n").unwrap();
    assert!(
        open()
            .unwrap_err()
            .to_string()
            .contains("data.jsonl has changed")
    );
}

#[test]
fn a_folder_with_something_else_is_no_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.tex"), "").unwrap();
    let refused = Run::open(folder.path(), "", &[]);
    assert!(matches!(refused, Err(Error::NotARun { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn two_processes_do_not_work_in_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Run::open(folder.path(), "", &[]).unwrap();
    assert!(matches!(
        Run::open(folder.path(), "", &[]),
        Err(Error::InUse { .. })
    ));
}

#[test]
fn the_phases_of_a_run_are_told_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let told = Rc::new(RefCell::new(Vec::new()));
    let telling = told.clone();
    let watcher = move |progressed: &Progressed<'_>| match *progressed {
        Progressed::Phase { phase } => telling.borrow_mut().push(phase),
        Progressed::Evaluating { .. } => telling.borrow_mut().push("evaluating"),
        _ => (),
    };
    train(
        &mut Counter::default(),
        &plan(2, 2),
        folder.path(),
        Box::new(watcher),
        &Interrupter::new(),
    )
    .unwrap();
    let step = ["training", "counting"];
    let end = ["evaluating", "checkpoint"];
    assert_eq!(*told.borrow(), [step, step, end].concat());
}
