//! See [`crate::swiglu`](mod@crate::swiglu).

use burn_flex::FlexTensor;
use pulp::Arch;
use rayon::prelude::*;

use super::exp::exp;
use super::{TASK, numbers, numbers_mut, zeros_like};

pub(super) fn forward(gate: FlexTensor, up: FlexTensor) -> FlexTensor {
    let mut out = zeros_like(&gate);
    numbers_mut(&mut out)
        .par_chunks_mut(TASK)
        .zip(numbers(&gate).par_chunks(TASK))
        .zip(numbers(&up).par_chunks(TASK))
        .for_each(|((out, gate), up)| {
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    for ((out, gate), up) in out.iter_mut().zip(gate).zip(up) {
                        *out = gate * sigmoid(*gate) * up;
                    }
                },
            );
        });
    out
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
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    let inputs = gate.iter().zip(up);
                    for ((grad_gate, grad), (gate, up)) in
                        grad_gate.iter_mut().zip(grad).zip(inputs)
                    {
                        let s = sigmoid(*gate);
                        *grad_gate = *grad * up * s * (1.0 + gate * (1.0 - s));
                        *grad *= gate * s;
                    }
                },
            );
        });
    (grad_gate, grad)
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}
