//! Memory that will be read soon. A core that waits for memory asks for few lines of it at a time, and the machine's own
//! guesses end with each page of four KiB; asked for in advance, one core gets twice as much.

use std::ops::Range;

/// Says that what is so many bytes behind a place in memory will be read soon.
#[inline(always)]
pub(in super::super) fn ask<T>(place: &[T], bytes: usize) {
    #[cfg(target_arch = "x86_64")]
    super::gate::ask(place, bytes);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (place, bytes);
}

/// Says that memory will be read soon.
#[inline]
pub(super) fn ask_for<T>(memory: &[T]) {
    for bytes in (0..size_of_val(memory)).step_by(64) {
        ask(memory, bytes);
    }
}

/// Pairs of rows to ask for in advance.
const PAIRS: usize = 2;

/// Of rows of `width` numbers that are read in pairs: says what columns will be read, when it is a pair's turn.
pub(super) fn ask_for_rows(numbers: &[f32], width: usize, pair: usize, columns: Range<usize>) {
    let rows = numbers.chunks_exact(width).skip(2 * (pair + PAIRS));
    for row in rows.take(2) {
        ask_for(&row[columns.clone()]);
    }
}
