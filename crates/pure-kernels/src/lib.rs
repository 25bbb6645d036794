//! The few fused tensor operations that Burn lacks.
//!
//! An operation starts here when a profile shows that Burn's own operations spend their time on
//! intermediate tensors. Each has a plain body, a composition of Burn's operations, that **defines**
//! it and serves every backend; beside it, where it pays, a fused body for one backend and a
//! backward pass by hand. The tests hold the fused to the plain one, gradients included.
//!
//! | operation | plain body | fused on flex (CPU) | why |
//! | --- | --- | --- | --- |
//! | [`swiglu`] | `silu(gate) * up` | one pass forward, one backward | flex's exponential is scalar and on one thread: `silu` alone took a fifth of a forward pass |
//! | [`AdamW`] | as Burn's optimizer, in its order | one pass, in place, to the same bits | fourteen passes and as many tensors of the size of the largest parameter |
//! | [`attention`] | `softmax(scale q kᵀ) v` by groups of heads, some queries at a time | blocks of queries and keys that fit the second-level cache, those that see each other only | all scores of a text of 8,192 tokens are 2.4 GB a layer, and autodiff keeps several of them |
//! | [`attention_in_blocks`] | scatter into the blocks of a pool, gather from them, [`attention`] | of one query a row, keys and values are read once, where they lie | a step of generation would copy all that was ever read |
//! | [`draw`](fn@draw) | temperature, cuts, one token a row, on the host | rows side by side | on a GPU, logits of a step are 600 KB a row |
//! | [`rms_norm`] | `g x / sqrt(mean(x²) + epsilon)` | a row at a time | five passes over small tensors, nine times a step of generation |
//! | [`product`] | `bf16(x) w` | weights packed when first used; AVX-512, the same bits whatever the rows and threads | a weight in sixteen bits is read in half the time |
//! | [`two_products`], [`three_products`] | `x a`, `x b`, … | side by side, each on its threads | small products get one thread of the machine each |
//! | [`rotate_half`] | `(a cos - b sin, b cos + a sin)` | one pass, in place | seven passes forward, more backward |
//! | [`token_scores`] | `log_softmax(h w / T)` of targets, entropies, by blocks of `w` | what is done to a block: one pass, in place | all logits together are larger than the model, and autodiff keeps several of them |
//!
//! On GPUs (CUDA, ROCm, Metal, Vulkan, WebGPU) Burn fuses the plain bodies itself. Where it makes many launches of
//! one there is a kernel in CubeCL beside it: for [`rms_norm`] and [`add_rms_norm`], [`swiglu`], [`rotate_half`], [`draw`](fn@draw), and [`attention_in_blocks`] of one
//! query a row, which reads keys and values of each text where they lie, and no others.
//!
//! ```
//! use burn::tensor::{Device, Tensor};
//!
//! let device = Device::flex();
//! let gate = Tensor::<2>::from_floats([[0.0, 1.0], [2.0, -3.0]], &device);
//! let up = Tensor::<2>::from_floats([[5.0, 1.0], [1.0, 2.0]], &device);
//! let out = pure_kernels::swiglu(gate, up).into_data().try_into_vec::<f32>().unwrap();
//! assert_eq!(out[0], 0.0);
//! assert!((out[1] - 0.731_058_6).abs() < 1e-6);
//! ```
//!
//! Unsafe code is in two places: instructions of AVX-512 in `flex/bf16/gate`, and a product through the `gemm` crate in
//! `flex/product.rs`.
//!
//! This crate knows tensors and nothing of models.

mod adamw;
mod attention;
#[cfg(feature = "gpu")]
mod cube;
mod draw;
mod extension;
mod flex;
mod norm;
mod product;
mod products;
mod rotation;
mod swiglu;
mod token_scores;

pub use adamw::AdamW;
pub use attention::{BlockTables, Heads, Visible, attention, attention_in_blocks};
pub use draw::{DrawOptions, Drawn, draw};
pub use norm::{add_rms_norm, rms_norm};
pub use product::product;
pub use products::{three_products, two_products};
pub use rotation::rotate_half;
pub use swiglu::swiglu;
pub use token_scores::{Head, MOST_LOGITS, token_scores};
