//! `y = x w` in f32 of few rows, as in a step of generation: what takes time is to read `w`, so it is read once, where
//! it lies. (The `gemm` crate, which is what many rows are for, copies it first.)
//!
//! A tile of sums stays in registers: of up to twelve rows, over as many columns as there are registers for. Threads
//! share out the columns. Sums are made in the order of the `gemm` crate, chains over blocks of `k`, so a row has the
//! same bits among few rows and among many.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::bf16::{TASKS, WORTH_THREADS, ask, ranges, turn};

/// With more rows, copying the matrix first is worth it.
pub(super) const MOST: usize = 256;
/// The most rows of a tile.
const TILE: usize = 12;
/// The longest chain over `k`; longer ones are cut into equal parts.
const CHAIN: usize = 512;
/// Columns that are brought together where they do not fill a tile, or do not lie in rows.
const ROOM: usize = 32;
/// Rows of the matrix to ask for in advance.
const AHEAD: usize = 16;

/// The matrix of a product.
#[derive(Clone, Copy)]
pub(super) struct Right<'a> {
    /// From the first on: row by row, or if it is turned column by column.
    pub numbers: &'a [f32],
    /// `k`, and columns.
    pub shape: [usize; 2],
    /// From one row, or column, to the next.
    pub stride: usize,
    pub turned: bool,
}

/// `out = x w` of `rows` rows, for each of some matrices.
///
/// # Panics
///
/// If the lengths do not fit.
pub(super) fn products(rows: usize, x: &[f32], all: &mut [(Right<'_>, &mut [f32])]) {
    let inner = x.len() / rows.max(1);
    let size = |right: &Right<'_>| right.shape[0] * right.shape[1];
    let numbers: usize = all.iter().map(|(right, _)| size(right)).sum();
    let threads = match numbers {
        0..WORTH_THREADS => 1,
        _ => rayon::current_num_threads(),
    };
    let mut tasks = Vec::new();
    for (right, out) in all {
        let [depth, width] = right.shape;
        assert_eq!(depth, inner, "a row of weights for each number");
        assert_eq!(out.len(), rows * width, "numbers for {:?}", [rows, width]);
        if out.is_empty() || inner == 0 {
            out.fill(0.0);
            continue;
        }
        let share = (threads * TASKS * size(right)).div_ceil(numbers);
        let columns = width.div_ceil(share).next_multiple_of(ROOM);
        let ranges = ranges(out, width, columns);
        tasks.extend(ranges.into_iter().map(|range| (*right, range)));
    }
    if tasks.is_empty() {
        return;
    }
    let left = Left::new(rows, x);
    let task = |(right, (first, out))| {
        Arch::new().dispatch(Task {
            left: &left,
            right,
            first,
            out,
        });
    };
    match threads {
        1 => tasks.into_iter().for_each(task),
        _ => tasks.into_par_iter().for_each(task),
    }
}

/// Rows in tiles of one height, of each the numbers of its rows side by side, `k` by `k`; zeros for rows that
/// are not there.
struct Left {
    numbers: Vec<f32>,
    height: usize,
    inner: usize,
}

impl Left {
    fn new(rows: usize, x: &[f32]) -> Self {
        let (tiles, inner) = (rows.div_ceil(TILE), x.len() / rows);
        let height = rows.div_ceil(tiles);
        let mut numbers = vec![0.0; tiles * height * inner];
        let tiles = numbers.chunks_exact_mut(height * inner);
        for (tile, rows) in tiles.zip(x.chunks(height * inner)) {
            for (place, row) in rows.chunks_exact(inner).enumerate() {
                for (beside, x) in tile.chunks_exact_mut(height).zip(row) {
                    beside[place] = *x;
                }
            }
        }
        Self {
            numbers,
            height,
            inner,
        }
    }

    fn tile<const R: usize>(&self, tile: usize, chain: &Range<usize>) -> &[[f32; R]] {
        let tile = self.numbers[tile * R * self.inner..].as_chunks().0;
        &tile[chain.clone()]
    }
}

/// Blocks of `k` of one length, but for the last.
fn chains(inner: usize) -> impl Iterator<Item = Range<usize>> {
    let length = inner.div_ceil(inner.div_ceil(CHAIN));
    let starts = (0..inner).step_by(length);
    starts.map(move |start| start..inner.min(start + length))
}

/// Some columns of all rows.
struct Task<'a> {
    left: &'a Left,
    right: Right<'a>,
    first: usize,
    out: Vec<&'a mut [f32]>,
}

impl WithSimd for Task<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.left.height {
            1 => self.columns::<S, 1, 12>(simd),
            2 => self.columns::<S, 2, 8>(simd),
            3 => self.columns::<S, 3, 6>(simd),
            4 => self.columns::<S, 4, 6>(simd),
            5 => self.columns::<S, 5, 4>(simd),
            6 => self.columns::<S, 6, 4>(simd),
            7 => self.columns::<S, 7, 3>(simd),
            8 => self.columns::<S, 8, 3>(simd),
            9 => self.columns::<S, 9, 2>(simd),
            10 => self.columns::<S, 10, 2>(simd),
            11 => self.columns::<S, 11, 2>(simd),
            12 => self.columns::<S, 12, 2>(simd),
            height => unreachable!("a tile of {height} rows"),
        }
    }
}

