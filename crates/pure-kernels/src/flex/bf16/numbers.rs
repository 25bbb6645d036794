//! bf16: the upper half of an f32, so eight bits of exponent and eight of significand.
//!
//! Numbers are held in pairs, two that are neighbours in a sum over `k`, the first in the lower half of a `u32`: what
//! one lane of `vdpbf16ps` takes. Rounding is to the nearest, ties to even. As the instruction does, numbers below
//! the smallest normal one, 2^-126, count as zero.

/// Columns of a panel of the right operand: two vectors of 16 lanes.
pub(super) const PANEL: usize = 32;

/// Lanes of a vector, and the side of a [`Square`].
pub(super) const LANES: usize = 16;

/// One pair of each column of a panel.
#[derive(Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(super) struct Line(pub [u32; PANEL]);

impl Default for Line {
    fn default() -> Self {
        Self([0; PANEL])
    }
}

/// Pairs in rows and columns, on their way from one order to the other.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Square(pub [[u32; LANES]; LANES]);

impl Square {
    pub const ZERO: Self = Self([[0; LANES]; LANES]);
}

/// The bits of a number in bf16.
#[inline(always)]
pub(super) fn round(x: f32) -> u32 {
    let bits = x.to_bits();
    let size = bits & 0x7fff_ffff;
    let near = bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) >> 16;
    let near = if size > 0x7f80_0000 {
        (bits >> 16) | 0x40
    } else {
        near
    };
    if size < 0x0080_0000 {
        (bits & 0x8000_0000) >> 16
    } else {
        near
    }
}

#[inline(always)]
pub(super) fn pair(first: f32, second: f32) -> u32 {
    round(first) | (round(second) << 16)
}

/// The first number of a pair.
#[inline(always)]
pub(super) fn first(pair: u32) -> f32 {
    f32::from_bits(pair << 16)
}

/// The second number of a pair.
#[inline(always)]
pub(super) fn second(pair: u32) -> f32 {
    f32::from_bits(pair & 0xffff_0000)
}
