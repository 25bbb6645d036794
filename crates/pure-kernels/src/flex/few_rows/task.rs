//! Some columns of a product, tile by tile.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::super::bf16::ask;
use super::Right;
use super::left::{Left, chains};
use super::room::{ROOM, bring};

/// A thread's columns are some of these, so that tiles fit.
pub(super) const STEP: usize = 96;
/// Rows of the matrix to ask for in advance.
const AHEAD: usize = 16;
/// Numbers of a column that are brought at a time: to bring them is memory's work, to multiply them is not, and a
/// processor that has both before it does them at once.
const BLOCK: usize = 96;

/// Some columns of all rows, from the first on.
pub(super) struct Task<'a> {
    pub left: &'a Left,
    pub right: Right<'a>,
    pub first: usize,
    pub out: Vec<&'a mut [f32]>,
}

impl WithSimd for Task<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.left.height {
            1 => self.columns::<S, 1, 6>(simd),
            2 => self.columns::<S, 2, 6>(simd),
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
                        let zeros = [[simd.splat_f32s(0.0); V]; R];
                        let sums = sums(simd, zeros, left, w, stride);
                        let out = out.iter_mut().map(|row| &mut row[column..][..whole]);
                        keep(simd, &sums, out, chain.start > 0);
                    }
                }
                column += whole;
            } else {
                let columns = column..width.min(column + ROOM);
                column = columns.end;
                self.in_room::<S, R>(simd, columns, &mut room);
            }
        }
    }

    /// Columns that are brought into rows first, a block of `k` at a time.
    #[inline(always)]
    fn in_room<S: Simd, const R: usize>(
        &mut self,
        simd: S,
        columns: Range<usize>,
        room: &mut Vec<[f32; ROOM]>,
    ) {
        let (inner, some) = (self.left.inner, 2 * S::F32_LANES);
        let those = self.first + columns.start..self.first + columns.end;
        let mut whole = vec![[[0.0; ROOM]; R]; self.out.len().div_ceil(R)];
        for chain in chains(inner) {
            whole.as_flattened_mut().fill([0.0; ROOM]);
            for start in chain.clone().step_by(BLOCK) {
                let block = start..chain.end.min(start + BLOCK);
                bring(&self.right, inner, &block, &those, room);
                for (tile, whole) in whole.iter_mut().enumerate() {
                    let left = self.left.tile::<R>(tile, &block);
                    for first in (0..ROOM).step_by(some) {
                        let from = whole.each_ref().map(|row| {
                            let row = S::as_simd_f32s(&row[first..]).0;
                            [row[0], row[1]]
                        });
                        let w = &room.as_flattened()[first..];
                        let sums = sums(simd, from, left, w, ROOM);
                        let rows = whole.iter_mut().map(|row| &mut row[first..][..some]);
                        keep(simd, &sums, rows, false);
                    }
                }
            }
            for (out, sums) in self.out.iter_mut().zip(whole.as_flattened()) {
                for (out, sum) in out[columns.clone()].iter_mut().zip(sums) {
                    *out = if chain.start > 0 { *out + sum } else { *sum };
                }
            }
        }
    }
}

/// Of a tile the chains over `k`, which go on from `sums`: `w` begins with its columns, and a row is `stride` behind the
/// one before.
#[inline(always)]
fn sums<S: Simd, const R: usize, const V: usize>(
    simd: S,
    mut sums: [[S::f32s; V]; R],
    left: &[[f32; R]],
    w: &[f32],
    stride: usize,
) -> [[S::f32s; V]; R] {
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
