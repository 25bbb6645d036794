//! SwiGLU (arXiv 2002.05202), the gate of the feed-forward blocks of Qwen and Llama:
//!
//! ```text
//! y = silu(g) u,   silu(g) = g s,   s = 1 / (1 + e^-g)
//! dg = dy u s (1 + g (1 - s))
//! du = dy g s
//! ```
//!
//! Written with Burn's operations it keeps four tensors for the backward pass; here it keeps its two
//! inputs.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch};
use burn::tensor::Tensor;

use crate::extension::Kernels;

/// `silu(gate) * up`, element by element.
///
/// # Panics
///
/// If the shapes differ.
pub fn swiglu<const D: usize>(gate: Tensor<D>, up: Tensor<D>) -> Tensor<D> {
    assert_eq!(gate.dims(), up.dims(), "a gate for each number");
    Tensor::from_dispatch(Dispatch::swiglu(gate.into_dispatch(), up.into_dispatch()))
}

/// The definition.
pub(crate) fn plain<B: Backend>(gate: FloatTensor<B>, up: FloatTensor<B>) -> FloatTensor<B> {
    let sigmoid = B::sigmoid(gate.clone());
    B::float_mul(B::float_mul(gate, sigmoid), up)
}

/// Gradients of the gate and of what it gates.
pub(crate) fn plain_backward<B: Backend>(
    gate: FloatTensor<B>,
    up: FloatTensor<B>,
    grad: FloatTensor<B>,
) -> (FloatTensor<B>, FloatTensor<B>) {
    let sigmoid = B::sigmoid(gate.clone());
    let silu = B::float_mul(gate.clone(), sigmoid.clone());
    let rest = B::float_add_scalar(B::float_neg(sigmoid.clone()), 1.0.into());
    let slope = B::float_add_scalar(B::float_mul(gate, rest), 1.0.into());
    let grad_gate = B::float_mul(B::float_mul(grad.clone(), up), B::float_mul(sigmoid, slope));
    (grad_gate, B::float_mul(grad, silu))
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution, activation};

    use super::*;

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
}
