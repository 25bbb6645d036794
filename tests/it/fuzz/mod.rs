//! Random changes of good input: whatever is read must be taken or refused, and never a panic, an abort, a
//! hang or memory without bound.
//!
//! ```sh
//! PURE_FUZZ=1000000 cargo test --test it fuzz::settings -- --nocapture
//! PURE_FUZZ=1000000 cargo test --test it fuzz::records -- --nocapture
//! PURE_FUZZ=1000000 cargo test --test it fuzz::tables -- --nocapture
//! PURE_FUZZ=1000000 cargo test --test it fuzz::folders -- --nocapture
//! ```
//!
//! `PURE_FUZZ` is how many inputs are tried, `PURE_FUZZ_FROM` the number of the first one. Input n is the
//! same in every run and is tried by a thread called `input n`, so a panic or a stack overflow names the
//! input that caused it. `PURE_FUZZ_FROM=n PURE_FUZZ=1` shows it and tries it again.

mod dice;
mod folders;
mod json;
mod odd;
mod program;
mod records;
mod settings;
#[cfg(feature = "parquet")]
mod tables;
mod text;

use std::fmt::Debug;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::allocation::held_during;

/// Nothing takes as long.
const HANGS: Duration = Duration::from_secs(10);

/// Nothing holds as many bytes at a time.
const MEMORY: usize = 1 << 30;

/// The stack of a thread of Rust's, if nothing else is said.
const STACK: usize = 2 << 20;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap())
}

/// Tries so many inputs, or as many as the environment says.
///
/// `try_it` gives whether the input was taken; of all that are tried in an ordinary run some must be, and
/// some refused, or the changes are too small or too large to find anything.
fn try_inputs<I: Debug>(
    count: u64,
    input: impl Fn(u64) -> I + Send + Sync + 'static,
    try_it: impl Fn(u64, &I) -> bool + Send + Sync + 'static,
) {
    let (first, count) = (setting("PURE_FUZZ_FROM", 0), setting("PURE_FUZZ", count));
    let work = Arc::new((input, try_it));
    let (mut taken, start) = (0, Instant::now());
    let mut slowest = (Duration::ZERO, first);
    for number in first..first + count {
        if count == 1 {
            println!("{:?}", work.0(number));
        }
        if number > first && (number - first) % 50_000 == 0 {
            println!("{} of {count}, {:.0?}", number - first, start.elapsed());
        }
        let (sender, result) = sync_channel(1);
        let of_thread = Arc::clone(&work);
        let tried = move || {
            let (input, try_it) = &*of_thread;
            let input = input(number);
            let start = Instant::now();
            let (is_taken, held) = held_during(|| try_it(number, &input));
            assert!(held < MEMORY, "{held} bytes");
            // Nobody receives it once the time is over.
            let _ = sender.send((is_taken, start.elapsed()));
        };
        let thread = thread::Builder::new()
            .name(format!("input {number}"))
            .stack_size(STACK)
            .spawn(tried)
            .unwrap();
        match result.recv_timeout(HANGS) {
            Ok((is_taken, took)) => {
                taken += u64::from(is_taken);
                slowest = slowest.max((took, number));
                thread.join().unwrap();
            }
            Err(RecvTimeoutError::Timeout) => {
                panic!("input {number} takes over {HANGS:?}: {:?}", work.0(number))
            }
            Err(RecvTimeoutError::Disconnected) => {
                println!("input {number}: {:?}", work.0(number));
                resume_unwind(thread.join().unwrap_err())
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{taken} of {count} inputs were taken, in {seconds:.0} s");
    println!("the slowest was input {}, {:.2?}", slowest.1, slowest.0);
    assert!(count < 1000 || (taken > 0 && taken < count));
}
