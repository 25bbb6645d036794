//! [The turning of heads](crate::rotation): a pair of numbers to a thread, in one launch.

use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::tensor::CubeTensor;

use super::{address, each, empty, kind};

/// A number of a head that begins at `from`, with its bias, if it has one, in f32.
#[cube]
pub(super) fn shifted<H: Float, S: Float>(
    heads: &Tensor<H>,
    from: usize,
    at: usize,
    bias: &Tensor<S>,
    head: usize,
    #[comptime] has_bias: bool,
) -> f32 {
    let mut number = f32::cast_from(heads[from + at * heads.stride(3)]);
    if comptime!(has_bias) {
        number += f32::cast_from(bias[(head * heads.shape(3) + at) * bias.stride(0)]);
    }
    number
}

/// Both numbers of a pair, turned. With a `sign` of -1 it is turned back.
#[cube]
#[expect(clippy::too_many_arguments, reason = "what names a pair")]
pub(super) fn turned<A: Float>(
    a: f32,
    b: f32,
    at: usize,
    cos: &Tensor<A>,
    sin: &Tensor<A>,
    row: usize,
    token: usize,
    sign: f32,
) -> (f32, f32) {
    // One row of angles may stand for all.
    let row = row % cos.shape(0);
    let cos_at = row * cos.stride(0) + token * cos.stride(1) + at * cos.stride(3);
    let sin_at = row * sin.stride(0) + token * sin.stride(1) + at * sin.stride(3);
    let cos = f32::cast_from(cos[cos_at]);
    let sin = f32::cast_from(sin[sin_at]) * sign;
    (a * cos - b * sin, b * cos + a * sin)
}

#[cube(launch, address_type = "dynamic")]
fn rotate_kernel<H: Float, A: Float>(
    heads: &Tensor<H>,
    cos: &Tensor<A>,
    sin: &Tensor<A>,
    out: &mut Tensor<H>,
    sign: f32,
    #[define(H, A)] _dtypes: [ElemType; 2],
) {
    let length = heads.shape(1);
    let count = heads.shape(2);
    let half = heads.shape(3) / 2;
    if ABSOLUTE_POS >= heads.shape(0) * length * count * half {
        terminate!();
    }
    let at = ABSOLUTE_POS % half;
    let rest = ABSOLUTE_POS / half;
    let head = rest % count;
    let token = rest / count % length;
    let row = rest / count / length;

    let from = row * heads.stride(0) + token * heads.stride(1) + head * heads.stride(2);
    let to = row * out.stride(0) + token * out.stride(1) + head * out.stride(2);
    let (to_a, to_b) = (to + at * out.stride(3), to + (at + half) * out.stride(3));
    let a = f32::cast_from(heads[from + at * heads.stride(3)]);
    let b = f32::cast_from(heads[from + (at + half) * heads.stride(3)]);
    let (a, b) = turned::<A>(a, b, at, cos, sin, row, token, sign);
    out[to_a] = H::cast_from(a);
    out[to_b] = H::cast_from(b);
}

pub(super) fn rotate_half(
    heads: CubeTensor,
    cos: CubeTensor,
    sin: CubeTensor,
    back: bool,
) -> CubeTensor {
    let turned = empty(&heads, heads.meta.shape().clone(), heads.dtype);
    let pairs = heads.meta.shape().num_elements() / 2;
    if pairs == 0 {
        return turned;
    }
    let (count, dim) = each(&heads.client, pairs);
    let dtypes = [kind(&heads), kind(&cos)];
    let client = heads.client.clone();
    let address = address([&heads, &cos, &sin, &turned]);
    rotate_kernel::launch(
        &client,
        count,
        dim,
        address,
        heads.into_tensor_arg(),
        cos.into_tensor_arg(),
        sin.into_tensor_arg(),
        turned.clone().into_tensor_arg(),
        if back { -1.0 } else { 1.0 },
        dtypes,
    );
    turned
}
