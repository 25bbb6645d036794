//! See [`crate::swiglu`](mod@crate::swiglu).

use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::exp::exp;
use super::{TASK, numbers, numbers_mut, zeros_like};

/// The result takes the place of the gate.
pub(super) fn forward(mut gate: FlexTensor, up: FlexTensor) -> FlexTensor {
    numbers_mut(&mut gate)
        .par_chunks_mut(TASK)
        .zip(numbers(&up).par_chunks(TASK))
        .for_each(|(gate, up)| Arch::new().dispatch(Forward { gate, up }));
    gate
}

struct Forward<'a> {
    gate: &'a mut [f32],
    up: &'a [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (gate, up) in self.gate.iter_mut().zip(self.up) {
            *gate = *gate * sigmoid(*gate) * up;
        }
    }
}

/// The gradient of what is gated takes the place of `grad`.
pub(super) fn backward(
    gate: FlexTensor,
    up: FlexTensor,
    mut grad: FlexTensor,
) -> (FlexTensor, FlexTensor) {
    let mut grad_gate = zeros_like(&gate);
    numbers_mut(&mut grad_gate)
        .par_chunks_mut(TASK)
        .zip(numbers_mut(&mut grad).par_chunks_mut(TASK))
        .zip(numbers(&gate).par_chunks(TASK))
        .zip(numbers(&up).par_chunks(TASK))
        .for_each(|(((grad_gate, grad), gate), up)| {
            Arch::new().dispatch(Backward {
                grad_gate,
                grad,
                gate,
                up,
            });
        });
    (grad_gate, grad)
}

struct Backward<'a> {
    grad_gate: &'a mut [f32],
    grad: &'a mut [f32],
    gate: &'a [f32],
    up: &'a [f32],
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let inputs = self.gate.iter().zip(self.up);
        let outputs = self.grad_gate.iter_mut().zip(self.grad);
        for ((grad_gate, grad), (gate, up)) in outputs.zip(inputs) {
            let s = sigmoid(*gate);
            *grad_gate = *grad * up * s * (1.0 + gate * (1.0 - s));
            *grad *= gate * s;
        }
    }
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}
