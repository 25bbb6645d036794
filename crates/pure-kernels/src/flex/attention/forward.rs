//! The softmax goes from block to block as it does from one block of a vocabulary to the next: a larger
//! maximum shrinks what was summed and mixed before (arXiv 1805.02867).

use burn::backend::Flex;
use burn::backend::ops::FloatTensorOps;
use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::super::exp::exp;
use super::super::lanes::{max, sum};
use super::super::product::{Matrix, product};
use super::super::{numbers_mut, zeros};
use super::{Rows, Seen, blocks};

/// Queries of a group of heads that meet a block of keys.
const QUERIES: usize = 192;

/// What is mixed, as `q`, and `L`, `[batch, heads, queries, 1]`.
pub(in super::super) fn forward(
    q: &FlexTensor,
    k: &FlexTensor,
    v: &FlexTensor,
    seen: Seen<'_>,
    scale: f32,
) -> (FlexTensor, FlexTensor) {
    let [batch, heads, queries, width] = q.layout().shape().dims();
    let [_, kv_heads, ..] = k.layout().shape().dims::<4>();
    let [q, k, v] = [q, k, v].map(|tensor| Rows::of(tensor).expect("callers make it dense"));
    let mut mixed = zeros([batch, queries, heads, width]);
    let mut log_sums = zeros([batch, queries, heads, 1]);
    let some = (QUERIES * kv_heads / heads).max(16);
    if queries * heads * width > 0 {
        numbers_mut(&mut mixed)
            .par_chunks_mut(queries * heads * width)
            .zip(numbers_mut(&mut log_sums).par_chunks_mut(queries * heads))
            .enumerate()
            .for_each(|(row, (mixed, log_sums))| {
                mixed
                    .par_chunks_mut(some * heads * width)
                    .zip(log_sums.par_chunks_mut(some * heads))
                    .enumerate()
                    .for_each_init(Scratch::default, |scratch, (part, (mixed, log_sums))| {
                        let first = part * some;
                        let spans = &seen.spans(row)[first..][..log_sums.len() / heads];
                        let part = Part {
                            keys: seen.keys(row),
                            spans,
                            heads,
                            width,
                        };
                        for kv_head in 0..kv_heads {
                            let of_group =
                                heads / kv_heads * kv_head..heads / kv_heads * (kv_head + 1);
                            scratch.queries.clear();
                            for head in of_group.clone() {
                                let head = q.head(row, head);
                                let columns = first..first + spans.len();
                                let numbers = columns.flat_map(|column| head.column(column, width));
                                scratch.queries.extend(numbers.map(|number| scale * number));
                            }
                            let (k, v) = (k.head(row, kv_head), v.head(row, kv_head));
                            part.mix(scratch, |columns| {
                                [k, v].map(|head| head.matrix(columns, width))
                            });
                            part.write(scratch, of_group.start, mixed, log_sums);
                        }
                    });
            });
    }
    (
        Flex::float_swap_dims(mixed, 1, 2),
        Flex::float_swap_dims(log_sums, 1, 2),
    )
}

/// Some queries of a row.
struct Part<'a> {
    keys: &'a [i32],
    spans: &'a [[i32; 2]],
    heads: usize,
    width: usize,
}

/// Of the queries of a group of heads, scaled, head by head.
#[derive(Default)]
struct Scratch {
    queries: Vec<f32>,
    scores: Vec<f32>,
    mixed: Vec<f32>,
    maxima: Vec<f32>,
    sums: Vec<f32>,
}