impl Task<'_> {
    /// In tiles of `R` rows and `V` vectors.
    #[inline(always)]
    fn columns<S: Simd, const R: usize, const V: usize>(mut self, simd: S) {
        let (Right { stride, .. }, width) = (self.right, self.out[0].len());
        let whole = V * S::F32_LANES;
        let mut room = Vec::new();
        let mut column = 0;
        while column < width {
            if !self.right.turned && width - column >= whole {
                for chain in chains(self.left.inner) {
                    let from = chain.start * stride + self.first + column;
                    let w = &self.right.numbers[from..];
                    for (tile, out) in self.out.chunks_mut(R).enumerate() {
                        let left = self.left.tile::<R>(tile, &chain);
                        let sums = sums::<S, R, V>(simd, left, w, stride);
                        let out = out.iter_mut().map(|row| &mut row[column..][..whole]);
                        keep(simd, &sums, out, chain.start > 0);
                    }
                }
                column += whole;
            } else {
                let columns = column..width.min(column + ROOM);
                for chain in chains(self.left.inner) {
                    self.bring(&chain, columns.clone(), &mut room);
                    self.in_room::<S, R>(simd, &chain, columns.clone(), &room);
                }
                column = columns.end;
            }
        }
    }

    /// Brings columns into rows, with zeros behind those that are there.
    #[inline(always)]
    fn bring(&self, chain: &Range<usize>, columns: Range<usize>, room: &mut Vec<[f32; ROOM]>) {
        let columns = self.first + columns.start..self.first + columns.end;
        room.resize(chain.len(), [0.0; ROOM]);
        if self.right.turned {
            let all = self.right.numbers.chunks(self.right.stride);
            let some = all.skip(columns.start).take(columns.len());
            let some: Vec<&[f32]> = some.map(|column| &column[chain.clone()]).collect();
            // As many numbers of the columns behind them, from where the last ones ended.
            let size = chain.len() * self.right.stride / self.left.inner * ROOM;
            let from = columns.end * self.right.stride + chain.start * ROOM;
            let next = self.right.numbers.get(from..from + size).unwrap_or(&[]);
            turn(&some, next, room);
            return;
        }
        let rows = self.right.numbers.chunks(self.right.stride);
        for (room, row) in room.iter_mut().zip(rows.skip(chain.start)) {
            let row = &row[columns.clone()];
            room[..row.len()].copy_from_slice(row);
            room[row.len()..].fill(0.0);
        }
    }

    #[inline(always)]
    fn in_room<S: Simd, const R: usize>(
        &mut self,
        simd: S,
        chain: &Range<usize>,
        columns: Range<usize>,
        room: &[[f32; ROOM]],
    ) {
        let some = 2 * S::F32_LANES;
        let mut whole = [[0.0; ROOM]; R];
        for (tile, out) in self.out.chunks_mut(R).enumerate() {
            let left = self.left.tile::<R>(tile, chain);
            for first in (0..columns.len()).step_by(some) {
                let w = &room.as_flattened()[first..];
                let sums = sums::<S, R, 2>(simd, left, w, ROOM);
                let whole = whole.iter_mut().map(|row| &mut row[first..][..some]);
                keep(simd, &sums, whole, false);
            }
            for (row, whole) in out.iter_mut().zip(&whole) {
                for (out, sum) in row[columns.clone()].iter_mut().zip(whole) {
                    *out = if chain.start > 0 { *out + sum } else { *sum };
                }
            }
        }
    }
}

