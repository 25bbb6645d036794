//! Memory is asked for by the response and by the batch, never by the token.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use pure_core::{CreditConfig, Finish, LogProbs, MethodConfig, Response, Scores, StepSpan};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

fn count(bytes: usize) {
    // A thread that is ending has no counters any more.
    let _ = ALLOCATIONS.try_with(|allocations| allocations.set(allocations.get() + 1));
    let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(bytes)));
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

/// The largest piece of memory that is asked for at once, in bytes.
pub fn largest_allocation(work: impl FnOnce()) -> usize {
    LARGEST.set(0);
    work();
    LARGEST.get()
}

fn allocations_for(tokens: usize, config: &MethodConfig) -> usize {
    let ends: Vec<usize> = (0..tokens / 4).map(|step| 4 * step + 3).collect();
    let steps = StepSpan::from_ends(&ends, tokens).unwrap();
    let scores = Scores {
        process: vec![0.5; steps.len()],
        outcome: Some(1.0),
    };
    let numbers = vec![-1.0; tokens];
    let log_probs = Some(LogProbs {
        policy: &numbers,
        reference: &numbers,
    });
    let (steps, scores) = (steps.as_slice(), &scores);
    let finish = Finish::End;
    let response = |group| Response {
        group,
        length: tokens,
        steps,
        scores,
        log_probs,
        finish,
    };
    let responses = [response(0), response(0), response(1)];
    let method = config.build().unwrap();
    allocations(|| drop(method.run(&responses).unwrap()))
}

#[test]
fn a_batch_of_longer_answers_asks_for_memory_no_more_often() {
    for form in CreditConfig::every_form() {
        let config = MethodConfig {
            credit: form,
            whiten: true,
            ..MethodConfig::default()
        };
        let (short, long) = (
            allocations_for(100, &config),
            allocations_for(100_000, &config),
        );
        assert_eq!(short, long, "{form}");
    }
}

#[test]
fn a_form_of_credit_asks_for_none() {
    let steps = StepSpan::from_ends(&[3, 7], 8).unwrap();
    let scores = Scores {
        process: vec![0.5, -0.5],
        outcome: None,
    };
    let mut out = [0.0; 8];
    for form in CreditConfig::every_form() {
        let credit = form.build().unwrap();
        assert_eq!(
            allocations(|| credit.assign(&steps, &scores, &mut out)),
            0,
            "{form}"
        );
    }
}
