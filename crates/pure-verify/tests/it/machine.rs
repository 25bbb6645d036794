//! What the machine gives a test: memory, counted by the allocator of this test binary, and a stack.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

pub struct Counted;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn add(bytes: isize) {
    // A thread that ends has no counters any more.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
}

// Safety: everything is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        add(-(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// What `run` gives, and the most bytes that it held at a time.
pub fn held_by<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    PEAK.set(before);
    let result = run();
    (result, (PEAK.get() - before) as usize)
}

/// Bytes that a verdict may hold at a time beside the two texts.
pub const MEMORY: usize = 4 << 20;
/// Bytes of stack that any verdict must do with.
pub const STACK: usize = 256 << 10;

/// Runs `test` where a verdict that recursed as deep as its text would overflow.
pub fn on_a_small_stack(test: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, test)
            .unwrap();
    });
}
