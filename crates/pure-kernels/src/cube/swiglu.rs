//! [The gate of the feed-forward blocks](crate::swiglu): a number to a thread, in one launch.

use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;

use super::{address, each, empty, kind};

#[cube(launch, address_type = "dynamic")]
fn swiglu_kernel<X: Float>(
    gate: &Tensor<X>,
    up: &Tensor<X>,
    y: &mut Tensor<X>,
    count: usize,
    #[define(X)] _dtype: ElemType,
) {
    if ABSOLUTE_POS >= count {
        terminate!();
    }
    let gated = f32::cast_from(gate[ABSOLUTE_POS]);
    let up = f32::cast_from(up[ABSOLUTE_POS]);
    y[ABSOLUTE_POS] = X::cast_from(gated / (1.0f32 + f32::exp(-gated)) * up);
}

pub(super) fn swiglu(gate: CubeTensor, up: CubeTensor) -> CubeTensor {
    let [gate, up] = [gate, up].map(into_contiguous);
    let y = empty(&gate, gate.meta.shape().clone(), gate.dtype);
    let numbers = gate.meta.shape().num_elements();
    if numbers == 0 {
        return y;
    }
    let (client, dtype) = (gate.client.clone(), kind(&gate));
    let (count, dim) = each(&client, numbers);
    let address = address([&gate, &up, &y]);
    swiglu_kernel::launch(
        &client,
        count,
        dim,
        address,
        gate.into_tensor_arg(),
        up.into_tensor_arg(),
        y.clone().into_tensor_arg(),
        numbers,
        dtype,
    );
    y
}
