//! Speed of sampling: a full batch of equal answers, and ragged groups.
//!
//! ```sh
//! cargo bench -p pure-benches --profile dev --bench rollout          # the profile that `cargo run` uses
//! PURE_DEVICE=cuda cargo bench -p pure-benches --bench rollout --features cuda
//! ```
//!
//! Each prints where the time went, as the last of its runs had it.

mod shapes;

use std::sync::{Arc, Mutex};

use divan::Bencher;
use divan::counter::ItemsCount;
use pure_model::ModelConfig;
use pure_rollout::{Engine, EngineOptions, Phases, Request, Sampling, StopRule, sample_all};

use self::shapes::shape;

fn main() {
    pure_model::keep_freed_memory();
    divan::main();
    for (name, phases) in LAST.lock().unwrap().iter() {
        println!(
            "{name}: {phases:?}, {:.3} of rows live",
            phases.live_share()
        );
    }
}

static LAST: Mutex<Vec<(&str, Phases)>> = Mutex::new(Vec::new());

/// A different prompt for each request.
fn request(place: usize, prompt: usize, samples: usize, new: usize) -> Request {
    Request {
        prompt: (0..prompt)
            .map(|i| ((i * 7 + place * 31) % 512) as u32)
            .collect(),
        samples: 0..samples,
        stream: place as u64,
        sampling: Sampling {
            max_new_tokens: new,
            ..Sampling::default()
        },
        stop: None,
    }
}

fn run(bencher: Bencher, name: &'static str, requests: &[Request]) {
    let choice = std::env::var("PURE_DEVICE").unwrap_or_else(|_| "cpu".to_owned());
    let choice: pure_model::DeviceChoice = choice.parse().unwrap();
    let device = choice.open().unwrap().device();
    let model = ModelConfig::from_json(shape("nano")).unwrap().init(&device);
    let options = EngineOptions {
        max_num_seqs: 64,
        ..EngineOptions::default()
    };
    let mut engine = Engine::new(model, options);
    let (_, phases) = sample_all(&mut engine, requests).unwrap();
    bencher
        .counter(ItemsCount::new(phases.new_tokens as usize))
        .bench_local(|| {
            let (_, phases) = sample_all(&mut engine, requests).unwrap();
            let mut last = LAST.lock().unwrap();
            last.retain(|(other, _)| *other != name);
            last.push((name, phases));
        });
}

/// 64 prompts of 32 tokens, 64 new tokens each.
#[divan::bench(sample_size = 1, sample_count = 6)]
fn nano_decode(bencher: Bencher) {
    let requests: Vec<Request> = (0..64).map(|place| request(place, 32, 1, 64)).collect();
    run(bencher, "decode", &requests);
}

/// 16 prompts of 256 tokens, 8 answers each, of 8 to 256 tokens.
#[divan::bench(sample_size = 1, sample_count = 3)]
fn nano_ragged(bencher: Bencher) {
    let mut requests: Vec<Request> = (0..16).map(|place| request(place, 256, 8, 256)).collect();
    for request in &mut requests {
        request.stop = Some(Arc::new(After));
    }
    run(bencher, "ragged", &requests);
}

/// Ends an answer after a number of tokens that its first ones tell.
#[derive(Debug)]
struct After;

impl StopRule for After {
    fn stops(&self, answer: &[u32]) -> bool {
        let first = answer.iter().take(4);
        let told = first.fold(0, |told, &token| (told * 31 + token as usize) % 249);
        answer.len() >= 8 + told
    }
}
