//! See [`crate::softmax`](mod@crate::softmax). A row is read once from memory: it stays in the
//! first-level cache while its maximum, its sum and its weights are made.

use burn_flex::FlexTensor;
use pulp::Arch;
use rayon::prelude::*;

use super::exp::exp;
use super::lanes::fold;
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
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    for (row, scores) in scores.chunks_exact_mut(keys).enumerate() {
                        let row = task * rows + row;
                        let (text, query) = (row / (heads * queries), row % queries);
                        let row_of_bias = (text * queries + query) % rows_of_bias;
                        let bias = &bias[row_of_bias * keys..][..keys];
                        weigh(scores, bias, scale);
                    }
                },
            );
        });
    scores
}

#[inline(always)]
fn weigh(row: &mut [f32], bias: &[f32], scale: f32) {
    for (x, bias) in row.iter_mut().zip(bias) {
        *x = scale.mul_add(*x, *bias);
    }
    let max = fold(
        [row],
        f32::NEG_INFINITY,
        |max, [x]| if x > max { x } else { max },
        f32::max,
    );
    for x in row.iter_mut() {
        let below = *x - max;
        // Exactly nothing where the true weight is under the smallest normal number, as it is for
        // every key that may not be seen.
        *x = if below < -87.0 { 0.0 } else { exp(below) };
    }
    let share = 1.0 / fold([row], 0.0, |sum, [x]| sum + x, |a, b| a + b);
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
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    let rows = grad.chunks_exact_mut(keys).zip(weights.chunks_exact(keys));
                    for (grad, weights) in rows {
                        let mean = fold(
                            [&*grad, weights],
                            0.0,
                            |sum, [g, y]| g.mul_add(y, sum),
                            |a, b| a + b,
                        );
                        for (grad, y) in grad.iter_mut().zip(weights) {
                            *grad = scale * y * (*grad - mean);
                        }
                    }
                },
            );
        });
    grad
}
