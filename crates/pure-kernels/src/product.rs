//! Products with a weight, which may be in sixteen bits where everything else is in f32:
//!
//! ```text
//! y = bf16(x) W       dx = bf16(dy) Wᵀ       dW = bf16(x)ᵀ bf16(dy)
//! ```
//!
//! There both sides of a product are rounded to bf16 and its sums are f32, as tensor cores and AVX-512 BF16 compute
//! them. What comes out is f32, the gradient of the weight too, so that batches are added without a loss.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, TensorMetadata};
use burn::tensor::{DType, FloatDType, Tensor};

use crate::extension::Kernels;

/// `x w`, or `x wᵀ`: rounded where the weight is in bf16 and `x` is not.
///
/// # Shapes
///
/// - `x`: `[rows, inner]`
/// - `w`: `[inner, outer]`, or `[outer, inner]` where it is turned
/// - output: `[rows, outer]`, as `x`
///
/// # Panics
///
/// If the shapes do not fit.
pub fn product(x: Tensor<2>, w: Tensor<2>, turned: bool) -> Tensor<2> {
    let inner = w.dims()[usize::from(turned)];
    assert_eq!(x.dims()[1], inner, "a row of weights for each number");
    let (x, w) = (x.into_dispatch(), w.into_dispatch());
    Tensor::from_dispatch(Dispatch::product(x, w, turned))
}

pub(crate) fn plain<B: Backend>(
    x: FloatTensor<B>,
    w: FloatTensor<B>,
    turned: bool,
) -> FloatTensor<B> {
    let (own, other) = (x.dtype(), w.dtype());
    let w = if turned { B::float_transpose(w) } else { w };
    if own == other {
        return B::float_matmul(x, w);
    }
    let y = B::float_matmul(B::float_cast(x, FloatDType::BF16), w);
    B::float_cast(y, FloatDType::F32)
}

/// `xᵀ dy`, of a weight whose type is that.
pub(crate) fn plain_gradient<B: Backend>(
    x: FloatTensor<B>,
    dy: FloatTensor<B>,
    dtype: DType,
) -> FloatTensor<B> {
    let own = x.dtype();
    if own == dtype {
        return B::float_matmul(B::float_transpose(x), dy);
    }
    let [x, dy] = [x, dy].map(|tensor| B::float_cast(tensor, FloatDType::BF16));
    B::float_cast(B::float_matmul(B::float_transpose(x), dy), FloatDType::F32)
}

/// The operation on the tape.
pub(crate) fn recorded<B: Kernels, C: CheckpointStrategy>(
    x: FloatTensor<Autodiff<B, C>>,
    w: FloatTensor<Autodiff<B, C>>,
    turned: bool,
) -> FloatTensor<Autodiff<B, C>> {
    #[derive(Debug)]
    struct Product;

    impl<B: Kernels> Backward<B, 2> for Product {
        type State = ([NodeId; 2], bool);

        fn backward(
            self,
            ops: Ops<Self::State, 2>,
            grads: &mut Gradients,
            checkpointer: &mut Checkpointer,
        ) {
            let ([x, w], turned) = ops.state;
            let grad = grads.consume::<B>(&ops.node);
            let [of_x, of_w] = ops.parents;
            let x: FloatTensor<B> = checkpointer.retrieve_node_output(x);
            let w: FloatTensor<B> = checkpointer.retrieve_node_output(w);
            let dtype = w.dtype();
            if let Some(node) = of_x {
                grads.register::<B>(node.id, B::product(grad.clone(), w, !turned));
            }
            if let Some(node) = of_w {
                let [a, b] = if turned { [grad, x] } else { [x, grad] };
                grads.register::<B>(node.id, B::product_gradient(a, b, dtype));
            }
        }
    }

    match Product
        .prepare::<C>([x.node(), w.node()])
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(mut prepared) => {
            let nodes = [prepared.checkpoint(&x), prepared.checkpoint(&w)];
            let y = B::product(x.into_primitive(), w.into_primitive(), turned);
            prepared.finish((nodes, turned), y)
        }
        OpsKind::UnTracked(prepared) => {
            prepared.finish(B::product(x.into_primitive(), w.into_primitive(), turned))
        }
    }
}
