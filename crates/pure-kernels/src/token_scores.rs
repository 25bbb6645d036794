//! Log-probabilities of chosen tokens, and entropies, from hidden states `h` and an output head `w`.
//! With `z = h w / T` over the vocabulary, at each position:
//!
//! ```text
//! lse  = log sum_v exp z_v
//! logp = z_y - lse            H   = lse - sum_v p_v z_v,   p = exp(z - lse)
//! dz   = (dlogp (1[v = y] - p) - dH p (z - lse + H)) / T
//! dh   = dz wᵀ                dw  = hᵀ dz
//! ```
//!
//! All logits of a 150,000-word vocabulary together are larger than the model. So they are made, and
//! in the backward pass made again, a block of the vocabulary at a time, and the sums are carried from
//! block to block, as flash attention does (arXiv 2205.14135). Only `h`, `w` and three numbers a
//! position are kept. Blocks of positions would do as well for the scores, but each of them would add
//! to the whole gradient of `w`, of which a block of the vocabulary writes its own part, once.
//!
//! The products are in the type of the model, all else in f32.

mod block;
mod gradient;
#[cfg(test)]
mod tests;

use std::ops::Range;

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Backend, Dispatch, TensorMetadata};
use burn::tensor::{DType, Device, FloatDType, Int, IntDType, Slice, Tensor};

pub(crate) use block::{plain_gradient, plain_merge};
pub(crate) use gradient::recorded;

use crate::extension::Kernels;

/// The most logits that [`token_scores`] makes at once on the processor: 64 MiB of f32.
pub const MOST_LOGITS: usize = 1 << 24;

/// On a GPU: each block is some thirty kernels to launch, so it has four times as few of them.
const MOST_LOGITS_OF_GPU: usize = 1 << 26;

/// Blocks are as wide as some of these. On flex a row is summed such a step at a time, so that its
/// scores are the same to the bit whatever the width of a block, which depends on the other rows.
pub(crate) const STEP: usize = 256;

/// The matrix that makes logits of hidden states.
#[derive(Debug, Clone)]
pub enum Head {
    /// `[hidden, vocabulary]`, as a linear layer has it.
    Columns(Tensor<2>),
    /// `[vocabulary, hidden]`, as an embedding has it.
    Rows(Tensor<2>),
}

/// Log-probabilities of `targets` at a temperature, and the entropies of what they are taken from.
///
/// # Shapes
///
/// - `hidden`: `[tokens, hidden]`
/// - `targets`: `[tokens]`
/// - output: `[tokens]` each, in f32; a target that is not of the vocabulary has NaN
///
/// # Panics
///
/// If the shapes do not fit.
pub fn token_scores(
    hidden: Tensor<2>,
    head: Head,
    targets: Tensor<1, Int>,
    temperature: f64,
) -> [Tensor<1>; 2] {
    // Neither the logits of a block nor what it adds to the gradients is large.
    let height = hidden.dims().into_iter().max().unwrap_or(1);
    let most = match hidden.device() == Device::flex() {
        true => MOST_LOGITS,
        false => MOST_LOGITS_OF_GPU,
    };
    let width = (most / height / STEP).max(1) * STEP;
    in_blocks(hidden, head, targets, temperature, width)
}

/// With so many columns a block.
fn in_blocks(
    hidden: Tensor<2>,
    head: Head,
    targets: Tensor<1, Int>,
    temperature: f64,
    width: usize,
) -> [Tensor<1>; 2] {
    let [tokens, inner] = hidden.dims();
    assert_eq!(targets.dims(), [tokens], "one target a position");
    let (weights, by_rows) = match head {
        Head::Columns(weights) => (weights, false),
        Head::Rows(weights) => (weights, true),
    };
    let outer = weights.dims()[usize::from(by_rows)];
    assert_eq!(outer, inner, "a weight for each number of a hidden state");
    if tokens == 0 {
        return [0, 1].map(|_| Tensor::zeros([0], (&hidden.device(), DType::F32)));
    }
    let scores = Tensor::<2>::from_dispatch(Dispatch::token_scores(
        hidden.into_dispatch(),
        weights.into_dispatch(),
        targets.cast(IntDType::I32).into_dispatch(),
        Blocks {
            by_rows,
            width,
            temperature: temperature as f32,
        },
    ));
    [0, 1].map(|which| scores.clone().slice_dim(1, which).squeeze_dim(1))
}

/// How the head is taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blocks {
    by_rows: bool,
    width: usize,
    temperature: f32,
}

impl Blocks {
    fn of<B: Backend>(self, weights: &FloatTensor<B>) -> impl Iterator<Item = Range<usize>> {
        let vocabulary = weights.shape()[usize::from(!self.by_rows)];
        (0..vocabulary)
            .step_by(self.width)
            .map(move |first| first..(first + self.width).min(vocabulary))
    }

    /// Where a block is in the head.
    fn place(self, block: &Range<usize>) -> [Slice; 2] {
        let (block, all) = (block.clone().into(), (..).into());
        if self.by_rows {
            [block, all]
        } else {
            [all, block]
        }
    }

    /// `[hidden, width]`, or as many rows.
    fn part<B: Backend>(self, weights: &FloatTensor<B>, block: &Range<usize>) -> FloatTensor<B> {
        B::float_slice(weights.clone(), &self.place(block))
    }

    fn logits<B: Kernels>(self, hidden: &FloatTensor<B>, part: FloatTensor<B>) -> FloatTensor<B> {
        let logits = B::product(hidden.clone(), part, self.by_rows);
        B::float_cast(logits, FloatDType::F32)
    }
}

/// The scores, `[tokens, 2]`, and what the backward pass wants of them: see [`block::finish`].
pub(crate) fn forward<B: Kernels>(
    hidden: &FloatTensor<B>,
    weights: &FloatTensor<B>,
    targets: &IntTensor<B>,
    blocks: Blocks,
) -> (FloatTensor<B>, FloatTensor<B>) {
    let mut sums = block::no_sums::<B>(hidden.shape()[0], &hidden.device());
    for block in blocks.of::<B>(weights) {
        let logits = blocks.logits::<B>(hidden, blocks.part::<B>(weights, &block));
        let first = block.start;
        sums = B::merge_logits(logits, targets.clone(), sums, first, blocks.temperature);
    }
    block::finish::<B>(sums)
}
