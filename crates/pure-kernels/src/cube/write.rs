//! New keys and values into their slots, where the pool is: a number to a thread, in one launch.

use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::tensor::CubeTensor;

use super::{address, each, kind};

#[cube(launch, address_type = "dynamic")]
fn write_kernel<K: Float, P: Float, I: Int>(
    k: &Tensor<K>,
    v: &Tensor<K>,
    slots: &Tensor<I>,
    pool: &mut Tensor<P>,
    #[define(K, P, I)] _dtypes: [ElemType; 3],
) {
    let queries = k.shape(1);
    let heads = k.shape(2);
    let width = k.shape(3);
    if ABSOLUTE_POS >= k.shape(0) * queries * heads * width {
        terminate!();
    }
    let number = ABSOLUTE_POS % width;
    let head = ABSOLUTE_POS / width % heads;
    let token = ABSOLUTE_POS / width / heads;

    let from = token / queries * k.stride(0) + token % queries * k.stride(1);
    let key = k[from + head * k.stride(2) + number * k.stride(3)];
    let from = token / queries * v.stride(0) + token % queries * v.stride(1);
    let value = v[from + head * v.stride(2) + number * v.stride(3)];

    let tokens = pool.shape(1);
    let slot = usize::cast_from(slots[token * slots.stride(0)]);
    let slot = slot / tokens * pool.stride(0) + slot % tokens * pool.stride(1);
    let number = head * width + number;
    let (to, behind) = (number * pool.stride(2), heads * width * pool.stride(2));
    pool[slot + to] = P::cast_from(key);
    pool[slot + to + behind] = P::cast_from(value);
}

pub(super) fn write_in_blocks(
    k: CubeTensor,
    v: CubeTensor,
    slots: CubeTensor,
    pool: CubeTensor,
) -> CubeTensor {
    let pool = if pool.can_mut() { pool } else { pool.copy() };
    let numbers = k.meta.shape().num_elements();
    if numbers == 0 {
        return pool;
    }
    let (count, dim) = each(&k.client, numbers);
    let dtypes = [kind(&k), kind(&pool), kind(&slots)];
    let (client, address) = (k.client.clone(), address([&k, &v, &slots, &pool]));
    write_kernel::launch(
        &client,
        count,
        dim,
        address,
        k.into_tensor_arg(),
        v.into_tensor_arg(),
        slots.into_tensor_arg(),
        pool.clone().into_tensor_arg(),
        dtypes,
    );
    pool
}
