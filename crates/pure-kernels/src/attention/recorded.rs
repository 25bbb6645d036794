//! Attention on the tape.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Autodiff, Backend};

use crate::extension::Kernels;

/// What is kept: where the inputs are, which keys are seen, what was mixed, and `L`.
#[derive(Debug, Clone)]
struct Kept<B: Backend> {
    inputs: [NodeId; 3],
    keys: IntTensor<B>,
    spans: IntTensor<B>,
    mixed: FloatTensor<B>,
    log_sums: FloatTensor<B>,
    scale: f32,
}

pub(crate) fn recorded<B: Kernels, C: CheckpointStrategy>(
    q: FloatTensor<Autodiff<B, C>>,
    k: FloatTensor<Autodiff<B, C>>,
    v: FloatTensor<Autodiff<B, C>>,
    keys: IntTensor<B>,
    spans: IntTensor<B>,
    scale: f32,
) -> FloatTensor<Autodiff<B, C>> {
    #[derive(Debug)]
    struct Attention;

    impl<B: Kernels> Backward<B, 3> for Attention {
        type State = Kept<B>;

        fn backward(
            self,
            ops: Ops<Self::State, 3>,
            grads: &mut Gradients,
            checkpointer: &mut Checkpointer,
        ) {
            let grad = grads.consume::<B>(&ops.node);
            let kept = ops.state;
            let [q, k, v] = kept
                .inputs
                .map(|node| checkpointer.retrieve_node_output(node));
            let (q, k, v) = B::attention_backward(
                q,
                k,
                v,
                kept.keys,
                kept.spans,
                kept.mixed,
                kept.log_sums,
                grad,
                kept.scale,
            );
            for (node, grad) in ops.parents.into_iter().zip([q, k, v]) {
                if let Some(node) = node {
                    grads.register::<B>(node.id, grad);
                }
            }
        }
    }

    match Attention
        .prepare::<C>([q.node(), k.node(), v.node()])
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(mut prepared) => {
            let inputs = [&q, &k, &v].map(|input| prepared.checkpoint(input));
            let [q, k, v] = [q, k, v].map(|input| input.into_primitive());
            let (mixed, log_sums) =
                B::attention_with_sums(q, k, v, keys.clone(), spans.clone(), scale);
            let kept = Kept {
                inputs,
                keys,
                spans,
                mixed: mixed.clone(),
                log_sums,
                scale,
            };
            prepared.finish(kept, mixed)
        }
        OpsKind::UnTracked(prepared) => {
            let [q, k, v] = [q, k, v].map(|input| input.into_primitive());
            prepared.finish(B::attention_of_groups(q, k, v, keys, spans, scale))
        }
    }
}
