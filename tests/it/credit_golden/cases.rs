//! Recorded cases, their answers as the program reads them, and the comparison.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::command_line::{err, records, run_with_input};
use crate::golden::Arrays;

/// By how much a recorded number may be missed; relative above magnitude 1.
pub const TOLERANCE: f64 = 1e-5;
pub const WHITENED: f64 = 2e-5;

/// A recorded case: its arrays, row by row, and how it was made.
pub struct Case {
    pub name: String,
    pub json: Value,
    arrays: BTreeMap<String, Vec<Vec<f32>>>,
}

/// An answer: its record for the program, and where its numbers are recorded.
pub struct Answer {
    pub record: Value,
    pub batch: usize,
    pub row: usize,
    pub valid: Vec<bool>,
}

/// The cases of a branch.
pub fn cases(branch: &str) -> Vec<Case> {
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/pure-core/tests/golden");
    let root = std::env::var_os("PURE_GOLDEN").map_or_else(|| committed.into(), PathBuf::from);
    let folder = root.join("credit").join(branch);
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "safetensors"));
    paths.sort();
    assert!(!paths.is_empty(), "no cases in {}", folder.display());
    paths.iter().map(|path| Case::read(path)).collect()
}

impl Case {
    fn read(path: &Path) -> Self {
        let file = Arrays::read(path);
        let rows = |name: String| {
            let (values, shape) = file.floats(&name);
            let rows = values.chunks(values.len() / shape[0]);
            (name, rows.map(<[f32]>::to_vec).collect())
        };
        let json = std::fs::read(path.with_extension("json")).unwrap();
        Self {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            json: serde_json::from_slice(&json).unwrap(),
            arrays: file.names().into_iter().map(rows).collect(),
        }
    }

    pub fn has(&self, array: &str) -> bool {
        self.arrays.contains_key(array)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.arrays.keys().map(String::as_str)
    }

    pub fn rows(&self, array: &str) -> &[Vec<f32>] {
        let rows = self.arrays.get(array);
        rows.unwrap_or_else(|| panic!("{} has no {array}", self.name))
    }

    pub fn number(&self, key: &str) -> f64 {
        let number = self.json[key].as_f64();
        number.unwrap_or_else(|| panic!("{} has no {key}", self.name))
    }

    pub fn group(&self, answer: usize) -> u64 {
        self.json["uid"][answer].as_u64().unwrap()
    }

    /// What is recorded of an answer: a number for each of its tokens, or one for all.
    pub fn recorded(&self, array: &str, answer: &Answer) -> Vec<f32> {
        match &self.rows(array)[answer.row][..] {
            [one] => vec![*one],
            row => masked(row, &answer.valid),
        }
    }
}

/// The numbers of a row where `valid` says so.
pub fn masked(row: &[f32], valid: &[bool]) -> Vec<f32> {
    assert_eq!(row.len(), valid.len());
    let pairs = row.iter().zip(valid);
    pairs
        .filter_map(|(value, valid)| valid.then_some(*value))
        .collect()
}

/// `P(good) - P(bad)` at a position of a row of logits `[length, 2]`.
pub fn reward(logits: &[f32], position: usize) -> f64 {
    let at = |class: usize| f64::from(logits[2 * position + class]);
    ((at(1) - at(0)) / 2.0).tanh()
}

/// The record of an answer, a line of the program's input.
pub fn record(
    (group, id): (u64, usize),
    steps: &[(usize, f64)],
    outcome: Option<f32>,
    [policy, reference]: [Vec<f32>; 2],
) -> Value {
    let (ends, rewards): (Vec<usize>, Vec<f64>) = steps.iter().copied().unzip();
    json!({
        "group": group, "id": id, "length": policy.len(), "step_ends": ends, "rewards": rewards,
        "outcome": outcome, "old_logprobs": policy, "ref_logprobs": reference,
    })
}

/// What the program makes of the answers.
pub fn credit(answers: &[Answer], options: &[String]) -> Vec<Value> {
    let lines = answers.iter().map(|answer| format!("{}\n", answer.record));
    let mut arguments = vec!["credit", "--input", "-", "--json"];
    arguments.extend(options.iter().map(String::as_str));
    let output = run_with_input(&arguments, &lines.collect::<String>());
    assert!(output.status.success(), "{options:?}: {}", err(&output));
    let credited = records(&output);
    let id = |record: &Value| record["id"].clone();
    let asked = answers.iter().map(|answer| id(&answer.record));
    assert!(credited.iter().map(id).eq(asked), "{options:?}");
    credited
}

/// A number, or a list of them.
pub fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().map(Vec::as_slice);
    let list = list.unwrap_or(std::slice::from_ref(value));
    list.iter().map(|value| value.as_f64().unwrap()).collect()
}

/// The largest difference of each stage.
#[derive(Default)]
pub struct Stages(BTreeMap<String, f64>);

impl Stages {
    /// Where the original has no number, the program must have one.
    pub fn check(&mut self, stage: &str, place: &str, found: &[f64], expected: &[f32], most: f64) {
        assert_eq!(found.len(), expected.len(), "{place}, {stage}");
        for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert!(found.is_finite(), "{place}, {stage}, {index}: {found}");
            if !expected.is_finite() {
                continue;
            }
            let expected = f64::from(*expected);
            let apart = (found - expected).abs() / expected.abs().max(1.0);
            let message = || format!("{place}, {stage}, {index}: {found} instead of {expected}");
            assert!(apart <= most, "{}", message());
            let largest = self.0.entry(stage.to_owned()).or_default();
            *largest = largest.max(apart);
        }
    }

    /// Asserts that these stages were compared, in the order of their names, and nothing else.
    pub fn assert_compared(&self, stages: &[&str]) {
        for (stage, apart) in &self.0 {
            println!("{stage:<28} {apart:.1e}");
        }
        let compared: Vec<&str> = self.0.keys().map(String::as_str).collect();
        assert_eq!(compared, stages);
    }
}
