//! How the operations join Burn: one trait, with default bodies for every backend, an own body for
//! flex, and one for autodiff that records the backward pass.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, backend_extension};
use burn::tensor::Tensor;

use crate::plain;

/// See the crate page. Methods whose names end in `_backward` give gradients, which the plain bodies
/// make differentiable in their turn.
#[backend_extension(
    Autodiff,
    Flex,
    Cube: cfg(feature = "gpu"),
    Fusion: cfg(feature = "gpu")
)]
pub(crate) trait Kernels: Backend {
    #[fusion(default)]
    fn swiglu(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self> {
        plain::swiglu::<Self>(gate, up)
    }

    #[fusion(default)]
    fn swiglu_backward(
        gate: FloatTensor<Self>,
        up: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        plain::swiglu_backward::<Self>(gate, up, grad)
    }
}

#[cfg(feature = "gpu")]
impl Kernels for burn_cubecl::CubeBackend {}

impl<B: Kernels, C: CheckpointStrategy> Kernels for Autodiff<B, C> {
    fn swiglu(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self> {
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
}

/// `silu(gate) * up`, element by element.
///
/// # Panics
///
/// If the shapes differ.
pub fn swiglu<const D: usize>(gate: Tensor<D>, up: Tensor<D>) -> Tensor<D> {
    assert_eq!(gate.dims(), up.dims(), "a gate for each number");
    Tensor::from_dispatch(Dispatch::swiglu(gate.into_dispatch(), up.into_dispatch()))
}
