//! The definitions: each operation and its gradient as a composition of Burn's operations.
//!
//! # `swiglu`
//!
//! SwiGLU (arXiv 2002.05202), the gate of the feed-forward blocks of Qwen and Llama:
//!
//! ```text
//! y = silu(g) u,   silu(g) = g s,   s = 1 / (1 + e^-g)
//! dg = dy u s (1 + g (1 - s))
//! du = dy g s
//! ```
//!
//! Differentiated operation by operation it keeps four tensors for the backward pass; with its own
//! gradient it keeps its two inputs.

use burn::backend::Backend;
use burn::backend::tensor::FloatTensor;

pub(crate) fn swiglu<B: Backend>(gate: FloatTensor<B>, up: FloatTensor<B>) -> FloatTensor<B> {
    let sigmoid = B::sigmoid(gate.clone());
    B::float_mul(B::float_mul(gate, sigmoid), up)
}

/// Gradients of the gate and of what it gates.
pub(crate) fn swiglu_backward<B: Backend>(
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
