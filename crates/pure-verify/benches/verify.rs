//! Speed of a verdict.
//!
//! ```sh
//! cargo bench --profile dev -p pure-verify
//! ```
//!
//! `graded_pairs` is the mix of the tests' recorded pairs, responses and all; `rewritten_pairs` are those that math-verify
//! judged too; `neighbouring_answers` are
//! answers of public benchmarks against the next ones. `costly_pairs` are written to cost the most: each
//! must be judged within 10 ms.

use divan::Bencher;
use divan::counter::ItemsCount;
use pure_verify::{Mode, Verifier, verify};
use serde_json::Value;

fn main() {
    divan::main();
}

/// The predictions and answers of recorded pairs.
fn pairs(record: &str) -> Vec<(String, String)> {
    let pair = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |index: usize| value[index].as_str().unwrap().to_owned();
        (text(0), text(1))
    };
    record.lines().map(pair).collect()
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
    let pairs = pairs(include_str!("../tests/data/graded.jsonl"));
    bencher.counter(ItemsCount::new(pairs.len())).bench(|| {
        pairs
            .iter()
            .filter(|(prediction, answer)| verify(prediction, answer, *mode).correct)
            .count()
    });
}

#[divan::bench]
fn rewritten_pairs(bencher: Bencher) {
    let pairs = pairs(include_str!("../tests/data/rewritten.jsonl"));
    let boxed: Vec<(String, String)> = pairs
        .into_iter()
        .map(|(said, truth)| (format!("\\boxed{{{said}}}"), truth))
        .collect();
    bencher.counter(ItemsCount::new(boxed.len())).bench(|| {
        boxed
            .iter()
            .filter(|(response, answer)| verify(response, answer, Mode::Sound).correct)
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

#[divan::bench(args = ["fractions", "sines", "reversed list", "long decimals", "exponents", "open boxes"])]
fn costly_pairs(bencher: Bencher, what: &str) {
    let sum = |terms: Vec<String>| terms.join("+");
    let list = |numbers: Vec<usize>| {
        numbers
            .iter()
            .map(|n| format!("{n} cm,"))
            .collect::<String>()
    };
    let (prediction, answer) = match what {
        "fractions" => (
            sum((0..30).map(|n| format!("\\frac{{1}}{{x+{n}}}")).collect()),
            sum((0..30)
                .rev()
                .map(|n| format!("\\frac{{1}}{{x+{n}}}"))
                .collect()),
        ),
        "sines" => (
            (1..20).map(|n| format!("\\sin({n}x+y)")).collect(),
            (1..20).map(|n| format!("\\sin({n}y+x)")).collect(),
        ),
        "reversed list" => (list((0..199).collect()), list((0..199).rev().collect())),
        "long decimals" => (
            sum((0..999).map(|n| format!("1.5e-{}", 990 - n)).collect()),
            "1".to_owned(),
        ),
        "exponents" => ("^{".repeat(8_000), "5".to_owned()),
        _ => (
            "\\boxed{".repeat(5) + &"a$,$".repeat(16_000),
            "5".to_owned(),
        ),
    };
    let response = format!("\\boxed{{{prediction}}}");
    bencher.bench(|| verify(&response, &answer, Mode::Sound));
}
