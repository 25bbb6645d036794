//! Vectors and memory.

use std::arch::x86_64::*;

use super::super::numbers::LANES;

#[inline]
#[target_feature(enable = "avx512f")]
pub(in super::super) fn load(numbers: &[f32; LANES]) -> __m512 {
    // SAFETY: sixteen numbers are there, and they need not be aligned.
    unsafe { _mm512_loadu_ps(numbers.as_ptr()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(in super::super) fn store(numbers: &mut [f32; LANES], vector: __m512) {
    // SAFETY: as above, and nobody else has them.
    unsafe { _mm512_storeu_ps(numbers.as_mut_ptr(), vector) }
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(in super::super) fn load_pairs(pairs: &[u32; LANES]) -> __m512i {
    // SAFETY: sixteen pairs are there, and they need not be aligned.
    unsafe { _mm512_loadu_si512(pairs.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(in super::super) fn store_pairs(pairs: &mut [u32; LANES], vector: __m512i) {
    // SAFETY: as above, and nobody else has them.
    unsafe { _mm512_storeu_si512(pairs.as_mut_ptr().cast(), vector) }
}

/// Asks for what is so many bytes behind a place in memory, to be near soon.
#[inline(always)]
pub(in super::super) fn ask<T>(place: &[T], bytes: usize) {
    let place = place.as_ptr().cast::<i8>().wrapping_add(bytes);
    // SAFETY: memory is asked for and not read: no address can do harm, not even one where there is none.
    unsafe { _mm_prefetch::<_MM_HINT_T1>(place) }
}

/// The same bits, seen as pairs of bf16.
#[inline]
#[target_feature(enable = "avx512f")]
pub(in super::super) fn as_bf16(pairs: __m512i) -> __m512bh {
    // SAFETY: both are 512 bits of which any pattern is a value.
    unsafe { std::mem::transmute::<__m512i, __m512bh>(pairs) }
}
