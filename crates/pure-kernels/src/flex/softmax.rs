//! See [`crate::softmax`](mod@crate::softmax). A row is read once from memory: it stays in the
//! first-level cache while its maximum, its sum and its weights are made.

use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::exp::exp;
use super::lanes::{dot, max, sum};
use super::{TASK, numbers, numbers_mut};

/// The weights take the place of the scores.
pub(super) fn forward(mut scores: FlexTensor, bias: &FlexTensor, scale: f32) -> FlexTensor {
    let [batch, heads, queries, keys] = scores.layout().shape().dims();
    let rows_of_bias = bias.layout().shape().dims::<4>()[0] * queries;
    let bias = numbers(bias);
    if scores.layout().num_elements() == 0 {
        return scores;
    }
    debug_assert!(rows_of_bias == queries || rows_of_bias == batch * queries);
    let rows = (TASK / keys).max(1);
    numbers_mut(&mut scores)
        .par_chunks_mut(rows * keys)
        .enumerate()
        .for_each(|(task, scores)| {
            Arch::new().dispatch(Forward {
                scores,
                first_row: task * rows,
                heads,
                queries,
                keys,
                bias,
                rows_of_bias,
                scale,
            });
        });
    scores
}

/// Some rows of scores, and the biases of all.
struct Forward<'a> {
    scores: &'a mut [f32],
    first_row: usize,
    heads: usize,
    queries: usize,
    keys: usize,
    bias: &'a [f32],
    rows_of_bias: usize,
    scale: f32,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for (row, scores) in self.scores.chunks_exact_mut(self.keys).enumerate() {
            let row = self.first_row + row;
            let (text, query) = (row / (self.heads * self.queries), row % self.queries);
            let row_of_bias = (text * self.queries + query) % self.rows_of_bias;
            let bias = &self.bias[row_of_bias * self.keys..][..self.keys];
            weigh(simd, scores, bias, self.scale);
        }
    }
}

#[inline(always)]
fn weigh<S: Simd>(simd: S, row: &mut [f32], bias: &[f32], scale: f32) {
    for (x, bias) in row.iter_mut().zip(bias) {
        *x = scale.mul_add(*x, *bias);
    }
    let max = max(simd, row);
    for x in row.iter_mut() {
        let below = *x - max;
        // Exactly nothing where the true weight is under the smallest normal number, as it is for
        // every key that may not be seen.
        *x = if below < -87.0 { 0.0 } else { exp(below) };
    }
    let share = 1.0 / sum(simd, row);
    for x in row.iter_mut() {
        *x *= share;
    }
}

/// The gradient of the scores takes the place of that of the weights.
pub(super) fn backward(weights: &FlexTensor, mut grad: FlexTensor, scale: f32) -> FlexTensor {
    let [.., keys] = grad.layout().shape().dims::<4>();
    if grad.layout().num_elements() == 0 {
        return grad;
    }
    let task = (TASK / keys).max(1) * keys;
    numbers_mut(&mut grad)
        .par_chunks_mut(task)
        .zip(numbers(weights).par_chunks(task))
        .for_each(|(grad, weights)| {
            Arch::new().dispatch(Backward {
                grad,
                weights,
                keys,
                scale,
            });
        });
    grad
}

/// Some rows of weights with their gradients.
struct Backward<'a> {
    grad: &'a mut [f32],
    weights: &'a [f32],
    keys: usize,
    scale: f32,
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let weights = self.weights.chunks_exact(self.keys);
        for (grad, weights) in self.grad.chunks_exact_mut(self.keys).zip(weights) {
            let mean = dot(simd, grad, weights);
            for (grad, y) in grad.iter_mut().zip(weights) {
                *grad = self.scale * y * (*grad - mean);
            }
        }
    }
}
