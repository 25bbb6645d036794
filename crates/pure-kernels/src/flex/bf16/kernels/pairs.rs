//! Numbers into pairs, pairs into the order of the transposed matrix, pairs into f32.

use std::arch::x86_64::*;

use super::super::gate::{ask, load, load_pairs, store, store_pairs};
use super::super::numbers::{LANES, Line, PANEL, Square};
use super::super::plain::{self, WideLine};
use super::{AHEAD, firsts, seconds};

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(in super::super) fn pair_rows(top: &[f32], bottom: &[f32], pairs: &mut [u32]) {
    plain::pair_rows(top, bottom, pairs);
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(in super::super) fn pair_neighbours(rows: &[&[f32]], from: usize, square: &mut Square) {
    let mut beside = Square::ZERO;
    plain::pair_neighbours(rows, from, &mut beside);
    let mut vectors = [_mm512_setzero_si512(); LANES];
    for (vector, row) in vectors.iter_mut().zip(&beside.0) {
        *vector = load_pairs(row);
    }
    for (row, turned) in square.0.iter_mut().zip(transposed(&vectors)) {
        store_pairs(row, turned);
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(in super::super) fn transpose(
    columns: [&[f32; LANES]; LANES],
    half: usize,
    rows: &mut [[f32; PANEL]],
) {
    let mut vectors = [_mm512_setzero_si512(); LANES];
    for (vector, column) in vectors.iter_mut().zip(columns) {
        *vector = _mm512_castps_si512(load(column));
    }
    let turned = transposed(&vectors);
    for (row, turned) in rows.iter_mut().zip(turned) {
        store(
            &mut row.as_chunks_mut().0[half],
            _mm512_castsi512_ps(turned),
        );
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(in super::super) fn turn(lines: &[Line], half: usize, turned: &mut [Line]) {
    let mut vectors = [_mm512_setzero_si512(); LANES];
    for (vector, Line(line)) in vectors.iter_mut().zip(lines) {
        *vector = load_pairs(&line.as_chunks().0[half]);
    }
    let square = transposed(&vectors);
    // A vector has 16 pairs of one column; of those of two columns come 32 pairs of neighbours.
    let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    let high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
    let of_first = _mm512_set1_epi32(0xffff);
    for (Line(line), &[left, right]) in turned.iter_mut().zip(square.as_chunks().0) {
        let (second, up) = (
            _mm512_srli_epi32::<16>(left),
            _mm512_slli_epi32::<16>(right),
        );
        let even = _mm512_or_si512(_mm512_and_si512(left, of_first), up);
        let odd = _mm512_or_si512(second, _mm512_andnot_si512(of_first, right));
        let halves = line.as_chunks_mut().0;
        store_pairs(&mut halves[0], _mm512_permutex2var_epi32(even, low, odd));
        store_pairs(&mut halves[1], _mm512_permutex2var_epi32(even, high, odd));
    }
}

/// Not the plain loop: compilers gather there.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(in super::super) fn widen_lines(lines: &[Line], room: &mut [WideLine]) {
    for (WideLine(wide), Line(line)) in room.iter_mut().zip(lines) {
        ask(line, AHEAD);
        ask(line, AHEAD + 64);
        let [of_second, of_first] = wide;
        for (half, pairs) in line.as_chunks().0.iter().enumerate() {
            let pairs = load_pairs(pairs);
            store(&mut of_second.as_chunks_mut().0[half], seconds(pairs));
            store(&mut of_first.as_chunks_mut().0[half], firsts(pairs));
        }
    }
}

/// Squares of 2 by 2 within squares of 4 by 4 of single pairs are turned first, then those squares among themselves.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn transposed(rows: &[__m512i; LANES]) -> [__m512i; LANES] {
    let mut fours = *rows;
    for (fours, rows) in fours.chunks_exact_mut(4).zip(rows.chunks_exact(4)) {
        let &[a, b, c, d] = rows else {
            unreachable!("chunks of four")
        };
        let (ab_low, ab_high) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
        let (cd_low, cd_high) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
        fours[0] = _mm512_unpacklo_epi64(ab_low, cd_low);
        fours[1] = _mm512_unpackhi_epi64(ab_low, cd_low);
        fours[2] = _mm512_unpacklo_epi64(ab_high, cd_high);
        fours[3] = _mm512_unpackhi_epi64(ab_high, cd_high);
    }
    // Quarter `q` of `fours[4 g + r]` has column `4 q + r` of the rows `4 g` to `4 g + 3`.
    let mut turned = fours;
    for r in 0..4 {
        let (a, b, c, d) = (fours[r], fours[4 + r], fours[8 + r], fours[12 + r]);
        let (ab, cd) = (even_quarters(a, b), even_quarters(c, d));
        turned[r] = even_quarters(ab, cd);
        turned[8 + r] = odd_quarters(ab, cd);
        let (ab, cd) = (odd_quarters(a, b), odd_quarters(c, d));
        turned[4 + r] = even_quarters(ab, cd);
        turned[12 + r] = odd_quarters(ab, cd);
    }
    turned
}

#[inline]
#[target_feature(enable = "avx512f")]
fn even_quarters(a: __m512i, b: __m512i) -> __m512i {
    _mm512_shuffle_i32x4::<0b10_00_10_00>(a, b)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn odd_quarters(a: __m512i, b: __m512i) -> __m512i {
    _mm512_shuffle_i32x4::<0b11_01_11_01>(a, b)
}
