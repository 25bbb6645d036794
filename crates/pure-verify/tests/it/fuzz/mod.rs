//! Random pairs against everything that the crate promises for all of them.
//!
//! ```sh
//! PURE_FUZZ=1000000 cargo test -p pure-verify --test it fuzz -- --nocapture
//! ```
//!
//! `PURE_FUZZ` is how many pairs are tried, `PURE_FUZZ_FROM` the number of the first one. Pair n is the
//! same in every run and is judged by a thread called `pair n` with a small stack, so a panic or a stack
//! overflow names the pair that caused it. `PURE_FUZZ_FROM=n PURE_FUZZ=1` shows it and tries it again.
//! What is found becomes a test in `found.rs`, named by its cause. A search that is guided by coverage is
//! in `fuzz/`, for which cargo-fuzz is needed.

mod pairs;
mod promises;

use std::thread;
use std::time::{Duration, Instant};

use pure_verify::{Mode, verify};

use crate::machine::{MEMORY, STACK, held_by, on_a_small_stack};

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap())
}

/// Answers of public benchmarks, and responses in every notation.
fn seeds() -> Vec<String> {
    let answers = include_str!("../../data/answers.jsonl").lines();
    let graded = include_str!("../../data/graded.jsonl").lines();
    let field = |line: &str, at: usize| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        record[at].as_str().unwrap().to_owned()
    };
    let answers = answers.map(|line| field(line, 1));
    answers.chain(graded.map(|line| field(line, 0))).collect()
}

#[test]
fn random_pairs_are_judged_as_promised() {
    let (first, count) = (setting("PURE_FUZZ_FROM", 0), setting("PURE_FUZZ", 20_000));
    let seeds = seeds();
    let mut slowest: Vec<(Duration, u64, u64)> = Vec::new();
    for number in first..first + count {
        let pair = pairs::pair(number, &seeds);
        if count == 1 {
            println!("{pair:?}");
        }
        let judged = thread::scope(|scope| {
            let thread = thread::Builder::new()
                .name(format!("pair {number}"))
                .stack_size(STACK);
            let judged = thread.spawn_scoped(scope, || judged(&pair.0, &pair.1));
            judged.unwrap().join()
        });
        let Ok((took, work)) = judged else {
            panic!("pair {number}: {pair:?}");
        };
        slowest.push((took, work, number));
        if slowest.len() >= 1_000 || number + 1 == first + count {
            slowest.sort_unstable_by(|a, b| b.cmp(a));
            slowest.truncate(10);
        }
    }
    println!("the slowest of {count} pairs, in mode sound:");
    for (took, work, number) in slowest {
        println!("{took:9.2?}  {work:7} units of work  pair {number}");
    }
}

/// Checks a pair, and tells how long its verdict took and how much work it was.
fn judged(prediction: &str, answer: &str) -> (Duration, u64) {
    let (verdict, held) = held_by(|| promises::keep(prediction, answer));
    assert!(held <= MEMORY + 2 * answer.len(), "{held} bytes");
    let start = Instant::now();
    verify(prediction, answer, Mode::Sound);
    (start.elapsed(), verdict.work)
}

#[test]
fn a_sign_of_two_values_in_any_notation_in_any_other_gets_a_verdict() {
    on_a_small_stack(|| {
        for outer in pairs::SHAPES {
            for inner in pairs::SHAPES {
                let text = outer.replace('#', inner);
                let (plus, minus) = (text.replace('#', "\\pm 3"), text.replace('#', "2\\mp x"));
                verify(&format!("\\boxed{{{plus}}}"), &minus, Mode::Sound);
            }
        }
    });
}
