//! One query a row, as in a step of generation: keys and values are read once, where they lie in the blocks
//! of their pool; see [`attention_in_blocks`](crate::attention_in_blocks).

use std::ops::Range;

use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::super::lanes::{dot, max, sum};
use super::super::{numbers, numbers_mut};
use super::weights::weigh;

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
    let pool = numbers(pool);
    let group = heads / kv_heads;
    // Few rows are divided, so that all threads have one.
    let heads_each = if rows < rayon::current_num_threads() {
        1
    } else {
        kv_heads
    };
    let parts = kv_heads / heads_each;
    let (blocks, spans) = (
        ints(blocks).chunks_exact(blocks.layout().shape()[1]),
        ints(spans),
    );
    let blocks: Vec<&[i32]> = blocks.collect();
    numbers_mut(&mut q)
        .par_chunks_mut(heads_each * group * width)
        .enumerate()
        .for_each_init(Vec::new, |weights, (place, queries)| {
            let (row, first) = (place / parts, place % parts * heads_each);
            Arch::new().dispatch(Text {
                queries,
                pool,
                blocks: blocks[row],
                tokens,
                span: [spans[2 * row], spans[2 * row + 1]],
                width,
                kv_heads,
                heads: first..first + heads_each,
                scale,
                weights,
            });
        });
    q
}

fn ints(tensor: &FlexTensor) -> &[i32] {
    &tensor.storage()[..tensor.layout().num_elements()]
}

/// Some heads of one row.
struct Text<'a> {
    queries: &'a mut [f32],
    pool: &'a [f32],
    blocks: &'a [i32],
    /// Tokens of a block.
    tokens: usize,
    /// The first and the last token that is seen.
    span: [i32; 2],
    width: usize,
    /// All that there are, and those that the queries are of.
    kv_heads: usize,
    heads: Range<usize>,
    scale: f32,
    weights: &'a mut Vec<f32>,
}

impl<'a> Text<'a> {
    /// Of each block the numbers of its tokens that are seen, and which of all those the first one is.
    #[inline(always)]
    fn seen(&self) -> impl Iterator<Item = (usize, &'a [f32])> + Clone + use<'a> {
        let [first, last] = self.span;
        let (first, end) = (first as usize, last as usize + 1);
        let (pool, tokens, slot) = (self.pool, self.tokens, 2 * self.kv_heads * self.width);
        let of_block = move |(place, &block): (usize, &i32)| {
            let all = place * tokens..(place + 1) * tokens;
            let seen = first.max(all.start)..end.min(all.end);
            let within = |token: usize| (block as usize * tokens + token - all.start) * slot;
            let numbers = || &pool[within(seen.start)..within(seen.end)];
            (!seen.is_empty()).then(|| (seen.start - first, numbers()))
        };
        self.blocks.iter().enumerate().filter_map(of_block)
    }
}

impl WithSimd for Text<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let blocks = self.seen();
        let Self {
            queries,
            width,
            kv_heads,
            heads,
            span: [first, last],
            scale,
            weights,
            ..
        } = self;
        if last < first {
            queries.fill(0.0);
            return;
        }
        let (seen, slot) = ((last + 1 - first) as usize, 2 * kv_heads * width);
        let group = queries.len() / (heads.len() * width);
        // Where the key of a query begins in a slot; the value is half a slot behind.
        let key = |query: usize| (heads.start + query / group) * width;
        weights.clear();
        weights.resize(queries.len() / width * seen, 0.0);

        for (start, tokens) in blocks.clone() {
            for (place, query) in queries.chunks_exact(width).enumerate() {
                let weights = &mut weights[place * seen + start..];
                for (weight, token) in weights.iter_mut().zip(tokens.chunks_exact(slot)) {
                    *weight = scale * dot(simd, query, &token[key(place)..][..width]);
                }
            }
        }
        for weights in weights.chunks_exact_mut(seen) {
            let max = max(simd, weights);
            weigh(weights, max);
            let share = 1.0 / sum(simd, weights);
            for x in weights.iter_mut() {
                *x *= share;
            }
        }
        queries.fill(0.0);
        for (start, tokens) in blocks {
            for (place, out) in queries.chunks_exact_mut(width).enumerate() {
                let weights = &weights[place * seen + start..];
                add(out, weights, tokens, [slot, slot / 2 + key(place)]);
            }
        }
    }
}

/// Adds to `out` so much of each token's value, which begins so far into its slot. Four at a time, so that
/// `out` is read and written once for all.
#[inline(always)]
fn add(out: &mut [f32], weights: &[f32], tokens: &[f32], [slot, first]: [usize; 2]) {
    let (fours, rest) = (
        tokens.chunks_exact(4 * slot),
        tokens.chunks_exact(4 * slot).remainder(),
    );
    let done = fours.len() * 4;
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
