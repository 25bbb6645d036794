//! The sums of a tile of up to 12 rows and 32 columns, which stay in registers while `k` goes by: as many forms as
//! heights.

use std::arch::x86_64::*;

use super::super::gate::{as_bf16, ask, load, load_pairs, store};
use super::super::numbers::{LANES, Line, PANEL};
use super::super::plain::{Wide, WideLine};
use super::super::tile::Tile;
use super::{AHEAD, firsts, seconds};

type Sums<const ROWS: usize> = [[__m512; 2]; ROWS];

/// Calls the form of a kernel for a tile's height.
macro_rules! by_height {
    ($kernel:ident($left:expr, $right:expr, $out:expr): $($rows:literal)*) => {
        match $out.rows.len() {
            $($rows => $kernel::<$rows>($left.as_chunks().0, $right, $out),)*
            rows => unreachable!("a tile of {rows} rows"),
        }
    };
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(in super::super) fn fused_tile(left: &[Wide], right: &[WideLine], out: &mut Tile<'_, '_>) {
    by_height!(fused(left, right, out): 1 2 3 4 5 6 7 8 9 10 11 12);
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(in super::super) fn widened_tile(left: &[Wide], right: &[Line], out: &mut Tile<'_, '_>) {
    by_height!(widened(left, right, out): 1 2 3 4 5 6 7 8 9 10 11 12);
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
pub(in super::super) fn dot_tile(left: &[u32], right: &[Line], out: &mut Tile<'_, '_>) {
    by_height!(dot(left, right, out): 1 2 3 4 5 6 7 8 9 10 11 12);
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn fused<const ROWS: usize>(left: &[[Wide; ROWS]], right: &[WideLine], out: &mut Tile<'_, '_>) {
    let mut sums = begin::<ROWS>(out);
    for (pairs, WideLine([seconds, firsts])) in left.iter().zip(right) {
        add(&mut sums, pairs, 0, load_line(seconds));
        add(&mut sums, pairs, 1, load_line(firsts));
    }
    end(&sums, out);
}

/// [`fused`] of lines that are widened in registers.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn widened<const ROWS: usize>(left: &[[Wide; ROWS]], right: &[Line], out: &mut Tile<'_, '_>) {
    let mut sums = begin::<ROWS>(out);
    for (pairs, Line(line)) in left.iter().zip(right) {
        ask(line, AHEAD);
        ask(line, AHEAD + 64);
        let (low, high) = halves(line);
        let (low, high) = (load_pairs(low), load_pairs(high));
        add(&mut sums, pairs, 0, [seconds(low), seconds(high)]);
        add(&mut sums, pairs, 1, [firsts(low), firsts(high)]);
    }
    end(&sums, out);
}

/// Adds the products of one number of each row, the second or the first of its pair, and of each column.
#[inline]
#[target_feature(enable = "avx512f")]
fn add<const ROWS: usize>(
    sums: &mut Sums<ROWS>,
    pairs: &[Wide; ROWS],
    place: usize,
    [low, high]: [__m512; 2],
) {
    for (sums, pair) in sums.iter_mut().zip(pairs) {
        let x = _mm512_set1_ps(pair[place]);
        sums[0] = _mm512_fmadd_ps(x, low, sums[0]);
        sums[1] = _mm512_fmadd_ps(x, high, sums[1]);
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
fn dot<const ROWS: usize>(left: &[[u32; ROWS]], right: &[Line], out: &mut Tile<'_, '_>) {
    let mut sums = begin::<ROWS>(out);
    for (pairs, Line(line)) in left.iter().zip(right) {
        ask(line, AHEAD);
        ask(line, AHEAD + 64);
        let (low, high) = halves(line);
        let (low, high) = (as_bf16(load_pairs(low)), as_bf16(load_pairs(high)));
        for (sums, &pair) in sums.iter_mut().zip(pairs) {
            let x = as_bf16(_mm512_set1_epi32(pair as i32));
            sums[0] = _mm512_dpbf16_ps(sums[0], x, low);
            sums[1] = _mm512_dpbf16_ps(sums[1], x, high);
        }
    }
    end(&sums, out);
}

#[inline]
#[target_feature(enable = "avx512f")]
fn begin<const ROWS: usize>(out: &Tile<'_, '_>) -> Sums<ROWS> {
    let mut sums = [[_mm512_setzero_ps(); 2]; ROWS];
    if !out.fresh {
        for (sums, row) in sums.iter_mut().zip(out.rows.iter()) {
            *sums = load_line(row[out.column..].first_chunk().expect("a whole panel"));
        }
    }
    sums
}

#[inline]
#[target_feature(enable = "avx512f")]
fn end<const ROWS: usize>(sums: &Sums<ROWS>, out: &mut Tile<'_, '_>) {
    for (sums, row) in sums.iter().zip(out.rows.iter_mut()) {
        let (low, high) = row[out.column..][..PANEL].split_at_mut(LANES);
        store(low.first_chunk_mut().expect("half a panel"), sums[0]);
        store(high.first_chunk_mut().expect("half a panel"), sums[1]);
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_line(line: &[f32; PANEL]) -> [__m512; 2] {
    let (low, high) = halves(line);
    [load(low), load(high)]
}

#[inline(always)]
fn halves<T>(line: &[T; PANEL]) -> (&[T; LANES], &[T; LANES]) {
    let (halves, []) = line.as_chunks() else {
        unreachable!("32 are twice 16")
    };
    (&halves[0], &halves[1])
}
