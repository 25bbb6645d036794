//! New keys, with their bias and [turned](crate::rotation) by their places, and values into their slots, where the pool is: a pair of each to
//! a thread, in one launch.

use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::tensor::CubeTensor;

use super::rotation::{shifted, turned};
use super::{address, each, kind};

#[cube(launch, address_type = "dynamic")]
#[expect(clippy::too_many_arguments, reason = "all that a slot is made of")]
fn write_kernel<K: Float, S: Float, A: Float, P: Float, I: Int>(
    k: &Tensor<K>,
    v: &Tensor<K>,
    of_k: &Tensor<S>,
    of_v: &Tensor<S>,
    cos: &Tensor<A>,
    sin: &Tensor<A>,
    slots: &Tensor<I>,
    pool: &mut Tensor<P>,
    #[comptime] has_bias: bool,
    #[define(K, S, A, P, I)] _dtypes: [ElemType; 5],
) {
    let queries = k.shape(1);
    let heads = k.shape(2);
    let half = k.shape(3) / 2;
    if ABSOLUTE_POS >= k.shape(0) * queries * heads * half {
        terminate!();
    }
    let at = ABSOLUTE_POS % half;
    let head = ABSOLUTE_POS / half % heads;
    let token = ABSOLUTE_POS / half / heads;
    let row = token / queries;
    let place = token % queries;

    let from = row * k.stride(0) + place * k.stride(1) + head * k.stride(2);
    let key = shifted::<K, S>(k, from, at, of_k, head, has_bias);
    let other_key = shifted::<K, S>(k, from, at + half, of_k, head, has_bias);
    let (key, other_key) = turned::<A>(key, other_key, at, cos, sin, row, place, 1.0);
    let from = row * v.stride(0) + place * v.stride(1) + head * v.stride(2);
    let value = shifted::<K, S>(v, from, at, of_v, head, has_bias);
    let other_value = shifted::<K, S>(v, from, at + half, of_v, head, has_bias);

    let tokens = pool.shape(1);
    let slot = usize::cast_from(slots[token * slots.stride(0)]);
    let slot = slot / tokens * pool.stride(0) + slot % tokens * pool.stride(1);
    let step = pool.stride(2);
    let to = slot + (head * half * 2 + at) * step;
    let behind = heads * half * 2 * step;
    pool[to] = P::cast_from(key);
    pool[to + half * step] = P::cast_from(other_key);
    pool[to + behind] = P::cast_from(value);
    pool[to + behind + half * step] = P::cast_from(other_value);
}

/// Keys and values, each with its bias.
pub(super) fn write_in_blocks(
    [(k, of_k), (v, of_v)]: [(CubeTensor, Option<CubeTensor>); 2],
    [cos, sin]: [CubeTensor; 2],
    slots: CubeTensor,
    pool: CubeTensor,
) -> CubeTensor {
    let pool = if pool.can_mut() { pool } else { pool.copy() };
    let pairs = k.meta.shape().num_elements() / 2;
    if pairs == 0 {
        return pool;
    }
    let (count, dim) = each(&k.client, pairs);
    let has_bias = of_k.is_some();
    // Where there is none something must stand in its place.
    let of_k = of_k.unwrap_or_else(|| cos.clone());
    let of_v = of_v.unwrap_or_else(|| cos.clone());
    let dtypes = [kind(&k), kind(&of_k), kind(&cos), kind(&pool), kind(&slots)];
    let (client, address) = (k.client.clone(), address([&k, &v, &slots, &pool]));
    write_kernel::launch(
        &client,
        count,
        dim,
        address,
        k.into_tensor_arg(),
        v.into_tensor_arg(),
        of_k.into_tensor_arg(),
        of_v.into_tensor_arg(),
        cos.into_tensor_arg(),
        sin.into_tensor_arg(),
        slots.into_tensor_arg(),
        pool.clone().into_tensor_arg(),
        has_bias,
        dtypes,
    );
    pool
}
