//! Speed of a verdict.
//!
//! ```sh
//! cargo bench -p pure-verify
//! ```
//!
//! `graded` is the mix of the tests' recorded pairs, responses and all; `equal` and `different` are
//! answers of public benchmarks against themselves and their neighbours.

use divan::Bencher;
use divan::counter::ItemsCount;
use pure_verify::{Mode, Verifier, verify};
use serde_json::Value;

fn main() {
    divan::main();
}

fn graded() -> Vec<(String, String)> {
    let pair = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |index: usize| value[index].as_str().unwrap().to_owned();
        (text(0), text(1))
    };
    include_str!("../tests/data/graded.jsonl")
        .lines()
        .map(pair)
        .collect()
}

fn answers() -> Vec<String> {
    let answer = |line: &str| serde_json::from_str::<(String, String)>(line).unwrap().1;
    include_str!("../tests/data/answers.jsonl")
        .lines()
        .map(answer)
        .collect()
}

#[divan::bench(args = [Mode::Sound, Mode::Math])]
fn graded_pairs(bencher: Bencher, mode: &Mode) {
    let pairs = graded();
    bencher.counter(ItemsCount::new(pairs.len())).bench(|| {
        pairs
            .iter()
            .filter(|(prediction, answer)| verify(prediction, answer, *mode).correct)
            .count()
    });
}

#[divan::bench]
fn whole_numbers(bencher: Bencher) {
    let responses: Vec<(String, String)> = (0..1000)
        .map(|n| {
            (
                format!("Adding up, we find $x = \\boxed{{{n}}}$."),
                (n - n % 2).to_string(),
            )
        })
        .collect();
    bencher.counter(ItemsCount::new(responses.len())).bench(|| {
        responses
            .iter()
            .filter(|(response, answer)| verify(response, answer, Mode::Sound).correct)
            .count()
    });
}

#[divan::bench]
fn neighbouring_answers(bencher: Bencher) {
    let answers = answers();
    let judge = Verifier::default();
    bencher
        .counter(ItemsCount::new(answers.len() - 1))
        .bench(|| {
            answers
                .windows(2)
                .filter(|pair| judge.compare(&pair[0], &pair[1]).is_correct())
                .count()
        });
}
