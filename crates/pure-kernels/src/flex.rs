//! The fused bodies for flex, Burn's CPU backend: one pass over memory, on all threads, at the
//! vector width of the machine.
//!
//! Rust's default x86-64 target has no fused multiply-add, and calls a library for each: the loops
//! run inside [`pulp::Arch::dispatch`], which compiles them for every width and picks one when the
//! program runs. Anything but f32 goes to the plain body.

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use burn::tensor::{Bytes, DType};
use burn_flex::{FlexTensor, Layout};
use pulp::Arch;
use rayon::prelude::*;

use crate::extension::Kernels;
use crate::plain;

/// Numbers that one task handles: small enough for the second-level cache.
const TASK: usize = 16 * 1024;

impl Kernels for Flex {
    fn swiglu(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self> {
        if gate.dtype() != DType::F32 {
            return plain::swiglu::<Self>(gate, up);
        }
        let (gate, up) = (contiguous(gate), contiguous(up));
        let mut out = like(&gate);
        out.storage_mut::<f32>()
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

    fn swiglu_backward(
        gate: FloatTensor<Self>,
        up: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        if gate.dtype() != DType::F32 {
            return plain::swiglu_backward::<Self>(gate, up, grad);
        }
        let (gate, up, grad) = (contiguous(gate), contiguous(up), contiguous(grad));
        let (mut grad_gate, mut grad_up) = (like(&gate), like(&gate));
        grad_gate
            .storage_mut::<f32>()
            .par_chunks_mut(TASK)
            .zip(grad_up.storage_mut::<f32>().par_chunks_mut(TASK))
            .zip(numbers(&gate).par_chunks(TASK))
            .zip(numbers(&up).par_chunks(TASK))
            .zip(numbers(&grad).par_chunks(TASK))
            .for_each(|((((grad_gate, grad_up), gate), up), grad)| {
                Arch::new().dispatch(
                    #[inline(always)]
                    || {
                        let outputs = grad_gate.iter_mut().zip(grad_up);
                        let inputs = gate.iter().zip(up).zip(grad);
                        for ((grad_gate, grad_up), ((gate, up), grad)) in outputs.zip(inputs) {
                            let s = sigmoid(*gate);
                            *grad_gate = grad * up * s * (1.0 + gate * (1.0 - s));
                            *grad_up = grad * gate * s;
                        }
                    },
                );
            });
        (grad_gate, grad_up)
    }
}

fn contiguous(tensor: FlexTensor) -> FlexTensor {
    if tensor.is_contiguous() && tensor.layout().start_offset() == 0 {
        tensor
    } else {
        tensor.to_contiguous()
    }
}

/// The numbers of a contiguous tensor, whose storage may go on behind them.
fn numbers(tensor: &FlexTensor) -> &[f32] {
    &tensor.storage()[..tensor.layout().num_elements()]
}

fn like(tensor: &FlexTensor) -> FlexTensor {
    let shape = tensor.layout().shape().clone();
    let zeros = vec![0.0_f32; shape.num_elements()];
    FlexTensor::new(
        Bytes::from_elems(zeros),
        Layout::contiguous(shape),
        DType::F32,
    )
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `e^x` to about one unit in the last place, written so that it vectorises.
///
/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`; `e^r` by its Taylor row to the seventh power (the next
/// term is below 2^-27), then `n` is added to the exponent. `ln 2` is split in two so that `r` keeps
/// its last bits. Clamped to where the result is a normal number.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.3, 88.3);
    let n = (x * std::f32::consts::LOG2_E).round_ties_even();
    let r = n.mul_add(-LN2_HIGH, x);
    let r = n.mul_add(-LN2_LOW, r);
    let e = (1.0_f32 / 5040.0)
        .mul_add(r, 1.0 / 720.0)
        .mul_add(r, 1.0 / 120.0)
        .mul_add(r, 1.0 / 24.0)
        .mul_add(r, 1.0 / 6.0)
        .mul_add(r, 0.5)
        .mul_add(r, 1.0)
        .mul_add(r, 1.0);
    f32::from_bits(((n as i32 + 127) << 23) as u32) * e
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution, Tensor, activation};

    use super::exp;
    use crate::swiglu;

    /// Output and gradients of `form`, weighted so that no gradient is like another.
    fn run(form: fn(Tensor<3>, Tensor<3>) -> Tensor<3>, inputs: [Tensor<3>; 3]) -> [Tensor<3>; 3] {
        let [gate, up, weight] = inputs;
        let (gate, up) = (gate.require_grad(), up.require_grad());
        let out = form(gate.clone(), up.clone());
        let grads = (out.clone() * weight).sum().backward();
        let detached = out.inner();
        [
            detached,
            gate.grad(&grads).unwrap(),
            up.grad(&grads).unwrap(),
        ]
    }

    fn compare(inputs: [Tensor<3>; 3]) {
        let plain = run(|gate, up| activation::silu(gate) * up, inputs.clone());
        let fused = run(swiglu, inputs);
        for (fused, plain) in fused.into_iter().zip(plain) {
            let scale: f32 = plain.clone().abs().max().into_scalar();
            let gap: f32 = (fused - plain).abs().max().into_scalar();
            assert!(gap <= 1e-6 * scale, "{gap} of {scale}");
        }
    }

    fn random(shape: [usize; 3]) -> [Tensor<3>; 3] {
        let device = Device::flex().autodiff();
        device.seed(1);
        [0; 3].map(|_| Tensor::random(shape, Distribution::Normal(0.0, 4.0), &device))
    }

    #[test]
    fn it_equals_its_plain_form_with_its_gradients() {
        compare(random([3, 5, 7]));
        compare(random([2, 130, 257]));
    }

    #[test]
    fn views_are_read_as_what_they_show() {
        compare(random([4, 6, 8]).map(|t| t.swap_dims(0, 2).narrow(1, 2, 3)));
    }

    #[test]
    fn a_gate_that_is_shut_or_wide_open_stays_finite() {
        let device = Device::flex();
        let gate = Tensor::<1>::from_floats([-1e30, -200.0, 200.0, 1e30], &device);
        let out = swiglu(gate, Tensor::ones([4], &device));
        let out = out.into_data().try_into_vec::<f32>().unwrap();
        assert!(out[0].abs() < 1e-6 && out[1].abs() < 1e-6, "{out:?}");
        assert_eq!(out[2..], [200.0, 1e30]);
    }

    #[test]
    fn the_exponential_is_right_to_two_units_in_the_last_place() {
        for step in -870_000..=880_000 {
            let x = step as f32 / 10_000.0;
            let right = f64::from(x).exp();
            let error = (f64::from(exp(x)) - right).abs() / right;
            assert!(
                error < 2.0 * f64::from(f32::EPSILON),
                "e^{x} is off by {error:e}"
            );
        }
    }
}
