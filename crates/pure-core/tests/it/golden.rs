//! Recorded stages of the reference: arrays and JSON of named cases.
//!
//! Read from tests/golden, or from the folder of the same layout that `PURE_GOLDEN` names. Every test
//! prints the largest difference of each stage; `--nocapture` shows them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pure_core::{Finish, KlEstimator, Scores, StepFormat, StepSpan};
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

/// The folder of the recorded data.
pub fn folder() -> PathBuf {
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    std::env::var_os("PURE_GOLDEN").map_or_else(|| committed.into(), PathBuf::from)
}

/// The names of the cases in a folder, in order.
pub fn cases(under: &str) -> Vec<String> {
    let folder = folder().join(under);
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths = entries.map(|entry| entry.unwrap().path());
    let stem = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut names: Vec<String> = paths
        .filter(|p| p.extension().is_some_and(|e| e == "safetensors"))
        .map(|p| stem(&p))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no cases in {}", folder.display());
    names
}

/// One case: its arrays as numbers, and its JSON.
pub struct Case {
    pub name: String,
    pub json: Value,
    arrays: BTreeMap<String, Array>,
}

/// An array, rows first.
#[derive(Clone)]
pub struct Array {
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl Case {
    pub fn load(under: &str, name: &str) -> Self {
        let path = folder().join(under).join(name);
        let bytes = std::fs::read(path.with_extension("safetensors")).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let arrays = tensors.iter().map(|(name, view)| {
            let data = view.data();
            let values = match view.dtype() {
                Dtype::F32 => numbers(data, |b| f64::from(f32::from_le_bytes(b))),
                Dtype::F64 => numbers(data, f64::from_le_bytes),
                Dtype::I64 => numbers(data, |b| i64::from_le_bytes(b) as f64),
                Dtype::U8 => data.iter().map(|&b| f64::from(b)).collect(),
                other => panic!("{name} is {other:?}"),
            };
            (
                name.to_owned(),
                Array {
                    shape: view.shape().to_vec(),
                    values,
                },
            )
        });
        let json = std::fs::read(path.with_extension("json"));
        Self {
            name: name.to_owned(),
            arrays: arrays.collect(),
            json: json.map_or(Value::Null, |text| serde_json::from_slice(&text).unwrap()),
        }
    }

    pub fn has(&self, key: &str) -> bool {
        self.arrays.contains_key(key)
    }

    pub fn get(&self, key: &str) -> &Array {
        self.arrays
            .get(key)
            .unwrap_or_else(|| panic!("{} has no {key}", self.name))
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.arrays.keys().map(String::as_str)
    }

    pub fn number(&self, key: &str) -> f64 {
        self.json[key]
            .as_f64()
            .unwrap_or_else(|| panic!("{} has no {key}", self.name))
    }

    pub fn tokens(&self, key: &str) -> Vec<u32> {
        let list = self.json[key].as_array().unwrap();
        list.iter()
            .map(|token| token.as_u64().unwrap() as u32)
            .collect()
    }
}

fn numbers<const N: usize>(data: &[u8], read: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    data.chunks_exact(N)
        .map(|bytes| read(bytes.try_into().unwrap()))
        .collect()
}

impl Array {
    pub fn rows(&self) -> usize {
        self.shape[0]
    }

    pub fn width(&self) -> usize {
        self.shape[1..].iter().product()
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width()..][..self.width()]
    }

    pub fn row_f32(&self, row: usize) -> Vec<f32> {
        self.row(row).iter().map(|&value| value as f32).collect()
    }

    pub fn row_tokens(&self, row: usize) -> Vec<u32> {
        self.row(row).iter().map(|&value| value as u32).collect()
    }

    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

/// The numbers of a row where a mask is 1.
pub fn masked<T: Copy>(row: &[T], mask: &[f64]) -> Vec<T> {
    row.iter()
        .zip(mask)
        .filter(|&(_, &mask)| mask != 0.0)
        .map(|(&value, _)| value)
        .collect()
}

/// The rewards at `positions` of a row of logits `[length, 2]`.
pub fn rewards_at(logits: &[f64], positions: impl Iterator<Item = usize>) -> Vec<f32> {
    let at = |position: usize| [logits[2 * position] as f32, logits[2 * position + 1] as f32];
    positions
        .map(|position| step_reward(at(position)))
        .collect()
}

/// `P(good) - P(bad)` from the logits `[bad, good]`.
pub fn step_reward([bad, good]: [f32; 2]) -> f32 {
    ((f64::from(good) - f64::from(bad)) / 2.0).tanh() as f32
}

/// What the reward model reads of an answer: the prompt, and the answer with its steps marked.
pub fn read(format: &StepFormat, prompt: &[u32], answer: &[u32], steps: &[StepSpan]) -> Vec<u32> {
    let mut marked = answer.to_vec();
    format.mark(&mut marked, steps);
    [prompt, &marked].concat()
}

/// The estimates of the KL divergence at the tokens of an answer.
pub fn kl_estimates(estimator: KlEstimator, policy: &[f32], reference: &[f32]) -> Vec<f32> {
    let pairs = policy.iter().zip(reference);
    pairs.map(|(p, q)| estimator.estimate(*p, *q)).collect()
}

/// What a [`pure_core::Response`] borrows from.
pub struct Owned {
    pub group: usize,
    pub tokens: Vec<u32>,
    pub steps: Vec<StepSpan>,
    pub scores: Scores,
    pub policy: Vec<f32>,
    pub reference: Vec<f32>,
    pub finish: Finish,
}

impl Owned {
    pub fn record(&self, id: usize) -> pure_core::Record {
        pure_core::Record {
            group: (self.group as i64).into(),
            id: (id as i64).into(),
            length: self.tokens.len(),
            step_ends: self.steps.iter().map(|step| step.last()).collect(),
            rewards: self.scores.process.clone(),
            outcome: self.scores.outcome,
            old_logprobs: Some(self.policy.clone()),
            ref_logprobs: Some(self.reference.clone()),
            truncated: self.finish == Finish::Length,
        }
    }
}

/// The largest differences seen, by stage.
#[derive(Default)]
pub struct Largest {
    stages: BTreeMap<String, (f64, String)>,
}

impl Largest {
    /// Compares within `tolerance`, absolute up to magnitude 1 and relative above.
    ///
    /// Where the reference itself is no number, ours must be one.
    pub fn check(
        &mut self,
        stage: &str,
        case: &str,
        found: &[f32],
        expected: &[f64],
        tolerance: f64,
    ) {
        assert_eq!(found.len(), expected.len(), "{case}, {stage}");
        for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
            assert!(found.is_finite(), "{case}, {stage}, {index}: {found}");
            let difference = (f64::from(found) - expected).abs() / expected.abs().max(1.0);
            if expected.is_finite() {
                let message = || format!("{case}, {stage}, {index}: {found} instead of {expected}");
                assert!(difference <= tolerance, "{}", message());
                let largest = self.stages.entry(stage.to_owned()).or_default();
                if difference >= largest.0 {
                    *largest = (difference, case.to_owned());
                }
            }
        }
    }

    /// Prints the largest differences, and asserts that these stages were compared and no others.
    pub fn assert_compared(&self, stages: &[&str]) {
        for (stage, (difference, case)) in &self.stages {
            println!("{stage:<44} {difference:.1e}  {case}");
        }
        let compared: Vec<&str> = self.stages.keys().map(String::as_str).collect();
        assert_eq!(compared, stages);
    }
}
