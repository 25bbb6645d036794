//! See [`crate::norm`](mod@crate::norm). A row is read once from memory.

use burn::tensor::{Bytes, DType, Shape};
use burn_flex::{FlexTensor, Layout};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::lanes::dot;
use super::{TASK, numbers, numbers_mut};

/// The normed rows take the place of the rows, where nobody else holds them.
pub(super) fn forward(mut x: FlexTensor, gain: &FlexTensor, epsilon: f32) -> FlexTensor {
    let gain = numbers(gain);
    let rows = (TASK / gain.len()).max(1);
    numbers_mut(&mut x)
        .par_chunks_mut(rows * gain.len())
        .for_each(|x| Arch::new().dispatch(Forward { x, gain, epsilon }));
    x
}

struct Forward<'a> {
    x: &'a mut [f32],
    gain: &'a [f32],
    epsilon: f32,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for row in self.x.chunks_exact_mut(self.gain.len()) {
            let scale = scale(simd, row, self.epsilon);
            for (x, gain) in row.iter_mut().zip(self.gain) {
                *x *= scale * gain;
            }
        }
    }
}

#[inline(always)]
fn scale<S: Simd>(simd: S, row: &[f32], epsilon: f32) -> f32 {
    1.0 / (dot(simd, row, row) / row.len() as f32 + epsilon).sqrt()
}

/// The gradient of the rows takes the place of that of the result.
pub(super) fn backward(
    x: &FlexTensor,
    gain: &FlexTensor,
    mut grad: FlexTensor,
    epsilon: f32,
) -> (FlexTensor, FlexTensor) {
    let gain = numbers(gain);
    let width = gain.len();
    let rows = (TASK / width).max(1);
    // Each task sums for itself, and the sums are added in the order of the rows, so that the
    // result does not depend on which thread was first.
    let sums: Vec<Vec<f32>> = numbers_mut(&mut grad)
        .par_chunks_mut(rows * width)
        .zip(numbers(x).par_chunks(rows * width))
        .map(|(grad, x)| {
            let mut grad_gain = vec![0.0; width];
            Arch::new().dispatch(Backward {
                grad,
                grad_gain: &mut grad_gain,
                x,
                gain,
                epsilon,
            });
            grad_gain
        })
        .collect();
    let mut grad_gain = vec![0.0_f32; width];
    for sums in sums {
        for (total, sum) in grad_gain.iter_mut().zip(sums) {
            *total += sum;
        }
    }
    let layout = Layout::contiguous(Shape::new([width]));
    let grad_gain = FlexTensor::new(Bytes::from_elems(grad_gain), layout, DType::F32);
    (grad, grad_gain)
}

struct Backward<'a> {
    grad: &'a mut [f32],
    grad_gain: &'a mut [f32],
    x: &'a [f32],
    gain: &'a [f32],
    epsilon: f32,
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let width = self.gain.len();
        let rows = self.grad.chunks_exact_mut(width);
        for (grad, x) in rows.zip(self.x.chunks_exact(width)) {
            let scale = scale(simd, x, self.epsilon);
            let outputs = grad.iter_mut().zip(self.grad_gain.iter_mut());
            for ((grad, grad_gain), (x, gain)) in outputs.zip(x.iter().zip(self.gain)) {
                *grad_gain += scale * x * *grad;
                *grad *= gain;
            }
            let along = dot(simd, grad, x) * scale * scale / width as f32;
            for (grad, x) in grad.iter_mut().zip(x) {
                *grad = scale * (*grad - along * x);
            }
        }
    }
}
