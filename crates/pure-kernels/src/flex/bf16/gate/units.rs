//! Units of AVX-512: each step of a product is one of the `kernels`.

use super::super::kernels;
use super::super::numbers::{LANES, Line, PANEL, Square};
use super::super::plain::{Plain, Wide, WideLine};
use super::super::tile::Tile;
use super::super::unit::Unit;
use super::{Dot, Fused};

impl Unit for Fused {
    type Left = Wide;
    type Right = WideLine;

    const BLOCK: usize = 128;

    fn pair_rows(self, top: &[f32], bottom: &[f32], pairs: &mut [u32]) {
        // SAFETY: `self` is proof that the processor has these instructions.
        unsafe { kernels::pair_rows(top, bottom, pairs) }
    }

    fn pair_neighbours(self, rows: &[&[f32]], from: usize, square: &mut Square) {
        // SAFETY: as above.
        unsafe { kernels::pair_neighbours(rows, from, square) }
    }

    fn transpose(self, columns: [&[f32; LANES]; LANES], half: usize, rows: &mut [[f32; PANEL]]) {
        // SAFETY: as above.
        unsafe { kernels::transpose(columns, half, rows) }
    }

    fn turn(self, lines: &[Line], half: usize, turned: &mut [Line]) {
        // SAFETY: as above.
        unsafe { kernels::turn(lines, half, turned) }
    }

    #[inline(always)]
    fn left(pair: u32) -> Wide {
        Plain::left(pair)
    }

    fn right<'a>(self, lines: &'a [Line], room: &'a mut [WideLine]) -> &'a [WideLine] {
        // SAFETY: as above.
        unsafe { kernels::widen_lines(lines, room) };
        &room[..lines.len()]
    }

    fn only_tile(self, left: &[Wide], right: &[Line], out: &mut Tile<'_, '_>) {
        // SAFETY: as above.
        unsafe { kernels::widened_tile(left, right, out) }
    }

    fn tile(self, left: &[Wide], right: &[WideLine], out: &mut Tile<'_, '_>) {
        // SAFETY: as above.
        unsafe { kernels::fused_tile(left, right, out) }
    }
}

impl Unit for Dot {
    type Left = u32;
    type Right = Line;

    const BLOCK: usize = 256;

    fn pair_rows(self, top: &[f32], bottom: &[f32], pairs: &mut [u32]) {
        self.0.pair_rows(top, bottom, pairs);
    }

    fn pair_neighbours(self, rows: &[&[f32]], from: usize, square: &mut Square) {
        self.0.pair_neighbours(rows, from, square);
    }

    fn transpose(self, columns: [&[f32; LANES]; LANES], half: usize, rows: &mut [[f32; PANEL]]) {
        self.0.transpose(columns, half, rows);
    }

    fn turn(self, lines: &[Line], half: usize, turned: &mut [Line]) {
        self.0.turn(lines, half, turned);
    }

    #[inline(always)]
    fn left(pair: u32) -> u32 {
        pair
    }

    fn right<'a>(self, lines: &'a [Line], _: &'a mut [Line]) -> &'a [Line] {
        lines
    }

    fn only_tile(self, left: &[u32], right: &[Line], out: &mut Tile<'_, '_>) {
        self.tile(left, right, out);
    }

    fn tile(self, left: &[u32], right: &[Line], out: &mut Tile<'_, '_>) {
        // SAFETY: as above.
        unsafe { kernels::dot_tile(left, right, out) }
    }
}
