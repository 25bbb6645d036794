//! Random pairs against everything that the crate promises for all of them.
//!
//! ```sh
//! PURE_FUZZ=1000000 cargo test -p pure-verify --test it fuzz -- --nocapture
//! ```
//!
//! `PURE_FUZZ` is how many pairs are tried, `PURE_FUZZ_FROM` the number of the first one. Pair n is the
//! same in every run, and is judged by a thread called `pair n` with a small stack, so a panic and a
//! stack overflow name the pair that caused them. `PURE_FUZZ_FROM=n PURE_FUZZ=1` shows it and tries it
//! again. What is found becomes a test in `found.rs`, named by its cause.

mod pairs;

use std::thread;
use std::time::{Duration, Instant};

use pure_verify::{Decimals, Mode, Reason, Verifier, verify};

/// Bytes of stack that any verdict must do with.
const STACK: usize = 256 << 10;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap())
}

/// Answers of public benchmarks, and responses in every notation.
fn seeds() -> Vec<String> {
    let answers = include_str!("../../data/answers.jsonl").lines();
    let graded = include_str!("../../data/graded.jsonl").lines();
    let answers = answers.map(|line| serde_json::from_str::<(String, String)>(line).unwrap().1);
    let graded = graded.map(|line| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        record[0].as_str().unwrap().to_owned()
    });
    answers.chain(graded).collect()
}

#[test]
fn random_pairs_are_judged_as_promised() {
    let (first, count) = (setting("PURE_FUZZ_FROM", 0), setting("PURE_FUZZ", 20_000));
    let seeds = seeds();
    let mut slowest: Vec<(Duration, u64)> = Vec::new();
    if count == 1 {
        println!("{:?}", pairs::pair(first, &seeds));
    }
    for number in first..first + count {
        let took = thread::scope(|scope| {
            thread::Builder::new()
                .name(format!("pair {number}"))
                .stack_size(STACK)
                .spawn_scoped(scope, || judged(number, &seeds))
                .unwrap()
                .join()
        });
        match took {
            Ok(took) => slowest.push((took, number)),
            Err(_) => panic!("pair {number}: {:?}", pairs::pair(number, &seeds)),
        }
        if slowest.len() > 1_000 {
            slowest.sort_unstable();
            slowest.drain(..slowest.len() - 10);
        }
    }
    slowest.sort_unstable();
    println!("the slowest of {count} pairs:");
    for (took, number) in slowest.iter().rev().take(10) {
        println!("{took:9.2?}  pair {number}");
    }
}

/// Judges one pair and tells how long its slowest verdict took.
fn judged(number: u64, seeds: &[String]) -> Duration {
    let (prediction, answer) = pairs::pair(number, seeds);
    let mut slowest = Duration::ZERO;
    for mode in [Mode::Sound, Mode::Math] {
        let start = Instant::now();
        let verdict = verify(&prediction, &answer, mode);
        slowest = slowest.max(start.elapsed());
        assert_eq!(verdict.correct, verdict.reason.is_correct());
    }
    let exact = Verifier::default();
    let rounded = Verifier {
        decimals: Decimals::Rounded,
        ..exact
    };
    let there = exact.compare(&prediction, &answer);
    let back = exact.compare(&answer, &prediction);
    assert_eq!(there.is_correct(), back.is_correct(), "{there:?} {back:?}");
    let loose = rounded.compare(&prediction, &answer).is_correct();
    assert!(loose || !there.is_correct(), "rounding makes them differ");
    for text in [&prediction, &answer] {
        let itself = exact.compare(text, text);
        assert!(
            itself.is_correct() || itself == Reason::EmptyAnswer,
            "{text:?} against itself: {itself:?}"
        );
    }
    slowest
}
