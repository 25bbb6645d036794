//! What is computed with AVX-512.

mod pairs;
mod tiles;

use std::arch::x86_64::*;

pub(super) use self::pairs::{pair_neighbours, pair_rows, transpose, turn, widen_lines};
pub(super) use self::tiles::{dot_tile, fused_tile, widened_tile};

/// Bytes of a panel to ask for in advance.
const AHEAD: usize = 2048;

/// The first numbers of pairs.
#[inline]
#[target_feature(enable = "avx512f")]
fn firsts(pairs: __m512i) -> __m512 {
    _mm512_castsi512_ps(_mm512_slli_epi32::<16>(pairs))
}

/// The second numbers of pairs.
#[inline]
#[target_feature(enable = "avx512f")]
fn seconds(pairs: __m512i) -> __m512 {
    _mm512_castsi512_ps(_mm512_andnot_si512(_mm512_set1_epi32(0xffff), pairs))
}
