//! One query a row, as in a step of generation: keys and values are read once, where they lie in the blocks
//! of their pool; see [`attention_in_blocks`](crate::attention_in_blocks).
//!
//! Sums are made in the order of the [forward pass](super::forward) of many queries, so that a token gets the bits
//! that it has when a text is read at once: what is sampled is what is trained on, to the last bit.

use std::ops::Range;

use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::super::{numbers, numbers_mut};
use super::weights::Weigh;
use super::{BLOCK, refill};

/// Keys whose scores are made together, so that no sum waits for its last addition.
const KEYS: usize = 8;

/// Copies keys and values of new tokens, `[rows, queries, kv_heads, head_dim]`, into their slots.
pub(in super::super) fn write(
    pool: &mut FlexTensor,
    slots: &FlexTensor,
    keys: &FlexTensor,
    values: &FlexTensor,
) {
    let [_, _, kv_heads, width] = keys.layout().shape().dims();
    let half = kv_heads * width;
    let pool = numbers_mut(pool);
    let new = numbers(keys)
        .chunks_exact(half)
        .zip(numbers(values).chunks_exact(half));
    for (&slot, (key, value)) in ints(slots).iter().zip(new) {
        let (keys, values) = pool[slot as usize * 2 * half..][..2 * half].split_at_mut(half);
        keys.copy_from_slice(key);
        values.copy_from_slice(value);
    }
}

/// What is mixed takes the place of the queries, `[rows, 1, heads, head_dim]`.
pub(in super::super) fn one_query(
    mut q: FlexTensor,
    pool: &FlexTensor,
    blocks: &FlexTensor,
    spans: &FlexTensor,
    kv_heads: usize,
    scale: f32,
) -> FlexTensor {
    let [rows, _, heads, width] = q.layout().shape().dims();
    let [_, tokens, _] = pool.layout().shape().dims::<3>();
    let each = blocks.layout().shape()[1];
    let (pool, blocks, spans) = (numbers(pool), ints(blocks), ints(spans));
    let group = heads / kv_heads;
    // Few rows are divided, so that all threads have one.
    let heads_each = match rows < rayon::current_num_threads() {
        true => 1,
        false => kv_heads,
    };
    let parts = kv_heads / heads_each;
    numbers_mut(&mut q)
        .par_chunks_mut(heads_each * group * width)
        .enumerate()
        .for_each_init(Scratch::default, |scratch, (place, queries)| {
            let (row, first) = (place / parts, place % parts * heads_each);
            let [low, high] = [spans[2 * row], spans[2 * row + 1]];
            Arch::new().dispatch(Text {
                queries,
                pool,
                blocks: &blocks[row * each..][..each],
                tokens,
                seen: low as usize..(high + 1).max(low) as usize,
                width,
                kv_heads,
                heads: first..first + heads_each,
                scale,
                scratch,
            });
        });
    q
}

fn ints(tensor: &FlexTensor) -> &[i32] {
    &tensor.storage()[..tensor.layout().num_elements()]
}

#[derive(Default)]
struct Scratch {
    /// Of each head of keys, number by number, those of its queries, scaled; zeros up to whole vectors.
    beside: Vec<f32>,
    /// Of the queries to a block of keys.
    scores: Vec<f32>,
    /// What is added to the mixed in a block.
    added: Vec<f32>,
    maxima: Vec<f32>,
    sums: Vec<f32>,
}

/// Some heads of one row.
struct Text<'a> {
    queries: &'a mut [f32],
    pool: &'a [f32],
    blocks: &'a [i32],
    /// Tokens of a block.
    tokens: usize,
    seen: Range<usize>,
    width: usize,
    /// All that there are, and those that the queries are of.
    kv_heads: usize,
    heads: Range<usize>,
    scale: f32,
    scratch: &'a mut Scratch,
}

