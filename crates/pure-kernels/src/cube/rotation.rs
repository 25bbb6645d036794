//! [The turning of heads](crate::rotation): a pair of numbers to a thread, in one launch.

use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::tensor::CubeTensor;

use super::{address, each, empty, kind};

#[cube(launch, address_type = "dynamic")]
fn rotate_kernel<H: Float, A: Float>(
    heads: &Tensor<H>,
    cos: &Tensor<A>,
    sin: &Tensor<A>,
    turned: &mut Tensor<H>,
    #[comptime] back: bool,
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

    // One row of angles may stand for all.
    let angles = row % cos.shape(0);
    let cos_at = angles * cos.stride(0) + token * cos.stride(1) + at * cos.stride(3);
    let sin_at = angles * sin.stride(0) + token * sin.stride(1) + at * sin.stride(3);
    let cos = f32::cast_from(cos[cos_at]);
    let mut sin = f32::cast_from(sin[sin_at]);
    if back {
        sin = -sin;
    }

    let from = row * heads.stride(0) + token * heads.stride(1) + head * heads.stride(2);
    let a = f32::cast_from(heads[from + at * heads.stride(3)]);
    let b = f32::cast_from(heads[from + (at + half) * heads.stride(3)]);
    let to = row * turned.stride(0) + token * turned.stride(1) + head * turned.stride(2);
    let (to_a, to_b) = (
        to + at * turned.stride(3),
        to + (at + half) * turned.stride(3),
    );
    turned[to_a] = H::cast_from(a * cos - b * sin);
    turned[to_b] = H::cast_from(b * cos + a * sin);
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
        back,
        dtypes,
    );
    turned
}
