//! RMS norm (arXiv 1910.07467) of the rows of a matrix:
//!
//! ```text
//! y  = g r x,   r = 1 / sqrt(mean_k(x²) + epsilon)
//! dx = r g dy - r³ x mean_k(g dy x)
//! dg = sum_rows(r x dy)
//! ```
//!
//! In front of a layer it meets the sum of a residual stream and what the layer before adds to it:
//!
//! ```text
//! s = x + d,   y = norm(s)
//! ```
//!
//! In f32 whatever the model computes in. Differentiated operation by operation it keeps four
//! tensors for the backward pass; with its own gradient it keeps its input.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, TensorMetadata};
use burn::tensor::{DType, FloatDType, Shape, Tensor};

use crate::extension::Kernels;

/// The rows of `x`, each divided by its root mean square, times `gain`.
///
/// # Shapes
///
/// - `x`: `[rows, width]`
/// - `gain`: `[width]`
/// - output: as `x`
///
/// # Panics
///
/// If the widths differ.
pub fn rms_norm(x: Tensor<2>, gain: Tensor<1>, epsilon: f64) -> Tensor<2> {
    assert_eq!(x.dims()[1], gain.dims()[0], "a gain for each column");
    let (x, gain) = (x.into_dispatch(), gain.into_dispatch());
    Tensor::from_dispatch(Dispatch::rms_norm(x, gain, epsilon as f32))
}

/// The sum of a residual stream and what is added to it, and the norm of its rows, in `dtype`.
///
/// # Shapes
///
/// - `x`, `added`: `[rows, width]`
/// - `gain`: `[width]`
/// - outputs: as `x`
///
/// # Panics
///
/// If the shapes do not fit.
pub fn add_rms_norm(
    x: Tensor<2>,
    added: Tensor<2>,
    gain: Tensor<1>,
    epsilon: f64,
    dtype: DType,
) -> [Tensor<2>; 2] {
    assert_eq!(x.dims(), added.dims(), "something to add to each number");
    assert_eq!(x.dims()[1], gain.dims()[0], "a gain for each column");
    let (x, added, gain) = (
        x.into_dispatch(),
        added.into_dispatch(),
        gain.into_dispatch(),
    );
    let (sum, normed) = Dispatch::add_rms_norm(x, added, gain, epsilon as f32, dtype);
    [sum, normed].map(Tensor::from_dispatch)
}

pub(crate) fn plain_add<B: Kernels>(
    x: FloatTensor<B>,
    added: FloatTensor<B>,
    gain: FloatTensor<B>,
    epsilon: f32,
    dtype: DType,
) -> (FloatTensor<B>, FloatTensor<B>) {
    let own = x.dtype();
    let sum = B::float_add(x, cast::<B>(added, own));
    let normed = B::rms_norm(sum.clone(), gain, epsilon);
    (sum, cast::<B>(normed, dtype))
}

fn cast<B: Backend>(x: FloatTensor<B>, dtype: DType) -> FloatTensor<B> {
    if x.dtype() == dtype {
        x
    } else {
        B::float_cast(x, dtype.into())
    }
}

pub(crate) fn plain<B: Backend>(
    x: FloatTensor<B>,
    gain: FloatTensor<B>,
    epsilon: f32,
) -> FloatTensor<B> {
    let dtype: FloatDType = x.dtype().into();
    let [x, gain] = [x, row::<B>(gain)].map(|t| B::float_cast(t, FloatDType::F32));
    let scale = scale::<B>(x.clone(), epsilon);
    B::float_cast(B::float_mul(B::float_mul(x, scale), gain), dtype)
}

/// Gradients of the rows and of the gain.
pub(crate) fn plain_backward<B: Backend>(
    x: FloatTensor<B>,
    gain: FloatTensor<B>,
    grad: FloatTensor<B>,
    epsilon: f32,
) -> (FloatTensor<B>, FloatTensor<B>) {
    let (dtype, gain_dtype): (FloatDType, FloatDType) = (x.dtype().into(), gain.dtype().into());
    let [_, width] = x.shape().dims();
    let [x, gain, grad] = [x, row::<B>(gain), grad].map(|t| B::float_cast(t, FloatDType::F32));
    let scale = scale::<B>(x.clone(), epsilon);
    let normed = B::float_mul(x, scale.clone());
    let inner = B::float_mul(grad.clone(), gain);
    let along = B::float_mean_dim(B::float_mul(inner.clone(), normed.clone()), 1);
    let rest = B::float_sub(inner, B::float_mul(normed.clone(), along));
    let grad_x = B::float_mul(rest, scale);
    let grad_gain = B::float_sum_dim(B::float_mul(grad, normed), 0);
    (
        B::float_cast(grad_x, dtype),
        B::float_cast(B::float_reshape(grad_gain, Shape::new([width])), gain_dtype),
    )
}

fn row<B: Backend>(gain: FloatTensor<B>) -> FloatTensor<B> {
    let width = gain.shape().num_elements();
    B::float_reshape(gain, Shape::new([1, width]))
}

/// `r` of each row.
fn scale<B: Backend>(x: FloatTensor<B>, epsilon: f32) -> FloatTensor<B> {
    let mean = B::float_mean_dim(B::float_mul(x.clone(), x), 1);
    B::float_recip(B::float_sqrt(B::float_add_scalar(mean, epsilon.into())))
}

/// The operation on the tape.
pub(crate) fn recorded<B: Kernels, C: CheckpointStrategy>(
    x: FloatTensor<Autodiff<B, C>>,
    gain: FloatTensor<Autodiff<B, C>>,
    epsilon: f32,
) -> FloatTensor<Autodiff<B, C>> {
    #[derive(Debug)]
    struct Norm;

    impl<B: Kernels> Backward<B, 2> for Norm {
        type State = (NodeId, NodeId, f32);

        fn backward(
            self,
            ops: Ops<Self::State, 2>,
            grads: &mut Gradients,
            checkpointer: &mut Checkpointer,
        ) {
            let [x_node, gain_node] = ops.parents;
            let grad = grads.consume::<B>(&ops.node);
            let x = checkpointer.retrieve_node_output(ops.state.0);
            let gain = checkpointer.retrieve_node_output(ops.state.1);
            let (grad_x, grad_gain) = B::rms_norm_backward(x, gain, grad, ops.state.2);
            if let Some(node) = x_node {
                grads.register::<B>(node.id, grad_x);
            }
            if let Some(node) = gain_node {
                grads.register::<B>(node.id, grad_gain);
            }
        }
    }

    match Norm
        .prepare::<C>([x.node(), gain.node()])
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(mut prepared) => {
            let state = (prepared.checkpoint(&x), prepared.checkpoint(&gain), epsilon);
            let output = B::rms_norm(x.into_primitive(), gain.into_primitive(), epsilon);
            prepared.finish(state, output)
        }
        OpsKind::UnTracked(prepared) => prepared.finish(B::rms_norm(
            x.into_primitive(),
            gain.into_primitive(),
            epsilon,
        )),
    }
}