impl WithSimd for Text<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            queries,
            pool,
            blocks,
            tokens,
            seen,
            width,
            kv_heads,
            heads,
            scale,
            scratch,
        } = self;
        let slot = 2 * kv_heads * width;
        let group = queries.len() / (heads.len() * width);
        let lanes = group.next_multiple_of(S::F32_LANES);
        let Scratch {
            beside,
            scores,
            added,
            maxima,
            sums,
        } = scratch;
        refill(beside, heads.len() * width * lanes, 0.0);
        for (place, query) in queries.chunks_exact(width).enumerate() {
            let (head, place) = (place / group, place % group);
            let beside = beside[head * width * lanes..].chunks_exact_mut(lanes);
            for (beside, x) in beside.zip(query) {
                beside[place] = scale * x;
            }
        }
        queries.fill(0.0);
        refill(maxima, queries.len() / width, f32::NEG_INFINITY);
        refill(sums, queries.len() / width, 0.0);

        for start in seen.clone().step_by(BLOCK) {
            let block = start..seen.end.min(start + BLOCK);
            let count = block.len();
            refill(scores, queries.len() / width * count, 0.0);
            for (first, held) in held(pool, blocks, tokens, slot, &block) {
                for (head, beside) in beside.chunks_exact(width * lanes).enumerate() {
                    let scores = &mut scores[head * group * count..][..group * count];
                    let keys = (heads.start + head) * width;
                    let all = held.chunks_exact(slot).map(|token| &token[keys..][..width]);
                    score(
                        simd,
                        beside,
                        all,
                        &mut Columns {
                            scores,
                            count,
                            first,
                        },
                    );
                }
            }
            Weigh {
                scores,
                count,
                unseen: None,
                mixed: queries,
                maxima,
                sums,
                width,
            }
            .with_simd(simd);
            refill(added, queries.len(), 0.0);
            for (first, held) in held(pool, blocks, tokens, slot, &block) {
                for (place, added) in added.chunks_exact_mut(width).enumerate() {
                    let values = slot / 2 + (heads.start + place / group) * width;
                    let weights = &scores[place * count + first..];
                    mix(added, weights, held, [slot, values]);
                }
            }
            for (mixed, added) in queries.iter_mut().zip(added.iter()) {
                *mixed += added;
            }
        }
        for (mixed, &sum) in queries.chunks_exact_mut(width).zip(sums.iter()) {
            let share = if sum > 0.0 { 1.0 / sum } else { 0.0 };
            for number in mixed {
                *number *= share;
            }
        }
    }
}

/// Of each block of the pool the slots of some tokens, and which of those tokens the first one is.
#[inline(always)]
fn held<'a>(
    pool: &'a [f32],
    blocks: &'a [i32],
    tokens: usize,
    slot: usize,
    some: &Range<usize>,
) -> impl Iterator<Item = (usize, &'a [f32])> {
    let (start, end) = (some.start, some.end);
    let places = start / tokens..end.div_ceil(tokens);
    places.map(move |place| {
        let here = start.max(place * tokens)..end.min((place + 1) * tokens);
        let first = blocks[place] as usize * tokens + here.start - place * tokens;
        (
            here.start - start,
            &pool[first * slot..][..here.len() * slot],
        )
    })
}

/// Scores of some queries to consecutive keys, in rows of `count`, from a column on.
struct Columns<'a> {
    scores: &'a mut [f32],
    count: usize,
    first: usize,
}

/// Chains over the numbers of each key, for all queries side by side.
#[inline(always)]
fn score<'a, S: Simd>(
    simd: S,
    beside: &[f32],
    mut keys: impl ExactSizeIterator<Item = &'a [f32]>,
    out: &mut Columns<'_>,
) {
    let mut column = out.first;
    while keys.len() > 0 {
        let there = keys.len().min(KEYS);
        let mut some: [&[f32]; KEYS] = [&[]; KEYS];
        for place in 0..KEYS {
            // Keys that are not there are the last one again, which nobody looks at.
            some[place] = keys.next().unwrap_or(some[place.saturating_sub(1)]);
        }
        let width = some[0].len();
        let lanes = beside.len() / width;
        for vector in (0..lanes).step_by(S::F32_LANES) {
            let mut sums = [simd.splat_f32s(0.0); KEYS];
            for (number, beside) in beside.chunks_exact(lanes).enumerate() {
                let x = S::as_simd_f32s(&beside[vector..][..S::F32_LANES]).0[0];
                for (sum, key) in sums.iter_mut().zip(&some) {
                    *sum = simd.mul_add_f32s(x, simd.splat_f32s(key[number]), *sum);
                }
            }
            for (place, sum) in sums[..there].iter().enumerate() {
                let sums: &[f32] = pulp::bytemuck::cast_slice(std::slice::from_ref(sum));
                let rows = out.scores.chunks_exact_mut(out.count).skip(vector);
                for (row, sum) in rows.zip(sums) {
                    row[column + place] = *sum;
                }
            }
        }
        column += there;
    }
}

/// Adds to `out` so much of each token's value, which begins so far into its slot. Four at a time, so that
/// `out` is read and written once for all.
#[inline(always)]
fn mix(out: &mut [f32], weights: &[f32], tokens: &[f32], [slot, first]: [usize; 2]) {
    let fours = tokens.chunks_exact(4 * slot);
    let (rest, done) = (fours.remainder(), fours.len() * 4);
    for (four, weights) in fours.zip(weights.as_chunks::<4>().0) {
        let value = |token: usize| &four[token * slot + first..][..out.len()];
        let [a, b, c, d] = [value(0), value(1), value(2), value(3)];
        let [wa, wb, wc, wd] = *weights;
        for ((((out, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *out = wd.mul_add(*d, wc.mul_add(*c, wb.mul_add(*b, wa.mul_add(*a, *out))));
        }
    }
    for (token, weight) in rest.chunks_exact(slot).zip(&weights[done..]) {
        for (out, value) in out.iter_mut().zip(&token[first..]) {
            *out = weight.mul_add(*value, *out);
        }
    }
}
