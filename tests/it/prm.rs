//! Process reward models against PyTorch (tests/golden/make_prm.py).

use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use pure_core::StepFormat;
use pure_model::{Checkpoint, MarkedAnswer, Positions, Precision};
use serde_json::Value;

use crate::golden::{Arrays, folder, gap};

/// A reward model with what PyTorch makes of some answers.
pub struct Case {
    pub folder: PathBuf,
    pub arrays: Arrays,
    pub format: StepFormat,
    /// Prompts and responses without their pads.
    pub exchanges: Vec<(Vec<u32>, Vec<u32>)>,
    pub step_ends: Vec<Vec<usize>>,
    pub rewards: Vec<Vec<f32>>,
}

impl Case {
    pub fn all() -> impl Iterator<Item = Self> {
        ["token_cls", "mlp_head"].into_iter().map(Self::open)
    }

    fn open(name: &str) -> Self {
        let folder = folder(&["prm"]).join(name);
        let case: Value = read_json(&folder.join("case.json"));
        let token = |value: &Value| value.as_u64().unwrap() as u32;
        let separators = case["split_step_token_ids"].as_array().unwrap();
        let marker = token(&case["step_separator_token_id"]);
        let format = StepFormat::new(separators.iter().map(token), marker);

        let arrays = Arrays::read(&folder.join("ref.safetensors"));
        let real = |value: f32| value != 0.0;
        let mask = arrays.rows("attention_mask", real);
        let prompts = arrays.rows("prompts", |token| token as u32);
        let responses = arrays.rows("responses", |token| token as u32);
        let exchanges = mask.iter().zip(prompts).zip(responses);
        let exchanges = exchanges.map(|((mask, prompt), response)| {
            let (before, behind) = mask.split_at(prompt.len());
            (kept(prompt, before), kept(response, behind))
        });
        Self {
            exchanges: exchanges.collect(),
            step_ends: steps(&arrays, arrays.rows("step_end_ids", |end| end as usize)),
            rewards: steps(&arrays, arrays.rows("step_reward", |reward| reward)),
            folder,
            arrays,
            format,
        }
    }

    pub fn answers(&self) -> Vec<MarkedAnswer> {
        let answers = self.exchanges.iter().map(|(prompt, response)| {
            let steps = self.format.split(response);
            let mut answer = response.clone();
            self.format.mark(&mut answer, &steps);
            MarkedAnswer {
                prompt: prompt.clone(),
                answer,
                ends: steps.iter().map(|step| step.last()).collect(),
            }
        });
        answers.collect()
    }
}

/// The rows of an array over steps, without what stands where there is no step.
fn steps<T>(arrays: &Arrays, rows: Vec<Vec<T>>) -> Vec<Vec<T>> {
    // Bytes, which the reader of floats does not know.
    let count = |ends: Vec<f32>| ends.iter().filter(|end| **end >= 0.0).count();
    let counts = arrays.rows("step_end_ids", |end| end);
    let counts = counts.into_iter().map(count);
    rows.into_iter()
        .zip(counts)
        .map(|(row, count)| row.into_iter().take(count).collect())
        .collect()
}

fn kept(row: Vec<u32>, mask: &[bool]) -> Vec<u32> {
    let pairs = row.into_iter().zip(mask);
    pairs
        .filter_map(|(token, real)| real.then_some(token))
        .collect()
}

pub fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

pub fn largest_gap(got: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(got.len(), expected.len(), "{got:?} {expected:?}");
    let gaps = got.iter().zip(expected).map(|(a, b)| (a - b).abs());
    gaps.fold(0.0, f32::max)
}

#[test]
fn steps_and_inputs_are_those_of_the_reference() {
    for case in Case::all() {
        let inputs = case.arrays.rows("prm.input_ids", |token| token as u32);
        let mask = case.arrays.rows("attention_mask", |real| real != 0.0);
        for (row, answer) in case.answers().into_iter().enumerate() {
            assert_eq!(answer.ends, case.step_ends[row], "{row}");
            let read = [answer.prompt, answer.answer].concat();
            assert_eq!(read, kept(inputs[row].clone(), &mask[row]), "{row}");
        }
    }
}

#[test]
fn logits_of_every_token_are_those_of_pytorch() {
    logits_are_near_pytorchs(Precision::F32, 1e-4);
}

#[test]
fn logits_in_bf16_are_near_those_in_f32() {
    logits_are_near_pytorchs(Precision::Bf16, 2e-2);
}

fn logits_are_near_pytorchs(precision: Precision, largest: f32) {
    let device = Device::flex();
    for case in Case::all() {
        let checkpoint = Checkpoint::open(&case.folder).unwrap();
        let prm = checkpoint.load_prm(&device, precision).unwrap();
        let tokens = case.arrays.int::<2>("prm.input_ids", &device);
        let [rows, length] = tokens.dims();
        let mask = case.arrays.rows("attention_mask", |real| real != 0.0);
        let positions = Positions::from_mask(&mask.concat(), rows, length);
        let logits = prm.label_logits(prm.model.forward(tokens, &positions));
        let expected = case.arrays.tensor::<3>("prm.logits", &device);
        let real = case.arrays.int::<2>("attention_mask", &device).float();
        let real = real.unsqueeze_dim::<3>(2);
        let gap = gap(logits * real.clone(), expected * real);
        println!("{}: logits differ by {gap:e}", case.folder.display());
        assert!(gap < largest, "{}: {gap}", case.folder.display());
    }
}

#[test]
fn rewards_are_those_of_pytorch_however_answers_are_batched() {
    for case in Case::all() {
        let checkpoint = Checkpoint::open(&case.folder).unwrap();
        let prm = checkpoint
            .load_prm(&Device::flex(), Precision::F32)
            .unwrap();
        // Each answer twice, so that prompts are shared and prompts are not.
        let once = case.answers();
        let twice = [once.clone(), once.clone()].concat();
        let mut largest = 0.0_f32;
        for answers in [once, twice] {
            for batch_tokens in [1, 60, 100_000] {
                let rewards = prm.judge(&answers, batch_tokens).unwrap();
                let expected = case.rewards.iter().cycle();
                for (rewards, expected) in rewards.iter().zip(expected) {
                    largest = largest.max(largest_gap(rewards, expected));
                }
            }
        }
        println!("{}: rewards differ by {largest:e}", case.folder.display());
        assert!(largest < 1e-5, "{}: {largest}", case.folder.display());
    }
}
