//! SwiGLU (arXiv 2002.05202), the gate of the feed-forward blocks of Qwen and Llama:
//!
//! ```text
//! y  = silu(g) u,   silu(g) = g s,   s = 1 / (1 + e^-g)
//! dg = dy u s (1 + g (1 - s))
//! du = dy g s
//! ```
//!
//! Differentiated operation by operation it keeps four tensors for the backward pass; with its own
//! gradient it keeps its two inputs.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch};
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

/// The operation on the tape.
pub(crate) fn recorded<B: Kernels, C: CheckpointStrategy>(
    gate: FloatTensor<Autodiff<B, C>>,
    up: FloatTensor<Autodiff<B, C>>,
) -> FloatTensor<Autodiff<B, C>> {
    #[derive(Debug)]
    struct Swiglu;

    impl<B: Kernels> Backward<B, 2> for Swiglu {
        type State = (NodeId, NodeId);

        fn backward(
            self,
            ops: Ops<Self::State, 2>,
            grads: &mut Gradients,
            checkpointer: &mut Checkpointer,
        ) {
            let [gate_node, up_node] = ops.parents;
            let grad = grads.consume::<B>(&ops.node);
            let gate = checkpointer.retrieve_node_output(ops.state.0);
            let up = checkpointer.retrieve_node_output(ops.state.1);
            let (grad_gate, grad_up) = B::swiglu_backward(gate, up, grad);
            if let Some(node) = gate_node {
                grads.register::<B>(node.id, grad_gate);
            }
            if let Some(node) = up_node {
                grads.register::<B>(node.id, grad_up);
            }
        }
    }

    match Swiglu
        .prepare::<C>([gate.node(), up.node()])
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(mut prepared) => {
            let state = (prepared.checkpoint(&gate), prepared.checkpoint(&up));
            let output = B::swiglu(gate.into_primitive(), up.into_primitive());
            prepared.finish(state, output)
        }
        OpsKind::UnTracked(prepared) => {
            prepared.finish(B::swiglu(gate.into_primitive(), up.into_primitive()))
        }
    }
}
