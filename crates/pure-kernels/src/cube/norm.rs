//! [RMS norm](crate::norm): a row to a cube, in one launch.

use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::tensor::CubeTensor;

use super::{UNITS, address, cubes, empty, kind};

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
    let mut parts = Shared::<[f32]>::new_slice(units);
    let mut sum = 0.0f32;
    let mut at = UNIT_POS as usize;
    while at < width {
        let value = f32::cast_from(x[from + at * x.stride(1)]);
        sum += value * value;
        at += units;
    }
    parts[UNIT_POS as usize] = sum;
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
    let mean = parts[0] / f32::cast_from(x.shape(1));
    let scale = 1.0f32 / f32::sqrt(mean + epsilon);
    let mut at = UNIT_POS as usize;
    while at < width {
        let value = f32::cast_from(x[from + at * x.stride(1)]) * scale;
        let gain = f32::cast_from(gain[at * gain.stride(0)]);
        let place = to + at * y.stride(1);
        y[place] = X::cast_from(value * gain);
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
