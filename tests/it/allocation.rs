//! An allocator that remembers the largest block each thread has asked for, and the most it has held.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

pub struct Watching;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
    /// What others took over, or gave, makes it less, or negative.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn watch(size: usize, freed: usize) {
    LARGEST.with(|largest| largest.set(largest.get().max(size)));
    let held = HELD.get() + size as isize - freed as isize;
    HELD.set(held);
    PEAK.with(|peak| peak.set(peak.get().max(held)));
}

// SAFETY: every call goes on to the system's allocator unchanged.
#[allow(unsafe_code, reason = "an allocator is unsafe to implement")]
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        watch(layout.size(), 0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        watch(layout.size(), 0);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        watch(size, layout.size());
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        watch(0, layout.size());
        unsafe { System.dealloc(block, layout) }
    }
}

/// The largest block that this thread asks for while `work` runs.
pub fn largest_during(work: impl FnOnce()) -> usize {
    LARGEST.set(0);
    work();
    LARGEST.get()
}

/// What `work` gives, and the most bytes that this thread held at a time for it.
pub fn held_during<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    PEAK.set(before);
    let result = work();
    (result, (PEAK.get() - before).unsigned_abs())
}
