//! Tokens credited and baselined in a second, on one core.
//!
//! A batch like one of training: 64 prompts, 8 answers each, 2048 tokens an answer, a step every 32,
//! with KL penalty and whitening.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use pure::core::signals::repetition;
use pure::core::{
    Baseline, CreditConfig, Finish, LogProbs, MethodConfig, Preset, Response, Scores, StepFormat,
    StepSpan,
};

const PROMPTS: usize = 64;
const ANSWERS: usize = 8;
const LENGTH: usize = 2048;
const STEP: usize = 32;

fn main() {
    divan::main();
}

struct Batch {
    steps: Vec<StepSpan>,
    scores: Vec<Scores>,
    policy: Vec<f32>,
    reference: Vec<f32>,
}

impl Batch {
    fn new() -> Self {
        let ends: Vec<usize> = (1..=LENGTH / STEP).map(|step| step * STEP - 1).collect();
        let reward =
            |answer: usize, step: usize| ((answer * 31 + step * 17) % 200) as f32 / 100.0 - 1.0;
        let scores = (0..PROMPTS * ANSWERS).map(|answer| Scores {
            process: (0..ends.len()).map(|step| reward(answer, step)).collect(),
            outcome: Some((answer % 3 == 0) as u8 as f32),
        });
        Self {
            steps: StepSpan::from_ends(&ends, LENGTH).unwrap(),
            scores: scores.collect(),
            policy: (0..LENGTH)
                .map(|token| -((token % 7) as f32) / 7.0)
                .collect(),
            reference: (0..LENGTH)
                .map(|token| -((token % 5) as f32) / 5.0)
                .collect(),
        }
    }

    fn responses(&self) -> Vec<Response<'_>> {
        let log_probs = LogProbs {
            policy: &self.policy,
            reference: &self.reference,
        };
        let response = |(index, scores)| Response {
            group: index / ANSWERS,
            length: LENGTH,
            steps: &self.steps,
            scores,
            log_probs: Some(log_probs),
            finish: Finish::Stop,
        };
        self.scores.iter().enumerate().map(response).collect()
    }
}

fn bench(bencher: Bencher<'_, '_>, config: MethodConfig) {
    let batch = Batch::new();
    let responses = batch.responses();
    let method = config.build().unwrap();
    bencher
        .counter(ItemsCount::new(PROMPTS * ANSWERS * LENGTH))
        .bench_local(|| method.run(black_box(&responses)).unwrap());
}

#[divan::bench(args = CreditConfig::every_form().map(|form| form.to_string()))]
fn form(bencher: Bencher<'_, '_>, form: &str) {
    let credit = form.parse().unwrap();
    bench(
        bencher,
        MethodConfig {
            credit,
            whiten: true,
            ..MethodConfig::default()
        },
    );
}

#[divan::bench(args = ["paper", "verl", "openrlhf"])]
fn preset(bencher: Bencher<'_, '_>, preset: &str) {
    let config = preset.parse::<Preset>().unwrap().config();
    bench(
        bencher,
        MethodConfig {
            whiten: true,
            ..config
        },
    );
}

#[divan::bench(args = ["rloo", "grpo", "dr-grpo", "reinforce++", "none"])]
fn baseline(bencher: Bencher<'_, '_>, baseline: &str) {
    let baseline: Baseline = baseline.parse().unwrap();
    bench(
        bencher,
        MethodConfig {
            baseline,
            ..MethodConfig::default()
        },
    );
}

#[divan::bench]
fn split_into_steps(bencher: Bencher<'_, '_>) {
    let format = StepFormat::new((0..500).map(|token| token * 300), 7);
    let response: Vec<u32> = (0..65_536).map(|token| token * 7919 % 150_000).collect();
    bencher
        .counter(ItemsCount::new(response.len()))
        .bench_local(|| format.split(black_box(&response)));
}

#[divan::bench(args = ["new", "repeated"])]
fn repetition_score(bencher: Bencher<'_, '_>, kind: &str) {
    let period = if kind == "new" { usize::MAX } else { 100 };
    let symbol = |place: usize| ((place % period).wrapping_mul(2_654_435_761) >> 16) % 64;
    let text: Vec<usize> = (0..20_000).map(symbol).collect();
    bencher
        .counter(ItemsCount::new(text.len()))
        .bench_local(|| repetition(black_box(&text).iter().copied()));
}
