//! The softmax of attention: scores scaled, what may not be seen taken out by a bias.
//!
//! ```text
//! y  = softmax_k(scale x + bias)
//! dx = scale y (dy - sum_k(dy y))
//! ```
//!
//! In f32 whatever the model computes in, as a sum over many keys loses too much in 16 bits; the
//! result has the type of the scores. The bias is a constant: it gets no gradient. Differentiated
//! operation by operation it keeps four tensors of scores, on its own one: its result.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, TensorMetadata};
use burn::tensor::{FloatDType, Tensor};

use crate::extension::Kernels;

/// `softmax(scale * scores + bias)` over the last dimension.
///
/// # Shapes
///
/// - `scores`: `[batch, heads, queries, keys]`
/// - `bias`: `[batch or 1, 1, queries, keys]`
/// - output: as `scores`
///
/// # Panics
///
/// If the bias is of another shape.
pub fn attention_weights(scores: Tensor<4>, bias: Tensor<4>, scale: f64) -> Tensor<4> {
    let [batch, _, queries, keys] = scores.dims();
    let shape = bias.dims();
    assert!(
        [[1, 1, queries, keys], [batch, 1, queries, keys]].contains(&shape),
        "a bias of {shape:?} for scores of {:?}",
        scores.dims()
    );
    Tensor::from_dispatch(Dispatch::attention_weights(
        scores.into_dispatch(),
        bias.into_dispatch(),
        scale as f32,
    ))
}

pub(crate) fn plain<B: Backend>(
    scores: FloatTensor<B>,
    bias: FloatTensor<B>,
    scale: f32,
) -> FloatTensor<B> {
    let dtype: FloatDType = scores.dtype().into();
    let wide = |tensor| B::float_cast(tensor, FloatDType::F32);
    let scores = B::float_mul_scalar(wide(scores), scale.into());
    let weights = B::softmax(B::float_add(scores, wide(bias)), 3);
    B::float_cast(weights, dtype)
}

/// Gradient of the scores.
pub(crate) fn plain_backward<B: Backend>(
    weights: FloatTensor<B>,
    grad: FloatTensor<B>,
    scale: f32,
) -> FloatTensor<B> {
    let dtype: FloatDType = grad.dtype().into();
    let wide = |tensor| B::float_cast(tensor, FloatDType::F32);
    let (weights, grad) = (wide(weights), wide(grad));
    let mean = B::float_sum_dim(B::float_mul(grad.clone(), weights.clone()), 3);
    let grad = B::float_mul(weights, B::float_sub(grad, mean));
    B::float_cast(B::float_mul_scalar(grad, scale.into()), dtype)
}

/// The operation on the tape.
pub(crate) fn recorded<B: Kernels, C: CheckpointStrategy>(
    scores: FloatTensor<Autodiff<B, C>>,
    bias: FloatTensor<Autodiff<B, C>>,
    scale: f32,
) -> FloatTensor<Autodiff<B, C>> {
    #[derive(Debug)]
    struct AttentionWeights;

    impl<B: Kernels> Backward<B, 1> for AttentionWeights {
        type State = (FloatTensor<B>, f32);

        fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
            let (weights, scale) = ops.state;
            unary::<B, _>(ops.parents, ops.node, grads, |grad| {
                B::attention_weights_backward(weights, grad, scale)
            });
        }
    }

    let bias = bias.into_primitive();
    match AttentionWeights
        .prepare::<C>([scores.node()])
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(prepared) => {
            let weights = B::attention_weights(scores.into_primitive(), bias, scale);
            prepared.finish((weights.clone(), scale), weights)
        }
        OpsKind::UnTracked(prepared) => {
            prepared.finish(B::attention_weights(scores.into_primitive(), bias, scale))
        }
    }
}
