//! The sampler on a GPU against the one on the processor.

use burn::tensor::Device;
use pure::rollout::{Engine, EngineOptions, Request, Sampling, sample_all};
use pure_core::Rollout;
use pure_model::{Checkpoint, Precision};

use super::device;
use crate::golden::folder;
use crate::golden_models::tolerance;

/// Answers of 24 tokens to prompts of many lengths.
fn answers(device: &Device, model: &str, max_num_seqs: usize, temperature: f64) -> Vec<Rollout> {
    let model = Checkpoint::open(folder(&["models", "qwen2"]).join(model)).unwrap();
    let model = model.load(device, Precision::F32).unwrap();
    let request = |number: u32| Request {
        prompt: (0..=number * 5 % 23)
            .map(|place| (number * 7 + place * 3) % 60)
            .collect(),
        samples: 0..2,
        stream: u64::from(number),
        sampling: Sampling {
            temperature,
            max_new_tokens: 24,
            seed: 3,
            ..Sampling::default()
        },
        stop: None,
    };
    let options = EngineOptions {
        max_num_seqs,
        ..EngineOptions::default()
    };
    let requests: Vec<Request> = (0..32).map(request).collect();
    let (answers, _) = sample_all(&mut Engine::new(model, options), &requests).unwrap();
    answers.concat()
}

/// Holds answers to those of the processor. Where rounding decides between two tokens an answer may part ways, and what
/// comes behind is another text: of 64 answers in two at most.
fn assert_same(found: &[Rollout], right: &[Rollout]) {
    let (mut compared, mut parted, tolerance) = (0, 0, tolerance());
    for (found, right) in found.iter().zip(right) {
        for place in 0..right.tokens.len() {
            if found.tokens[place] != right.tokens[place] {
                parted += 1;
                break;
            }
            let gap = (found.log_probs[place] - right.log_probs[place]).abs();
            assert!(gap < tolerance, "{gap} at token {place}");
            compared += 1;
        }
    }
    assert!(compared > 1_000 && parted <= 2, "{compared}, {parted}");
}

#[test]
#[ignore = "a GPU backend"]
fn greedy_answers_are_those_of_the_processor_however_many_grow_at_once() {
    let right = answers(&Device::flex(), "qwen2_tied", 64, 0.0);
    for at_once in [64, 7, 1] {
        assert_same(&answers(&device(), "qwen2_tied", at_once, 0.0), &right);
    }
}

#[test]
#[ignore = "a GPU backend"]
fn a_seed_draws_the_answers_that_it_draws_on_the_processor() {
    let [right, found] =
        [Device::flex(), device()].map(|device| answers(&device, "qwen3", 64, 1.0));
    assert_same(&found, &right);
}
