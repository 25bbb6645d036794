//! The left operand of a product: rows that are rounded and paired while the product is made. Tiles of up to 12 rows
//! lie one behind the other, each with the pairs of its rows side by side, pair after pair of the sum.

use super::ahead::ask_for_rows;
use super::numbers::{LANES, PANEL, Square};
use super::unit::Unit;

/// A matrix of f32 whose numbers lie one behind the other.
#[derive(Clone, Copy)]
pub(super) struct Left<'a> {
    pub numbers: &'a [f32],
    /// Rows, and numbers in the sum over `k`.
    pub shape: [usize; 2],
    /// Whether it is the columns of the numbers that are its rows.
    pub transposed: bool,
}

impl Left<'_> {
    /// Packs tiles of rows: from an end to the next.
    pub fn pack<U: Unit>(&self, unit: U, ends: &[usize]) -> Vec<U::Left> {
        let (first, last) = (ends[0], ends[ends.len() - 1]);
        let mut out = vec![U::Left::default(); (last - first) * self.shape[1].div_ceil(2)];
        match (out.is_empty(), self.transposed) {
            (true, _) => {}
            (_, false) => self.pack_rows(unit, ends, &mut out),
            (_, true) => self.pack_columns(unit, ends, &mut out),
        }
        out
    }

    fn pack_rows<U: Unit>(&self, unit: U, ends: &[usize], mut out: &mut [U::Left]) {
        let [_, length] = self.shape;
        let mut square = Square::ZERO;
        for ends in ends.windows(2) {
            let rows: Vec<&[f32]> = self.numbers[ends[0] * length..ends[1] * length]
                .chunks_exact(length)
                .collect();
            let (tile, rest) = out.split_at_mut(rows.len() * length.div_ceil(2));
            out = rest;
            for (block, tile) in tile.chunks_mut(LANES * rows.len()).enumerate() {
                unit.pair_neighbours(&rows, block * PANEL, &mut square);
                for (tile, pairs) in tile.chunks_exact_mut(rows.len()).zip(&square.0) {
                    for (left, pair) in tile.iter_mut().zip(pairs) {
                        *left = U::left(*pair);
                    }
                }
            }
        }
    }

    fn pack_columns<U: Unit>(&self, unit: U, ends: &[usize], out: &mut [U::Left]) {
        let [width, length] = self.shape;
        let (first, last) = (ends[0], ends[ends.len() - 1]);
        let (zeros, mut all) = (vec![0.0; last - first], vec![0; last - first]);
        for (place, two) in self.numbers.chunks(2 * width).enumerate() {
            let (top, bottom) = two.split_at(width);
            let bottom = if bottom.is_empty() {
                &zeros
            } else {
                &bottom[first..last]
            };
            ask_for_rows(self.numbers, width, place, first..last);
            unit.pair_rows(&top[first..last], bottom, &mut all);
            for ends in ends.windows(2) {
                let (start, height) = (ends[0] - first, ends[1] - ends[0]);
                let tile = &mut out[start * length.div_ceil(2) + place * height..][..height];
                for (left, pair) in tile.iter_mut().zip(&all[start..]) {
                    *left = U::left(*pair);
                }
            }
        }
    }
}
