//! The turning of a rotary embedding in its half-rotation form (arXiv 2104.09864): a head `x` is
//! split into halves `a, b`, and
//!
//! ```text
//! a' = a cos - b sin        b' = b cos + a sin
//! ```
//!
//! Its gradient is the turning back: the same with `-sin`. Differentiated operation by operation it
//! keeps six tensors; on its own it keeps the cosines and sines, which have no gradient.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, TensorMetadata};
use burn::tensor::{Slice, Tensor};

use crate::extension::Kernels;

/// Turns every head.
///
/// # Shapes
///
/// - `heads`: `[batch, length, heads, head_dim]`
/// - `cos`, `sin`: `[batch or 1, length, 1, head_dim / 2]`
/// - output: as `heads`
///
/// # Panics
///
/// If cosines and sines are of other shapes.
pub fn rotate_half(heads: Tensor<4>, cos: Tensor<4>, sin: Tensor<4>) -> Tensor<4> {
    let angles = [cos, sin];
    assert_angles(&heads, &angles);
    let [cos, sin] = angles.map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::rotate_half(
        heads.into_dispatch(),
        cos,
        sin,
        false,
    ))
}

/// Whether there are cosines and sines for all heads.
pub(crate) fn assert_angles(heads: &Tensor<4>, [cos, sin]: &[Tensor<4>; 2]) {
    let [batch, length, _, width] = heads.dims();
    let shape = cos.dims();
    assert_eq!(shape, sin.dims(), "a sine for each cosine");
    assert!(
        [[1, length, 1, width / 2], [batch, length, 1, width / 2]].contains(&shape),
        "angles of {shape:?} for heads of {:?}",
        heads.dims()
    );
}

/// `back` turns the other way.
pub(crate) fn plain<B: Backend>(
    heads: FloatTensor<B>,
    cos: FloatTensor<B>,
    sin: FloatTensor<B>,
    back: bool,
) -> FloatTensor<B> {
    let [batch, length, count, width] = heads.shape().dims();
    let columns = |tensor, from: usize, to: usize| {
        let whole = [0..batch, 0..length, 0..count].map(Slice::from);
        let [rows, places, heads] = whole;
        B::float_slice(tensor, &[rows, places, heads, Slice::from(from..to)])
    };
    let a = columns(heads.clone(), 0, width / 2);
    let b = columns(heads, width / 2, width);
    let sin = if back { B::float_neg(sin) } else { sin };
    let turned_a = B::float_sub(
        B::float_mul(a.clone(), cos.clone()),
        B::float_mul(b.clone(), sin.clone()),
    );
    let turned_b = B::float_add(B::float_mul(b, cos), B::float_mul(a, sin));
    B::float_cat(vec![turned_a, turned_b], 3)
}

/// The operation on the tape.
pub(crate) fn recorded<B: Kernels, C: CheckpointStrategy>(
    heads: FloatTensor<Autodiff<B, C>>,
    cos: FloatTensor<Autodiff<B, C>>,
    sin: FloatTensor<Autodiff<B, C>>,
    back: bool,
) -> FloatTensor<Autodiff<B, C>> {
    #[derive(Debug)]
    struct Rotation;

    impl<B: Kernels> Backward<B, 1> for Rotation {
        type State = (FloatTensor<B>, FloatTensor<B>, bool);

        fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
            let (cos, sin, back) = ops.state;
            unary::<B, _>(ops.parents, ops.node, grads, |grad| {
                B::rotate_half(grad, cos, sin, !back)
            });
        }
    }

    let (cos, sin) = (cos.into_primitive(), sin.into_primitive());
    match Rotation
        .prepare::<C>([heads.node()])
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(prepared) => {
            let state = (cos.clone(), sin.clone(), back);
            let turned = B::rotate_half(heads.into_primitive(), cos, sin, back);
            prepared.finish(state, turned)
        }
        OpsKind::UnTracked(prepared) => {
            prepared.finish(B::rotate_half(heads.into_primitive(), cos, sin, back))
        }
    }
}
