//! The backward pass: the logits again, a block at a time.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Autodiff, TensorMetadata};
use burn::tensor::{FloatDType, Shape};

use super::{Blocks, forward};
use crate::extension::Kernels;

/// Gradients of the hidden states and of the weights, of those that are wanted.
fn backward<B: Kernels>(
    [hidden, weights]: [FloatTensor<B>; 2],
    targets: IntTensor<B>,
    law: FloatTensor<B>,
    grad: FloatTensor<B>,
    blocks: Blocks,
    wanted: [bool; 2],
) -> [Option<FloatTensor<B>>; 2] {
    let (device, dtype): (_, FloatDType) = (hidden.device(), hidden.dtype().into());
    let dtype_of_weights = weights.dtype();
    let zeros = |shape: Shape, dtype| B::float_zeros(shape, &device, dtype);
    let mut grad_hidden = wanted[0].then(|| zeros(hidden.shape(), FloatDType::F32));
    let mut grad_weights = wanted[1].then(|| zeros(weights.shape(), dtype));
    for block in blocks.of::<B>(&weights) {
        let part = blocks.part::<B>(&weights, &block);
        let grad_logits = B::float_cast(
            B::logits_gradient(
                blocks.logits::<B>(&hidden, part.clone()),
                targets.clone(),
                law.clone(),
                grad.clone(),
                block.start,
                blocks.temperature,
            ),
            dtype,
        );
        grad_hidden = grad_hidden.map(|sum| {
            let part = B::product(grad_logits.clone(), part, !blocks.by_rows);
            B::float_add(sum, B::float_cast(part, FloatDType::F32))
        });
        grad_weights = grad_weights.map(|all| {
            let [x, dy] = match blocks.by_rows {
                true => [grad_logits, hidden.clone()],
                false => [hidden.clone(), grad_logits],
            };
            let part = B::product_gradient(x, dy, dtype_of_weights);
            B::float_slice_assign(all, &blocks.place(&block), part)
        });
    }
    [
        grad_hidden.map(|sum| B::float_cast(sum, dtype)),
        grad_weights,
    ]
}

/// The operation on the tape.
pub(crate) fn recorded<B: Kernels, C: CheckpointStrategy>(
    hidden: FloatTensor<Autodiff<B, C>>,
    weights: FloatTensor<Autodiff<B, C>>,
    targets: IntTensor<B>,
    blocks: Blocks,
) -> FloatTensor<Autodiff<B, C>> {
    #[derive(Debug)]
    struct TokenScores;

    impl<B: Kernels> Backward<B, 2> for TokenScores {
        type State = ([NodeId; 2], IntTensor<B>, FloatTensor<B>, Blocks);

        fn backward(
            self,
            ops: Ops<Self::State, 2>,
            grads: &mut Gradients,
            checkpointer: &mut Checkpointer,
        ) {
            let grad = grads.consume::<B>(&ops.node);
            let (inputs, targets, law, blocks) = ops.state;
            let inputs = inputs.map(|node| checkpointer.retrieve_node_output(node));
            let wanted = ops.parents.each_ref().map(Option::is_some);
            let found = backward::<B>(inputs, targets, law, grad, blocks, wanted);
            for (node, grad) in ops.parents.into_iter().zip(found) {
                if let (Some(node), Some(grad)) = (node, grad) {
                    grads.register::<B>(node.id, grad);
                }
            }
        }
    }

    match TokenScores
        .prepare::<C>([hidden.node(), weights.node()])
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(mut prepared) => {
            let nodes = [prepared.checkpoint(&hidden), prepared.checkpoint(&weights)];
            let (hidden, weights) = (hidden.into_primitive(), weights.into_primitive());
            let (scores, law) = forward::<B>(&hidden, &weights, &targets, blocks);
            prepared.finish((nodes, targets, law, blocks), scores)
        }
        OpsKind::UnTracked(prepared) => {
            let (hidden, weights) = (hidden.into_primitive(), weights.into_primitive());
            prepared.finish(forward::<B>(&hidden, &weights, &targets, blocks).0)
        }
    }
}
