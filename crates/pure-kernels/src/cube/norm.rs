//! [RMS norm](crate::norm): a row to a cube, in one launch, and with it the sum of a residual stream and what is added.

use burn::tensor::DType;
use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::tensor::CubeTensor;

use super::{UNITS, address, cubes, empty, kind};

/// What the numbers of a row are multiplied by, from the sum of squares of each thread.
#[cube]
fn scale(own: f32, width: usize, epsilon: f32, #[comptime] units: usize) -> f32 {
    let mut parts = Shared::<[f32]>::new_slice(units);
    parts[UNIT_POS as usize] = own;
    sync_cube();
    // The sums of all threads, in the order of a tree.
    let mut half = CUBE_DIM as usize / 2;
    while half > 0 {
        if (UNIT_POS as usize) < half {
            let other = parts[UNIT_POS as usize + half];
            parts[UNIT_POS as usize] += other;
        }
        sync_cube();
        half /= 2;
    }
    1.0f32 / f32::sqrt(parts[0] / f32::cast_from(width) + epsilon)
}

#[cube(launch, address_type = "dynamic")]
fn rms_norm_kernel<X: Float, G: Float>(
    x: &Tensor<X>,
    gain: &Tensor<G>,
    y: &mut Tensor<X>,
    epsilon: f32,
    #[comptime] units: usize,
    #[define(X, G)] _dtypes: [ElemType; 2],
) {
    // A barrier is for all threads, so none leaves: a cube without a row walks over nothing.
    let row = CUBE_POS;
    let width = select(row < x.shape(0), x.shape(1), 0);
    let (from, to) = (row * x.stride(0), row * y.stride(0));
    let mut sum = 0.0f32;
    let mut at = UNIT_POS as usize;
    while at < width {
        let value = f32::cast_from(x[from + at * x.stride(1)]);
        sum += value * value;
        at += units;
    }
    let scale = scale(sum, x.shape(1), epsilon, units);
    let mut at = UNIT_POS as usize;
    while at < width {
        let value = f32::cast_from(x[from + at * x.stride(1)]) * scale;
        let gain = f32::cast_from(gain[at * gain.stride(0)]);
        let place = to + at * y.stride(1);
        y[place] = X::cast_from(value * gain);
        at += units;
    }
}

#[cube(launch, address_type = "dynamic")]
#[expect(clippy::too_many_arguments, reason = "two results")]
fn add_rms_norm_kernel<X: Float, A: Float, G: Float, Y: Float>(
    x: &Tensor<X>,
    added: &Tensor<A>,
    gain: &Tensor<G>,
    sums: &mut Tensor<X>,
    y: &mut Tensor<Y>,
    epsilon: f32,
    #[comptime] units: usize,
    #[define(X, A, G, Y)] _dtypes: [ElemType; 4],
) {
    let row = CUBE_POS;
    let width = select(row < x.shape(0), x.shape(1), 0);
    let (of_x, of_added) = (row * x.stride(0), row * added.stride(0));
    let (of_sums, of_y) = (row * sums.stride(0), row * y.stride(0));
    let mut sum = 0.0f32;
    let mut at = UNIT_POS as usize;
    while at < width {
        let value = f32::cast_from(x[of_x + at * x.stride(1)])
            + f32::cast_from(added[of_added + at * added.stride(1)]);
        let place = of_sums + at * sums.stride(1);
        sums[place] = X::cast_from(value);
        sum += value * value;
        at += units;
    }
    let scale = scale(sum, x.shape(1), epsilon, units);
    // A thread reads again what itself has read.
    let mut at = UNIT_POS as usize;
    while at < width {
        let value = f32::cast_from(x[of_x + at * x.stride(1)])
            + f32::cast_from(added[of_added + at * added.stride(1)]);
        let gain = f32::cast_from(gain[at * gain.stride(0)]);
        let place = of_y + at * y.stride(1);
        y[place] = Y::cast_from(value * scale * gain);
        at += units;
    }
}

pub(super) fn rms_norm(x: CubeTensor, gain: CubeTensor, epsilon: f32) -> CubeTensor {
    let y = empty(&x, x.meta.shape().clone(), x.dtype);
    let rows = x.meta.shape()[0];
    if rows == 0 {
        return y;
    }
    let (client, dtypes) = (x.client.clone(), [kind(&x), kind(&gain)]);
    let address = address([&x, &gain, &y]);
    rms_norm_kernel::launch(
        &client,
        cubes(&client, rows),
        CubeDim::new_1d(UNITS),
        address,
        x.into_tensor_arg(),
        gain.into_tensor_arg(),
        y.clone().into_tensor_arg(),
        epsilon,
        UNITS as usize,
        dtypes,
    );
    y
}

pub(super) fn add_rms_norm(
    x: CubeTensor,
    added: CubeTensor,
    gain: CubeTensor,
    epsilon: f32,
    dtype: DType,
) -> (CubeTensor, CubeTensor) {
    let sums = empty(&x, x.meta.shape().clone(), x.dtype);
    let y = empty(&x, x.meta.shape().clone(), dtype);
    let rows = x.meta.shape()[0];
    if rows == 0 {
        return (sums, y);
    }
    let client = x.client.clone();
    let dtypes = [kind(&x), kind(&added), kind(&gain), kind(&y)];
    let address = address([&x, &added, &gain, &sums, &y]);
    add_rms_norm_kernel::launch(
        &client,
        cubes(&client, rows),
        CubeDim::new_1d(UNITS),
        address,
        x.into_tensor_arg(),
        added.into_tensor_arg(),
        gain.into_tensor_arg(),
        sums.clone().into_tensor_arg(),
        y.clone().into_tensor_arg(),
        epsilon,
        UNITS as usize,
        dtypes,
    );
    (sums, y)
}
