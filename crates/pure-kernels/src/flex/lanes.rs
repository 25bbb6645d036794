//! Sums and maxima of rows, a vector at a time.
//!
//! A float sum from left to right cannot be vectorised, as its order is part of its result, so the
//! vectors are named here. Their width, and with it the last bit of a sum, is the machine's. The end
//! of a row joins the same lanes: zeros behind a row, such as the weights of pads, change no bit.

use pulp::Simd;

/// The largest number of a row; minus infinity of an empty one.
#[inline(always)]
pub(super) fn max<S: Simd>(simd: S, row: &[f32]) -> f32 {
    let (vectors, rest) = S::as_simd_f32s(row);
    let mut lanes = simd.splat_f32s(f32::NEG_INFINITY);
    for vector in vectors {
        lanes = simd.max_f32s(lanes, *vector);
    }
    let mut all = simd.reduce_max_f32s(lanes);
    for &x in rest {
        all = if x > all { x } else { all };
    }
    all
}

/// The sum of a row.
#[inline(always)]
pub(super) fn sum<S: Simd>(simd: S, row: &[f32]) -> f32 {
    let (vectors, rest) = S::as_simd_f32s(row);
    let mut lanes = simd.splat_f32s(0.0);
    for vector in vectors {
        lanes = simd.add_f32s(lanes, *vector);
    }
    simd.reduce_sum_f32s(simd.add_f32s(lanes, simd.partial_load_f32s(rest)))
}

/// The sum of the products of two rows of one length.
#[inline(always)]
pub(super) fn dot<S: Simd>(simd: S, a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (S::as_simd_f32s(a), S::as_simd_f32s(b));
    let mut lanes = simd.splat_f32s(0.0);
    for (a, b) in a.iter().zip(b) {
        lanes = simd.mul_add_f32s(*a, *b, lanes);
    }
    let (a, b) = (
        simd.partial_load_f32s(a_rest),
        simd.partial_load_f32s(b_rest),
    );
    simd.reduce_sum_f32s(simd.mul_add_f32s(a, b, lanes))
}
