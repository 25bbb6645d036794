//! `out = a b`: `a` rounded and packed on the fly, `b` packed, perhaps turned.
//!
//! Rows are taken in groups whose packed numbers stay in the second-level cache, columns a panel at a time, and sums a
//! block of `k` at a time, so that a block of a panel stays in the first-level cache while all tiles of the group use it.
//! Threads share out groups, and ranges of columns within a group. An element's sum goes on from block to block where
//! the last one left it: it is one chain over `k`, and so it has the same bits whatever the blocks, the threads and
//! the other rows.

use rayon::prelude::*;

use super::ahead::ask_for;
use super::left::Left;
use super::numbers::{LANES, Line, PANEL};
use super::packed::Panels;
use super::tile::{TILE, Tile, ranges};
use super::unit::{Unit, Work};

/// The most rows of a group.
const GROUP: usize = 20 * TILE;
/// The most panels of a range, whose sums stay in the second-level cache from block to block.
const STRIP: usize = 16;
/// Numbers of the right operand that are worth a second thread, where rows are [`FEW`] or less: some ten microseconds.
pub(in super::super) const WORTH_THREADS: usize = 1 << 17;
/// Rows whose products take no longer than reading the right operand.
const FEW: usize = 8;
/// Tasks for each thread, so that one which is kept waiting can leave some to others.
pub(in super::super) const TASKS: usize = 4;

pub(super) struct Product<'a> {
    pub left: Left<'a>,
    pub right: Panels<'a>,
    /// Whether the right operand is the transposed of what was packed.
    pub turned: bool,
    pub out: &'a mut [f32],
}

impl Work for Product<'_> {
    fn run(self, unit: impl Unit) {
        let [rows, length] = self.left.shape;
        let [inner, width] = self.shape_of_right();
        assert_eq!(
            inner,
            length,
            "a product of {:?} and {:?}",
            self.left.shape,
            [inner, width]
        );
        assert_eq!(
            self.left.numbers.len(),
            rows * length,
            "numbers of {:?}",
            self.left.shape
        );
        assert_eq!(
            self.out.len(),
            rows * width,
            "numbers for {:?}",
            [rows, width]
        );
        if self.out.is_empty() {
            return;
        }
        let work = length.saturating_mul(width).saturating_mul(rows.max(FEW));
        let groups = rows.div_ceil(GROUP);
        let ranges = match work / FEW {
            0..WORTH_THREADS => 1,
            _ => (TASKS * rayon::current_num_threads()).div_ceil(groups),
        };
        let plan = Plan {
            unit,
            left: self.left,
            right: self.right,
            turned: self.turned,
            pairs: length.div_ceil(2),
            width,
            range: width.div_ceil(PANEL).div_ceil(ranges).min(STRIP) * PANEL,
        };
        let height = rows.div_ceil(groups);
        let group = |(group, out): (usize, &mut [f32])| plan.group(group * height, out);
        if groups == 1 {
            group((0, self.out));
        } else {
            self.out
                .par_chunks_mut(height * width)
                .enumerate()
                .for_each(group);
        }
    }
}

impl Product<'_> {
    fn shape_of_right(&self) -> [usize; 2] {
        let [rows, columns] = self.right.shape();
        if self.turned {
            [columns, rows]
        } else {
            [rows, columns]
        }
    }
}

/// A product without the place of its result.
struct Plan<'a, U> {
    unit: U,
    left: Left<'a>,
    right: Panels<'a>,
    turned: bool,
    /// Pairs in the sum over `k`.
    pairs: usize,
    /// Columns of the result.
    width: usize,
    /// Columns of a range; whole panels.
    range: usize,
}

impl<U: Unit> Plan<'_, U> {
    /// The rows of the result from `first` on.
    fn group(&self, first: usize, out: &mut [f32]) {
        let rows = out.len() / self.width;
        // Tiles of nearly one height.
        let tiles = rows.div_ceil(TILE);
        let ends: Vec<usize> = (0..=tiles)
            .map(|tile| first + tile * rows / tiles)
            .collect();
        let left = self.left.pack(self.unit, &ends);
        let mut ranges = ranges(out, self.width, self.range);
        if ranges.len() == 1 {
            let (first, mut rows) = ranges.remove(0);
            self.columns(first, &ends, &left, &mut rows);
        } else {
            ranges
                .into_par_iter()
                .for_each(|(first, mut rows)| self.columns(first, &ends, &left, &mut rows));
        }
    }

    /// A range of columns of a group of rows.
    fn columns(&self, first: usize, ends: &[usize], left: &[U::Left], out: &mut [&mut [f32]]) {
        let width = out[0].len();
        let unit = self.unit;
        if ends.len() == 2 && !self.turned {
            for column in (0..width).step_by(PANEL) {
                let lines = self.right.lines((first + column) / PANEL, 0..self.pairs);
                let mut tile = Tile {
                    rows: out,
                    column,
                    fresh: true,
                };
                tile.in_whole_panels(|tile| unit.only_tile(left, lines, tile));
            }
            return;
        }
        // Blocks of nearly one length.
        let blocks = self.pairs.div_ceil(U::BLOCK).max(1);
        let block = self.pairs.div_ceil(blocks).next_multiple_of(LANES);
        let mut turned = vec![Line::default(); if self.turned { block } else { 0 }];
        let mut room = vec![U::Right::default(); block];
        for start in (0..blocks).map(|number| number * block) {
            let pairs = start.min(self.pairs)..self.pairs.min(start + block);
            let fresh = start == 0;
            for column in (0..width).step_by(PANEL) {
                let panel = (first + column) / PANEL;
                let lines = if self.turned {
                    self.right.turned(unit, panel, pairs.clone(), &mut turned)
                } else {
                    self.right.lines(panel, pairs.clone())
                };
                let lines = unit.right(lines, &mut room);
                let next: &[Line] = if self.turned || column + PANEL >= width {
                    &[]
                } else {
                    self.right.lines(panel + 1, pairs.clone())
                };
                let mut shares = next.chunks(next.len().div_ceil(ends.len() - 1).max(1));
                for tile in ends.windows(2) {
                    ask_for(shares.next().unwrap_or(&[]));
                    let rows = tile[0] - ends[0]..tile[1] - ends[0];
                    let left = &left[rows.start * self.pairs..rows.end * self.pairs];
                    let left = &left[pairs.start * rows.len()..pairs.end * rows.len()];
                    let mut tile = Tile {
                        rows: &mut out[rows],
                        column,
                        fresh,
                    };
                    tile.in_whole_panels(|tile| unit.tile(left, lines, tile));
                }
            }
        }
    }
}
