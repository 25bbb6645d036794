//! Attention in Burn's operations: these define it.

use std::ops::Range;

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Backend, TensorMetadata, get_or_init_device_settings};
use burn::tensor::{FloatDType, Shape, Slice};

/// The most scores that are there at once, however long the texts: 64 MiB of f32.
const MOST_SCORES: usize = 1 << 24;

/// What is added to the score of a key that is not seen. (Minus infinity less itself would be no number.)
const UNSEEN: f32 = -1e30;

/// A maximum is no lower, so that a query that sees nothing gives no key a weight.
const LEAST_MAXIMUM: f32 = -1e29;

/// What is mixed, `[batch, heads, queries, head_dim]`, and `L`, `[batch, heads, queries, 1]`.
pub(crate) fn plain<B: Backend>(
    q: &FloatTensor<B>,
    k: &FloatTensor<B>,
    v: &FloatTensor<B>,
    keys: &IntTensor<B>,
    spans: &IntTensor<B>,
    scale: f32,
) -> (FloatTensor<B>, FloatTensor<B>) {
    let (dtype, kv_heads): (FloatDType, _) = (q.dtype().into(), k.shape()[1]);
    let parts = parts::<B>(q, k).map(|part| {
        let q = of_group::<B>(rows::<B>(q, &part), kv_heads);
        let scores = scores::<B>(q, k, [keys, spans], &part, scale);
        let max = B::float_max_dim(scores.clone(), 3);
        let max = B::float_clamp_min(max, LEAST_MAXIMUM.into());
        let weights = B::float_exp(B::float_sub(scores, max.clone()));
        let sum = B::float_sum_dim(weights.clone(), 3);
        let sum = B::float_clamp_min(sum, f32::MIN_POSITIVE.into());
        let weights = B::float_cast(B::float_div(weights, sum.clone()), dtype);
        let heads = weights.shape()[1];
        let mixed = B::float_matmul(of_group::<B>(weights, kv_heads), v.clone());
        let log_sum = B::float_add(max, B::float_log(sum));
        (of_heads::<B>(mixed, heads), log_sum)
    });
    let (mixed, log_sums) = parts.unzip();
    (B::float_cat(mixed, 2), B::float_cat(log_sums, 2))
}

/// Gradients of the queries, the keys and the values.
#[expect(clippy::too_many_arguments, reason = "what a backward pass needs")]
pub(crate) fn plain_backward<B: Backend>(
    q: &FloatTensor<B>,
    k: &FloatTensor<B>,
    v: &FloatTensor<B>,
    keys: &IntTensor<B>,
    spans: &IntTensor<B>,
    mixed: &FloatTensor<B>,
    log_sums: &FloatTensor<B>,
    grad: &FloatTensor<B>,
    scale: f32,
) -> (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>) {
    let (dtype, kv_heads): (FloatDType, _) = (q.dtype().into(), k.shape()[1]);
    let heads = q.shape()[1];
    let wide = |tensor| B::float_cast(tensor, FloatDType::F32);
    let transposed = |tensor: &FloatTensor<B>| B::float_swap_dims(tensor.clone(), 2, 3);
    let zeros = || B::float_zeros(k.shape(), &k.device(), FloatDType::F32);
    let (mut grad_q, mut grad_k, mut grad_v) = (Vec::new(), zeros(), zeros());
    for part in parts::<B>(q, k) {
        let group = |tensor| of_group::<B>(rows::<B>(tensor, &part), kv_heads);
        let (q, grad, mixed) = (group(q), group(grad), group(mixed));
        let scores = scores::<B>(q.clone(), k, [keys, spans], &part, scale);
        let weights = B::float_exp(B::float_sub(scores, rows::<B>(log_sums, &part)));
        let weights = of_group::<B>(weights, kv_heads);
        let narrow = B::float_cast(weights.clone(), dtype);
        let part_v = B::float_matmul(transposed(&narrow), grad.clone());
        grad_v = B::float_add(grad_v, wide(part_v));

        let mean = B::float_sum_dim(B::float_mul(wide(grad.clone()), wide(mixed)), 3);
        let of_weights = wide(B::float_matmul(grad, transposed(v)));
        let of_scores = B::float_mul(weights, B::float_sub(of_weights, mean));
        let of_scores = B::float_mul_scalar(of_scores, scale.into());
        let of_scores = B::float_cast(of_scores, dtype);
        let part_q = B::float_matmul(of_scores.clone(), k.clone());
        grad_q.push(of_heads::<B>(part_q, heads));
        let part_k = B::float_matmul(transposed(&of_scores), q);
        grad_k = B::float_add(grad_k, wide(part_k));
    }
    (
        B::float_cat(grad_q, 2),
        B::float_cast(grad_k, dtype),
        B::float_cast(grad_v, dtype),
    )
}

