//! The definition of the sums, in plain loops; other units use those that compilers make fast.

use super::ahead::ask;
use super::numbers::{LANES, Line, PANEL, Square, first, pair, second};
use super::tile::{TILE, Tile};
use super::unit::Unit;

/// Bytes of a row to ask for in advance.
const AHEAD: usize = 512;

/// No instructions but those of every processor.
#[derive(Clone, Copy)]
pub(super) struct Plain;

/// The two numbers of a pair, the second one first, for it is added first.
pub(super) type Wide = [f32; 2];

/// The second numbers of a line, then its first ones.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct WideLine(pub [[f32; PANEL]; 2]);

impl Default for WideLine {
    fn default() -> Self {
        Self([[0.0; PANEL]; 2])
    }
}

impl Unit for Plain {
    type Left = Wide;
    type Right = WideLine;

    const BLOCK: usize = 128;

    fn pair_rows(self, top: &[f32], bottom: &[f32], pairs: &mut [u32]) {
        pair_rows(top, bottom, pairs);
    }

    fn pair_neighbours(self, rows: &[&[f32]], from: usize, square: &mut Square) {
        let mut beside = Square::ZERO;
        pair_neighbours(rows, from, &mut beside);
        for (place, row) in square.0.iter_mut().enumerate() {
            *row = beside.0.map(|pairs| pairs[place]);
        }
    }

    fn transpose(self, columns: [&[f32; LANES]; LANES], half: usize, rows: &mut [[f32; PANEL]]) {
        for (place, row) in rows.iter_mut().enumerate() {
            row.as_chunks_mut().0[half] = columns.map(|column| column[place]);
        }
    }

    fn turn(self, lines: &[Line], half: usize, turned: &mut [Line]) {
        let mut square = Square::ZERO;
        for (place, row) in square.0.iter_mut().enumerate() {
            *row = std::array::from_fn(|line| lines[line].0[half * LANES + place]);
        }
        pair_columns(&square, turned);
    }

    #[inline(always)]
    fn left(pair: u32) -> Wide {
        [second(pair), first(pair)]
    }

    fn right<'a>(self, lines: &'a [Line], room: &'a mut [WideLine]) -> &'a [WideLine] {
        widen_lines(lines, room);
        &room[..lines.len()]
    }

    fn only_tile(self, left: &[Wide], right: &[Line], out: &mut Tile<'_, '_>) {
        let mut room = vec![WideLine::default(); right.len()];
        self.tile(left, self.right(right, &mut room), out);
    }

    fn tile(self, left: &[Wide], right: &[WideLine], out: &mut Tile<'_, '_>) {
        let height = out.rows.len();
        let mut sums = [[0.0; PANEL]; TILE];
        let ends = out.column..out.column + PANEL;
        if !out.fresh {
            for (sums, row) in sums.iter_mut().zip(out.rows.iter()) {
                sums.copy_from_slice(&row[ends.clone()]);
            }
        }
        for (pairs, WideLine(line)) in left.chunks_exact(height).zip(right) {
            for (sums, pair) in sums.iter_mut().zip(pairs) {
                for (x, line) in pair.iter().zip(line) {
                    for (sum, w) in sums.iter_mut().zip(line) {
                        *sum = x.mul_add(*w, *sum);
                    }
                }
            }
        }
        for (sums, row) in sums.iter().zip(out.rows.iter_mut()) {
            row[ends.clone()].copy_from_slice(sums);
        }
    }
}

/// Lines of a transposed matrix, of a square whose rows were columns.
fn pair_columns(square: &Square, lines: &mut [Line]) {
    for (Line(line), columns) in lines.iter_mut().zip(square.0.as_chunks::<2>().0) {
        let [left, right] = columns;
        for ((out, left), right) in line.as_chunks_mut::<2>().0.iter_mut().zip(left).zip(right) {
            *out = [
                (left & 0xffff) | (right << 16),
                (left >> 16) | (right & 0xffff_0000),
            ];
        }
    }
}

#[inline(always)]
pub(super) fn pair_rows(top: &[f32], bottom: &[f32], pairs: &mut [u32]) {
    for ((pairs, top), bottom) in pairs.iter_mut().zip(top).zip(bottom) {
        *pairs = pair(*top, *bottom);
    }
}

/// As the unit's, but not turned: row `r` of the square has the pairs of row `r`.
#[inline(always)]
pub(super) fn pair_neighbours(rows: &[&[f32]], from: usize, square: &mut Square) {
    for (pairs, row) in square.0.iter_mut().zip(rows) {
        let row = &row[from.min(row.len())..];
        ask(row, AHEAD);
        ask(row, AHEAD + 64);
        if let Some(whole) = row.first_chunk::<{ 2 * LANES }>() {
            for (pairs, [first, second]) in pairs.iter_mut().zip(whole.as_chunks().0) {
                *pairs = pair(*first, *second);
            }
        } else {
            let number = |place: usize| row.get(place).copied().unwrap_or(0.0);
            for (place, pairs) in pairs.iter_mut().enumerate() {
                *pairs = pair(number(2 * place), number(2 * place + 1));
            }
        }
    }
}

fn widen_lines(lines: &[Line], room: &mut [WideLine]) {
    for (WideLine([seconds, firsts]), Line(line)) in room.iter_mut().zip(lines) {
        *seconds = line.map(second);
        *firsts = line.map(first);
    }
}