/// Of a tile the chains over `k`: `w` begins with its columns, and a row is `stride` behind the one before.
#[inline(always)]
fn sums<S: Simd, const R: usize, const V: usize>(
    simd: S,
    left: &[[f32; R]],
    w: &[f32],
    stride: usize,
) -> [[S::f32s; V]; R] {
    let mut sums = [[simd.splat_f32s(0.0); V]; R];
    for (x, w) in left.iter().zip(w.chunks(stride)) {
        let w = &w[..V * S::F32_LANES];
        for line in (0..size_of_val(w)).step_by(64) {
            ask(w, AHEAD * stride * size_of::<f32>() + line);
        }
        let w = S::as_simd_f32s(w)
            .0
            .first_chunk::<V>()
            .expect("as many vectors");
        for (sums, x) in sums.iter_mut().zip(x) {
            let x = simd.splat_f32s(*x);
            for (sum, w) in sums.iter_mut().zip(w) {
                *sum = simd.mul_add_f32s(x, *w, *sum);
            }
        }
    }
    sums
}

/// Writes sums into rows, or adds them.
#[inline(always)]
fn keep<'a, S: Simd, const R: usize, const V: usize>(
    simd: S,
    sums: &[[S::f32s; V]; R],
    out: impl Iterator<Item = &'a mut [f32]>,
    adds: bool,
) {
    for (sums, out) in sums.iter().zip(out) {
        for (out, sum) in S::as_mut_simd_f32s(out).0.iter_mut().zip(sums) {
            *out = if adds {
                simd.add_f32s(*out, *sum)
            } else {
                *sum
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::product::{Matrix, product};
    use super::*;

    fn numbers(count: usize) -> Vec<f32> {
        (0..count).map(|n| (n as f32 * 0.7).sin()).collect()
    }

    #[test]
    fn few_rows_have_the_bits_that_they_have_among_many() {
        for [inner, width] in [
            [64, 96],
            [576, 200],
            [1536, 70],
            [700, 33],
            [20, 31],
            [1, 5],
        ] {
            let (x, w) = (numbers(80 * inner), numbers(inner * width));
            for turned in [false, true] {
                let straight = Matrix::dense(&w, if turned { inner } else { width });
                let matrix = if turned {
                    straight.transposed()
                } else {
                    straight
                };
                let mut many = vec![0.0; 80 * width];
                product(&mut many, Matrix::dense(&x, inner), matrix, false);
                for rows in (1..=13).chain([25, 64]) {
                    let mut out = [0; 2].map(|_| vec![f32::NAN; rows * width]);
                    let right = Right {
                        numbers: &w,
                        shape: [inner, width],
                        stride: if turned { inner } else { width },
                        turned,
                    };
                    let [one, other] = &mut out;
                    products(
                        rows,
                        &x[..rows * inner],
                        &mut [(right, one), (right, other)],
                    );
                    for out in out {
                        assert!(
                            out == many[..rows * width],
                            "{rows} x {inner} x {width}, {turned}"
                        );
                    }
                }
            }
        }
    }
}
