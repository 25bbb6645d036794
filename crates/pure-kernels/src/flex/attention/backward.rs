//! The backward pass of one head of queries after another: what each adds to the gradients of the keys and
//! values that its group shares is summed in the order of the heads, whatever the number of threads.

use burn::backend::Flex;
use burn::backend::ops::FloatTensorOps;
use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::super::lanes::dot;
use super::super::product::{Matrix, product};
use super::super::{numbers, numbers_mut, zeros};
use super::weights::{hide, weigh};
use super::{Rows, Seen, blocks, room};

/// Queries that meet a block of keys.
const QUERIES: usize = 128;

/// Gradients of the queries, the keys and the values, from these, what was mixed, and its gradient.
pub(in super::super) fn backward(
    tensors: [&FlexTensor; 5],
    log_sums: &FlexTensor,
    seen: Seen<'_>,
    scale: f32,
) -> (FlexTensor, FlexTensor, FlexTensor) {
    let [batch, heads, queries, width] = tensors[0].layout().shape().dims();
    let [_, kv_heads, keys, _] = tensors[1].layout().shape().dims();
    let [q, k, v, mixed, grad] =
        tensors.map(|tensor| Rows::of(tensor).expect("callers make it dense"));
    let pass = Pass {
        q,
        k,
        v,
        mixed,
        grad,
        log_sums: numbers(log_sums),
        seen,
        heads,
        group: heads / kv_heads,
        width,
        scale,
    };
    let parts: Vec<[Vec<f32>; 3]> = (0..batch * heads)
        .into_par_iter()
        .map_init(Scratch::default, |scratch, place| {
            pass.of_head(place / heads, place % heads, scratch)
        })
        .collect();

    let mut grads = [[queries, heads], [keys, kv_heads], [keys, kv_heads]]
        .map(|[length, heads]| zeros([batch, length, heads, width]));
    for (which, grad) in grads.iter_mut().enumerate() {
        let [_, length, own_heads, _] = grad.layout().shape().dims();
        let sharing = heads / own_heads;
        if length * own_heads * width > 0 {
            numbers_mut(grad)
                .par_chunks_mut(length * own_heads * width)
                .zip(parts.par_chunks(heads))
                .for_each(|(grad, parts)| {
                    for (head, part) in parts.iter().enumerate() {
                        let from = part[which].chunks_exact(width);
                        let rows = grad.chunks_exact_mut(width).skip(head / sharing);
                        for (out, numbers) in rows.step_by(own_heads).zip(from) {
                            for (out, number) in out.iter_mut().zip(numbers) {
                                *out += number;
                            }
                        }
                    }
                });
        }
    }
    let [q, k, v] = grads.map(|grad| Flex::float_swap_dims(grad, 1, 2));
    (q, k, v)
}

/// Of some queries, scaled, and of a block of keys.
#[derive(Default)]
struct Scratch {
    queries: Vec<f32>,
    grads: Vec<f32>,
    weights: Vec<f32>,
    of_weights: Vec<f32>,
}

struct Pass<'a> {
    q: Rows<'a>,
    k: Rows<'a>,
    v: Rows<'a>,
    mixed: Rows<'a>,
    grad: Rows<'a>,
    /// `[batch, heads, queries]`, in that order.
    log_sums: &'a [f32],
    seen: Seen<'a>,
    heads: usize,
    /// Heads of queries to one of keys.
    group: usize,
    width: usize,
    scale: f32,
}

impl Pass<'_> {
    /// What one head of queries adds to the gradients, each in dense rows.
    fn of_head(&self, row: usize, head: usize, scratch: &mut Scratch) -> [Vec<f32>; 3] {
        let Scratch {
            queries,
            grads,
            weights,
            of_weights,
        } = scratch;
        let (width, keys, spans) = (self.width, self.seen.keys(row), self.seen.spans(row));
        let [k, v] = [self.k, self.v].map(|tensor| tensor.head(row, head / self.group));
        let [q, mixed, grad] = [self.q, self.mixed, self.grad].map(|tensor| tensor.head(row, head));
        let log_sums = &self.log_sums[(row * self.heads + head) * spans.len()..][..spans.len()];
        let mut of_q = vec![0.0; spans.len() * width];
        let [mut of_k, mut of_v] = [0; 2].map(|_| vec![0.0; keys.len() * width]);
        for first in (0..spans.len()).step_by(QUERIES) {
            let columns = first..(first + QUERIES).min(spans.len());
            let (spans, log_sums) = (&spans[columns.clone()], &log_sums[columns.clone()]);
            queries.clear();
            grads.clear();
            let mut means = [0.0_f32; QUERIES];
            for (column, mean) in columns.clone().zip(&mut means) {
                let scaled = q.column(column, width).iter().map(|x| self.scale * x);
                queries.extend(scaled);
                let grad = grad.column(column, width);
                grads.extend_from_slice(grad);
                *mean = Arch::new().dispatch(Dot(grad, mixed.column(column, width)));
            }
            let (queries, grads) = (Matrix::dense(queries, width), Matrix::dense(grads, width));
            let of_q = &mut of_q[columns.start * width..columns.end * width];
            for block in blocks(keys, spans) {
                let [k, v] = [k, v].map(|head| head.matrix(&block.columns, width));
                let (count, place) = (
                    block.columns.len(),
                    block.columns.start * width..block.columns.end * width,
                );
                let [weights, of_weights] = [&mut *weights, &mut *of_weights]
                    .map(|scores| room(scores, spans.len() * count));
                product(weights, queries, k.transposed(), false);
                product(of_weights, grads, v.transposed(), false);
                Arch::new().dispatch(Scores {
                    weights,
                    of_weights,
                    keys: &keys[block.columns],
                    spans: (!block.is_whole).then_some(spans),
                    log_sums,
                    means: &means,
                });
                let weights = Matrix::dense(weights, count);
                let of_scores = Matrix::dense(of_weights, count);
                product(&mut of_v[place.clone()], weights.transposed(), grads, true);
                product(&mut of_k[place], of_scores.transposed(), queries, true);
                product(of_q, of_scores, k, true);
            }
        }
        of_q.iter_mut().for_each(|number| *number *= self.scale);
        [of_q, of_k, of_v]
    }
}

/// Scores become weights again, and the gradients of weights those of scores.
struct Scores<'a> {
    weights: &'a mut [f32],
    of_weights: &'a mut [f32],
    keys: &'a [i32],
    /// Unless all keys are seen.
    spans: Option<&'a [[i32; 2]]>,
    log_sums: &'a [f32],
    means: &'a [f32],
}

impl WithSimd for Scores<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let weights = self.weights.chunks_exact_mut(self.keys.len());
        let rows = weights.zip(self.of_weights.chunks_exact_mut(self.keys.len()));
        for (query, (weights, of_weights)) in rows.enumerate() {
            if let Some(spans) = self.spans {
                hide(weights, self.keys, spans[query]);
            }
            weigh(weights, self.log_sums[query]);
            let mean = self.means[query];
            for (grad, weight) in of_weights.iter_mut().zip(&*weights) {
                *grad = weight * (*grad - mean);
            }
        }
    }
}

struct Dot<'a>(&'a [f32], &'a [f32]);

impl WithSimd for Dot<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f32 {
        dot(simd, self.0, self.1)
    }
}