impl Part<'_> {
    fn mix<'k>(
        &self,
        scratch: &mut Scratch,
        keys_and_values: impl Fn(&std::ops::Range<usize>) -> [Matrix<'k>; 2],
    ) {
        let Scratch {
            queries,
            scores,
            mixed,
            maxima,
            sums,
        } = scratch;
        let rows = queries.len() / self.width;
        let refill = |numbers: &mut Vec<f32>, count, value| {
            numbers.clear();
            numbers.resize(count, value);
        };
        refill(mixed, queries.len(), 0.0);
        refill(maxima, rows, f32::NEG_INFINITY);
        refill(sums, rows, 0.0);
        for block in blocks(self.keys, self.spans) {
            let count = block.columns.len();
            let scores = room(scores, rows * count);
            let [keys, values] = keys_and_values(&block.columns);
            let queries = Matrix::dense(queries, self.width);
            product(scores, queries, keys.transposed(), false);
            Arch::new().dispatch(Weigh {
                scores,
                keys: &self.keys[block.columns],
                spans: (!block.is_whole).then_some(self.spans),
                mixed,
                maxima,
                sums,
                width: self.width,
            });
            product(mixed, Matrix::dense(scores, count), values, true);
        }
    }

    /// Into the places of a group of heads.
    fn write(&self, from: &Scratch, first_head: usize, mixed: &mut [f32], log_sums: &mut [f32]) {
        let (width, queries) = (self.width, self.spans.len());
        for (place, row) in from.mixed.chunks_exact(width).enumerate() {
            let (head, query) = (first_head + place / queries, place % queries);
            let (sum, place_in_out) = (from.sums[place], query * self.heads + head);
            let share = if sum > 0.0 { 1.0 / sum } else { 0.0 };
            let out = &mut mixed[place_in_out * width..][..width];
            for (out, number) in out.iter_mut().zip(row) {
                *out = share * number;
            }
            // Of a query that sees nothing: no weight is made of it.
            log_sums[place_in_out] = match sum > 0.0 {
                true => from.maxima[place] + sum.ln(),
                false => f32::INFINITY,
            };
        }
    }
}

/// So many numbers, whatever they are.
pub(super) fn room(numbers: &mut Vec<f32>, count: usize) -> &mut [f32] {
    if numbers.len() < count {
        numbers.resize(count, 0.0);
    }
    &mut numbers[..count]
}

/// Scores of a block become weights, not yet shares of a whole.
struct Weigh<'a> {
    scores: &'a mut [f32],
    keys: &'a [i32],
    /// Of the queries of one head, unless they see all keys.
    spans: Option<&'a [[i32; 2]]>,
    mixed: &'a mut [f32],
    maxima: &'a mut [f32],
    sums: &'a mut [f32],
    width: usize,
}

impl WithSimd for Weigh<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let rows = self.scores.chunks_exact_mut(self.keys.len());
        for (place, scores) in rows.enumerate() {
            if let Some(spans) = self.spans {
                hide(scores, self.keys, spans[place % spans.len()]);
            }
            let old = self.maxima[place];
            let new = max(simd, scores).max(old);
            if new == f32::NEG_INFINITY {
                scores.fill(0.0);
                continue;
            }
            weigh(scores, new);
            if old < new {
                let kept = if old < new - 87.0 {
                    0.0
                } else {
                    exp(old - new)
                };
                self.sums[place] *= kept;
                for number in &mut self.mixed[place * self.width..][..self.width] {
                    *number *= kept;
                }
                self.maxima[place] = new;
            }
            self.sums[place] += sum(simd, scores);
        }
    }
}

#[inline(always)]
pub(super) fn hide(scores: &mut [f32], keys: &[i32], [low, high]: [i32; 2]) {
    for (score, &key) in scores.iter_mut().zip(keys) {
        let is_seen = (low <= key) & (key <= high);
        *score = if is_seen { *score } else { f32::NEG_INFINITY };
    }
}

/// Exactly nothing where the true weight is under the smallest normal number, as it is for every key that is
/// not seen.
#[inline(always)]
pub(super) fn weigh(scores: &mut [f32], top: f32) {
    for score in scores.iter_mut() {
        let below = *score - top;
        *score = if below < -87.0 { 0.0 } else { exp(below) };
    }
}
