//! What a processor offers for products in bf16, behind one trait, so that everything above it is written once.
//!
//! | unit | sums by | where |
//! | --- | --- | --- |
//! | [`Plain`] | f32 multiply-add, one by one | everywhere; **defines** the others |
//! | `Fused` | f32 multiply-add of widened numbers, 16 lanes | AVX-512 |
//! | `Dot` | `vdpbf16ps`, 16 pairs at once | AVX-512 BF16 |
//!
//! All give the same bits: an element's sum over `k` is one chain, `s = (s + a₁b₁) + a₀b₀` for pair after pair, each
//! addition rounded once, and the products not at all. (Where a sum is below 2^-126 in size, `Dot` has zero.) `Dot` does
//! twice what `Fused` does in the same time where the instruction is as quick as an f32 multiply-add, as is expected of
//! AMD's. Measured on Emerald Rapids, it takes two cycles and a multiply-add half of one: there it does half.

use std::sync::LazyLock;

#[cfg(target_arch = "x86_64")]
use super::gate::{Dot, Fused};
use super::numbers::{LANES, Line, PANEL, Square};
pub(super) use super::plain::Plain;
use super::tile::Tile;

/// Instructions for products in bf16.
pub(super) trait Unit: Copy + Send + Sync {
    /// A pair of a row of the left operand, as the sums take it.
    type Left: Copy + Default + Send + Sync;
    /// A line of a panel of the right operand, as the sums take it.
    type Right: Copy + Default + Send;

    /// The most pairs of a block of a panel that is to stay in the first-level cache; a multiple of 16.
    const BLOCK: usize;

    /// Pairs a number of one row with that below it.
    fn pair_rows(self, top: &[f32], bottom: &[f32], pairs: &mut [u32]);

    /// Pairs neighbours of up to 16 rows, 32 numbers of each from a place on, and turns them: row `p` of the square has
    /// the pair `p` of each row, and zeros behind the rows' ends.
    fn pair_neighbours(self, rows: &[&[f32]], from: usize, square: &mut Square);

    /// Brings 16 columns into up to 16 rows, in their left half or in their right one.
    fn transpose(self, columns: [&[f32; LANES]; LANES], half: usize, rows: &mut [[f32; PANEL]]);

    /// Lines of the transposed matrix, of two columns each, of half of the columns of 16 lines.
    fn turn(self, lines: &[Line], half: usize, turned: &mut [Line]);

    /// A pair of the left operand, as the sums take it.
    fn left(pair: u32) -> Self::Left;

    /// Lines of a panel, as the sums take them.
    fn right<'a>(self, lines: &'a [Line], room: &'a mut [Self::Right]) -> &'a [Self::Right];

    /// [`Self::tile`], where a panel is used but once.
    fn only_tile(self, left: &[Self::Left], right: &[Line], out: &mut Tile<'_, '_>);

    /// Adds to a tile of up to 12 rows and 32 columns, or sets it: `left` has the rows' pairs, `k` by `k`.
    fn tile(self, left: &[Self::Left], right: &[Self::Right], out: &mut Tile<'_, '_>);
}

/// Something that is computed with whatever the processor offers.
pub(super) trait Work {
    fn run(self, unit: impl Unit);
}

/// Does it with the fastest unit of this processor.
pub(super) fn on_fastest(work: impl Work) {
    #[cfg(target_arch = "x86_64")]
    match *FASTEST {
        Fastest::Dot(unit) => return work.run(unit),
        Fastest::Fused(unit) => return work.run(unit),
        Fastest::Plain => {}
    }
    work.run(Plain);
}

/// Whether products in bf16 are fast here.
pub(in super::super) fn available() -> bool {
    !matches!(*FASTEST, Fastest::Plain)
}

enum Fastest {
    #[cfg(target_arch = "x86_64")]
    Dot(Dot),
    #[cfg(target_arch = "x86_64")]
    Fused(Fused),
    Plain,
}

static FASTEST: LazyLock<Fastest> = LazyLock::new(|| {
    #[cfg(target_arch = "x86_64")]
    match (Dot::detect(), Fused::detect()) {
        (Some(dot), _) if dot.is_fast() => return Fastest::Dot(dot),
        (_, Some(fused)) => return Fastest::Fused(fused),
        _ => {}
    }
    Fastest::Plain
});
