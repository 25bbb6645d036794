//! Grouped-query attention (arXiv 2305.13245), keys and values of a group of heads shared and never
//! repeated:
//!
//! ```text
//! y = softmax(scale q kᵀ + bias) v
//! ```
//!
//! In the plain body the queries of a group are laid one after another along the length, so that
//! one batched product serves the group. Its gradient is the composition's.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Dispatch, TensorMetadata};
use burn::tensor::{Shape, Tensor};

use crate::extension::Kernels;

/// Attention of every query to every key that its bias lets through.
///
/// # Shapes
///
/// - `q`: `[batch, heads, queries, head_dim]`
/// - `k`, `v`: `[batch, kv_heads, keys, head_dim]`, `heads` being a multiple of `kv_heads`
/// - `bias`: `[batch or 1, 1, queries, keys]`: 0 where a key is seen, -1e30 where it is not
/// - output: as `q`
///
/// # Panics
///
/// If the shapes do not fit.
pub fn attention(
    q: Tensor<4>,
    k: Tensor<4>,
    v: Tensor<4>,
    bias: Tensor<4>,
    scale: f64,
) -> Tensor<4> {
    let ([batch, heads, queries, width], [rows, kv_heads, keys, key_width]) = (q.dims(), k.dims());
    assert!(
        batch == rows && width == key_width && heads.is_multiple_of(kv_heads),
        "queries of {:?} for keys of {:?}",
        q.dims(),
        k.dims()
    );
    assert_eq!(k.dims(), v.dims(), "a value for each key");
    assert!(
        [[1, 1, queries, keys], [batch, 1, queries, keys]].contains(&bias.dims()),
        "a bias of {:?} for {queries} queries and {keys} keys in {batch} rows",
        bias.dims()
    );
    Tensor::from_dispatch(Dispatch::attention_of_groups(
        q.into_dispatch(),
        k.into_dispatch(),
        v.into_dispatch(),
        bias.into_dispatch(),
        scale as f32,
    ))
}

pub(crate) fn plain<B: Kernels>(
    q: FloatTensor<B>,
    k: FloatTensor<B>,
    v: FloatTensor<B>,
    bias: FloatTensor<B>,
    scale: f32,
) -> FloatTensor<B> {
    let [batch, heads, queries, width] = q.shape().dims();
    let [_, kv_heads, keys, _] = k.shape().dims();
    let rows_of_group = heads / kv_heads * queries;
    let q = B::float_reshape(q, Shape::new([batch, kv_heads, rows_of_group, width]));
    let scores = B::float_matmul(q, B::float_swap_dims(k, 2, 3));
    let scores = B::float_reshape(scores, Shape::new([batch, heads, queries, keys]));
    let weights = B::attention_weights(scores, bias, scale);
    let weights = B::float_reshape(weights, Shape::new([batch, kv_heads, rows_of_group, keys]));
    let mixed = B::float_matmul(weights, v);
    B::float_reshape(mixed, Shape::new([batch, heads, queries, width]))
}
