//! The other operand: rows in tiles, and the chains of their sums.

use std::ops::Range;

/// The most rows of a tile.
const TILE: usize = 12;
/// The longest chain over `k`; longer ones are cut into equal parts.
const CHAIN: usize = 512;

/// Rows in tiles of one height, of each the numbers of its rows side by side, `k` by `k`; zeros for rows that
/// are not there.
pub(super) struct Left {
    numbers: Vec<f32>,
    pub height: usize,
    pub inner: usize,
}

impl Left {
    pub fn new(rows: usize, x: &[f32]) -> Self {
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

    pub fn tile<const R: usize>(&self, tile: usize, chain: &Range<usize>) -> &[[f32; R]] {
        let tile = self.numbers[tile * R * self.inner..].as_chunks().0;
        &tile[chain.clone()]
    }
}

/// Blocks of `k` of one length, but for the last.
pub(super) fn chains(inner: usize) -> impl Iterator<Item = Range<usize>> {
    let length = inner.div_ceil(inner.div_ceil(CHAIN));
    let starts = (0..inner).step_by(length);
    starts.map(move |start| start..inner.min(start + length))
}
