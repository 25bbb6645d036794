//! Columns that do not fill a tile, or do not lie in rows: brought together.

use std::ops::Range;

use super::super::bf16::turn;
use super::Right;

/// As many at a time.
pub(super) const ROOM: usize = 32;

/// Brings a block of `k`, of `inner` numbers in all, of some columns into rows, with zeros behind the last column.
#[inline(always)]
pub(super) fn bring(
    right: &Right<'_>,
    inner: usize,
    block: &Range<usize>,
    columns: &Range<usize>,
    room: &mut Vec<[f32; ROOM]>,
) {
    let lines = right.numbers.chunks(right.stride);
    room.resize(block.len(), [0.0; ROOM]);
    if right.turned {
        let mut some = [&[][..]; ROOM];
        let some = &mut some[..columns.len()];
        for (some, column) in some.iter_mut().zip(lines.skip(columns.start)) {
            *some = &column[block.clone()];
        }
        // As many numbers of the columns behind them, from where the last ones ended.
        let size = block.len() * right.stride / inner * ROOM;
        let from = columns.end * right.stride + block.start * ROOM;
        let next = right.numbers.get(from..from + size).unwrap_or(&[]);
        return turn(some, next, room);
    }
    for (room, row) in room.iter_mut().zip(lines.skip(block.start)) {
        let row = &row[columns.clone()];
        room[..row.len()].copy_from_slice(row);
        room[row.len()..].fill(0.0);
    }
}