/// Some queries at a time.
fn parts<B: Backend>(
    q: &FloatTensor<B>,
    k: &FloatTensor<B>,
) -> impl Iterator<Item = Range<usize>> + use<B> {
    let [batch, heads, queries, _] = q.shape().dims();
    let some = (MOST_SCORES / (batch * heads * k.shape()[2]).max(1)).max(1);
    (0..queries)
        .step_by(some)
        .map(move |first| first..(first + some).min(queries))
}

/// Those of some queries, of a tensor whose third dimension are all of them.
fn rows<B: Backend>(tensor: &FloatTensor<B>, part: &Range<usize>) -> FloatTensor<B> {
    let all = || Slice::from(..);
    B::float_slice(tensor.clone(), &[all(), all(), part.clone().into(), all()])
}

/// The queries of a group of heads one after another, so that one product serves the group.
fn of_group<B: Backend>(tensor: FloatTensor<B>, kv_heads: usize) -> FloatTensor<B> {
    let [batch, heads, queries, width] = tensor.shape().dims();
    let shape = Shape::new([batch, kv_heads, heads / kv_heads * queries, width]);
    B::float_reshape(tensor, shape)
}

fn of_heads<B: Backend>(tensor: FloatTensor<B>, heads: usize) -> FloatTensor<B> {
    let [batch, kv_heads, rows, width] = tensor.shape().dims();
    let shape = Shape::new([batch, heads, rows * kv_heads / heads, width]);
    B::float_reshape(tensor, shape)
}

/// Scaled, and far below all others where a key is not seen, `[batch, heads, some queries, keys]`.
fn scores<B: Backend>(
    q: FloatTensor<B>,
    k: &FloatTensor<B>,
    [keys, spans]: [&IntTensor<B>; 2],
    part: &Range<usize>,
    scale: f32,
) -> FloatTensor<B> {
    let heads = q.shape()[1] * q.shape()[2] / part.len();
    let scores = B::float_matmul(q, B::float_swap_dims(k.clone(), 2, 3));
    let scores = of_heads::<B>(B::float_cast(scores, FloatDType::F32), heads);
    let scores = B::float_mul_scalar(scores, scale.into());
    B::float_add(scores, bias::<B>(keys, spans, part))
}

/// 0 where a key is seen, `[batch or 1, 1, some queries, keys]`.
fn bias<B: Backend>(
    keys: &IntTensor<B>,
    spans: &IntTensor<B>,
    part: &Range<usize>,
) -> FloatTensor<B> {
    let device = keys.device();
    let bools = get_or_init_device_settings::<B>(&device).bool_dtype;
    let [rows, count] = keys.shape().dims();
    let batch = spans.shape()[0];
    let keys = B::int_reshape(keys.clone(), Shape::new([rows, 1, 1, count]));
    let end = |which: usize| {
        let slices = [(..).into(), part.clone().into(), (which..which + 1).into()];
        let end = B::int_slice(spans.clone(), &slices);
        B::int_reshape(end, Shape::new([batch, 1, part.len(), 1]))
    };
    let before = B::int_lower(keys.clone(), end(0), bools);
    let unseen = B::bool_or(before, B::int_greater(keys, end(1), bools));
    let zeros = B::float_zeros(unseen.shape(), &device, FloatDType::F32);
    B::float_mask_fill(zeros, unseen, UNSEEN.into())
}
