//! Kernels for GPUs, in CubeCL: CUDA, ROCm, Metal, Vulkan and WebGPU alike.
//!
//! An operation has one where fusion makes many launches of its plain body: RMS norm takes seven of them, a layer of
//! a step of generation some thirty. A kernel is opaque to fusion, so what fuses anyway has none. Sums are in f32 and
//! in a fixed order: the same bits in each run on one device.

mod draw;
mod norm;
mod one_query;
mod rotation;
mod swiglu;
mod write;

use burn::tensor::{DType, Shape};
use burn_cubecl::CubeBackend;
use burn_cubecl::cubecl::client::Client;
use burn_cubecl::cubecl::ir::ElemType;
use burn_cubecl::cubecl::prelude::{AddressType, CubeCount, CubeDim};
use burn_cubecl::cubecl::server::CubeCountSelection;
use burn_cubecl::ops::numeric::empty_device_dtype;
use burn_cubecl::tensor::CubeTensor;

use crate::attention::Bias;
use crate::draw::Draws;
use crate::extension::Kernels;

/// Threads that work together: a power of two, and no more than every device has.
const UNITS: u32 = 256;

impl Kernels for CubeBackend {
    fn rms_norm(x: CubeTensor, gain: CubeTensor, epsilon: f32) -> CubeTensor {
        norm::rms_norm(x, gain, epsilon)
    }

    fn add_rms_norm(
        x: CubeTensor,
        added: CubeTensor,
        gain: CubeTensor,
        epsilon: f32,
        dtype: DType,
    ) -> (CubeTensor, CubeTensor) {
        norm::add_rms_norm(x, added, gain, epsilon, dtype)
    }

    fn swiglu(gate: CubeTensor, up: CubeTensor) -> CubeTensor {
        swiglu::swiglu(gate, up)
    }

    fn rotate_half(heads: CubeTensor, cos: CubeTensor, sin: CubeTensor, back: bool) -> CubeTensor {
        rotation::rotate_half(heads, cos, sin, back)
    }

    fn draw(logits: CubeTensor, draws: Draws) -> CubeTensor {
        draw::draw(logits, &draws)
    }

    fn write_in_blocks(
        k: CubeTensor,
        v: CubeTensor,
        of_k: Bias<Self>,
        of_v: Bias<Self>,
        cos: CubeTensor,
        sin: CubeTensor,
        slots: CubeTensor,
        pool: CubeTensor,
    ) -> CubeTensor {
        let heads = [(k, of_k.tensor()), (v, of_v.tensor())];
        write::write_in_blocks(heads, [cos, sin], slots, pool)
    }

    fn attention_of_one_query(
        q: CubeTensor,
        of_q: Bias<Self>,
        cos: CubeTensor,
        sin: CubeTensor,
        pool: CubeTensor,
        blocks: CubeTensor,
        spans: CubeTensor,
        scale: f32,
    ) -> CubeTensor {
        let q = (q, of_q.tensor());
        one_query::attention_of_one_query(q, [cos, sin], pool, [blocks, spans], scale)
    }
}

/// A tensor to be written, beside another one.
fn empty(beside: &CubeTensor, shape: Shape, dtype: DType) -> CubeTensor {
    empty_device_dtype(beside.client.clone(), beside.device.clone(), shape, dtype)
}

/// What a kernel calls the numbers of a tensor.
fn kind(tensor: &CubeTensor) -> ElemType {
    burn::backend::cubecl::dtype_to_storage_type(tensor.dtype)
}

/// What counts the numbers of the largest of some tensors.
fn address<const N: usize>(tensors: [&CubeTensor; N]) -> AddressType {
    let of = tensors.map(CubeTensor::required_address_type);
    of.into_iter().max().unwrap_or_default()
}

/// So many cubes.
fn cubes(client: &Client, count: usize) -> CubeCount {
    CubeCountSelection::new(client, count as u32).cube_count()
}

/// A thread for each of so many things.
fn each(client: &Client, things: usize) -> (CubeCount, CubeDim) {
    let dim = CubeDim::new(client, things);
    (
        cubes(client, things.div_ceil(dim.num_elems() as usize)),
        dim,
    )
}
