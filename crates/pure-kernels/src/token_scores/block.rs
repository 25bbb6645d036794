//! What is done to one block of logits, in Burn's operations: these define it.
//!
//! Of the blocks that it has seen, a position knows four numbers:
//!
//! ```text
//! m = max z      s = sum exp(z - m)      t = sum exp(z - m) (z - m)      z_y
//! ```
//!
//! A larger `m` turns `s` into `c s` and `t` into `c (t + (m_old - m) s)` with `c = exp(m_old - m)`.
//! At the end `logp = (z_y - m) - log s`, which cannot come out over 0, and `H = log s - t / s`.

use burn::backend::tensor::{BoolTensor, Device, FloatTensor, IntTensor};
use burn::backend::{Backend, TensorMetadata, get_or_init_device_settings};
use burn::tensor::ops::IndexingUpdateOp;
use burn::tensor::{Slice, TensorData};

/// `[tokens, 4]`, of no blocks. The maximum is no infinity, which less itself would be no number; a
/// target that no block has stays one.
pub(super) fn no_sums<B: Backend>(tokens: usize, device: &Device<B>) -> FloatTensor<B> {
    let sums = [-1e30_f32, 0.0, 0.0, f32::NAN].repeat(tokens);
    B::float_from_data(TensorData::new(sums, [tokens, 4]), device)
}

/// The scores, `[tokens, 2]`: log-probability, entropy; and the law that they are of, `[tokens, 3]`:
/// `m`, `log s`, `H`.
pub(super) fn finish<B: Backend>(sums: FloatTensor<B>) -> (FloatTensor<B>, FloatTensor<B>) {
    let [max, sum, mean, chosen] = columns::<B, 4>(sums);
    let log_sum = B::float_log(sum.clone());
    let log_prob = B::float_sub(B::float_sub(chosen, max.clone()), log_sum.clone());
    let entropy = B::float_sub(log_sum.clone(), B::float_div(mean, sum));
    (
        B::float_cat(vec![log_prob, entropy.clone()], 1),
        B::float_cat(vec![max, log_sum, entropy], 1),
    )
}

/// The sums with one more block, `[tokens, width]`, whose first logits are of the token `first`.
pub(crate) fn plain_merge<B: Backend>(
    logits: FloatTensor<B>,
    targets: IntTensor<B>,
    sums: FloatTensor<B>,
    first: usize,
    temperature: f32,
) -> FloatTensor<B> {
    let z = B::float_div_scalar(logits, temperature.into());
    let [old_max, sum, mean, chosen] = columns::<B, 4>(sums);
    let maxima = vec![old_max.clone(), B::float_max_dim(z.clone(), 1)];
    let max = B::float_max_dim(B::float_cat(maxima, 1), 1);

    let fall = B::float_sub(old_max, max.clone());
    let kept = B::float_exp(fall.clone());
    let mean = B::float_add(mean, B::float_mul(fall, sum.clone()));
    let below = B::float_sub(z.clone(), max.clone());
    let weight = B::float_exp(below.clone());
    let more = B::float_sum_dim(B::float_mul(weight.clone(), below), 1);
    let mean = B::float_add(B::float_mul(mean, kept.clone()), more);
    let sum = B::float_add(B::float_mul(sum, kept), B::float_sum_dim(weight, 1));

    let (place, elsewhere) = places::<B>(targets, first, z.shape()[1]);
    let here = B::float_gather(1, z, place);
    let chosen = B::float_mask_where(here, elsewhere, chosen);
    B::float_cat(vec![max, sum, mean, chosen], 1)
}

/// Gradient of the logits of a block, from those of the scores.
pub(crate) fn plain_gradient<B: Backend>(
    logits: FloatTensor<B>,
    targets: IntTensor<B>,
    law: FloatTensor<B>,
    grad: FloatTensor<B>,
    first: usize,
    temperature: f32,
) -> FloatTensor<B> {
    let [max, log_sum, entropy] = columns::<B, 3>(law);
    let [of_log_prob, of_entropy] = columns::<B, 2>(grad);
    let z = B::float_div_scalar(logits, temperature.into());
    let log_p = B::float_sub(B::float_sub(z, max), log_sum);
    let p = B::float_exp(log_p.clone());
    let spread = B::float_mul(B::float_add(log_p, entropy), of_entropy);
    let grad = B::float_mul(p, B::float_add(spread, of_log_prob.clone()));

    let (place, elsewhere) = places::<B>(targets, first, grad.shape()[1]);
    let chosen = B::float_mask_fill(of_log_prob, elsewhere, 0.0.into());
    let chosen = B::float_neg(chosen);
    let grad = B::float_scatter(1, grad, place, chosen, IndexingUpdateOp::Add);
    B::float_div_scalar(grad, (-temperature).into())
}

/// Where each target is in a block, or some place of it where the target is in another; and whether
/// it is. `[tokens, 1]` both.
fn places<B: Backend>(
    targets: IntTensor<B>,
    first: usize,
    width: usize,
) -> (IntTensor<B>, BoolTensor<B>) {
    let tokens = targets.shape()[0];
    let bools = get_or_init_device_settings::<B>(&targets.device()).bool_dtype;
    let targets = B::int_reshape(targets, [tokens, 1].into());
    let place = B::int_sub_scalar(targets, (first as i64).into());
    let within = B::int_clamp(place.clone(), 0.into(), (width as i64 - 1).into());
    let elsewhere = B::int_not_equal(place, within.clone(), bools);
    (within, elsewhere)
}

fn columns<B: Backend, const N: usize>(tensor: FloatTensor<B>) -> [FloatTensor<B>; N] {
    let column = |n: usize| Slice::from(n..n + 1);
    std::array::from_fn(|n| B::float_slice(tensor.clone(), &[(..).into(), column(n)]))
}
