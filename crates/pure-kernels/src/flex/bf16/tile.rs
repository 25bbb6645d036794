//! Where sums go: tiles of a few rows and the columns of a panel, and ranges of columns for threads.

use super::numbers::PANEL;

/// The most rows of a tile: 12 by 32 sums are 24 of the 32 registers.
pub(super) const TILE: usize = 12;

/// Where a tile lies: in rows of the result, from a column on.
pub(super) struct Tile<'a, 'b> {
    pub rows: &'a mut [&'b mut [f32]],
    pub column: usize,
    /// Whether sums begin at zero, not at what is there.
    pub fresh: bool,
}

/// Rows of `width` numbers, cut into ranges of columns: the first column of each range, and its part of each row.
pub(in super::super) fn ranges(
    out: &mut [f32],
    width: usize,
    columns: usize,
) -> Vec<(usize, Vec<&mut [f32]>)> {
    let empty = |first| (first, Vec::with_capacity(out.len() / width));
    let mut ranges: Vec<_> = (0..width).step_by(columns).map(empty).collect();
    for row in out.chunks_exact_mut(width) {
        for (part, (_, range)) in row.chunks_mut(columns).zip(&mut ranges) {
            range.push(part);
        }
    }
    ranges
}

impl Tile<'_, '_> {
    /// Lends a whole panel's columns to what computes a tile, where the last panel goes on behind the rows' ends.
    pub fn in_whole_panels(&mut self, compute: impl FnOnce(&mut Tile<'_, '_>)) {
        let width = self.rows[0].len() - self.column;
        if width >= PANEL {
            return compute(self);
        }
        let mut whole = [[0.0; PANEL]; TILE];
        for (whole, row) in whole.iter_mut().zip(self.rows.iter()) {
            whole[..width].copy_from_slice(&row[self.column..]);
        }
        let mut rows = whole.each_mut().map(|row| row.as_mut_slice());
        let rows = &mut rows[..self.rows.len()];
        compute(&mut Tile {
            rows,
            column: 0,
            fresh: self.fresh,
        });
        for (whole, row) in whole.iter().zip(self.rows.iter_mut()) {
            row[self.column..].copy_from_slice(&whole[..width]);
        }
    }
}
