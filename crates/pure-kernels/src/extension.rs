//! How the operations join Burn: one trait, with default bodies for every backend, bodies of its
//! own for flex, and one for autodiff that records the backward pass.

use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
#[cfg(feature = "fusion")]
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Autodiff, Backend, backend_extension};
use burn::tensor::DType;
#[cfg(feature = "fusion")]
use burn::tensor::Shape;

use crate::adamw::Factors;
use crate::attention::Bias;
#[cfg(feature = "fusion")]
use crate::draw::NUMBERS;
use crate::draw::{self, Draws};
use crate::token_scores::{self, Blocks};
use crate::{adamw, attention, norm, product, products, rotation, swiglu};

/// See the crate page. Methods whose names end in `_backward` give gradients, which the plain bodies
/// make differentiable in their turn.
#[backend_extension(
    Autodiff,
    Flex,
    Cube: cfg(feature = "gpu"),
    Fusion: cfg(feature = "fusion")
)]
pub(crate) trait Kernels: Backend {
    #[fusion(dtype = gate, shape = gate)]
    fn swiglu(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self> {
        swiglu::plain::<Self>(gate, up)
    }

    #[fusion(default)]
    fn swiglu_backward(
        gate: FloatTensor<Self>,
        up: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        swiglu::plain_backward::<Self>(gate, up, grad)
    }

    #[fusion(default)]
    fn attention_of_groups(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        keys: IntTensor<Self>,
        spans: IntTensor<Self>,
        scale: f32,
    ) -> FloatTensor<Self> {
        Self::attention_with_sums(q, k, v, keys, spans, scale).0
    }

    #[fusion(default)]
    fn attention_with_sums(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        keys: IntTensor<Self>,
        spans: IntTensor<Self>,
        scale: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        attention::plain::<Self>(&q, &k, &v, &keys, &spans, scale)
    }

    #[fusion(default)]
    #[allow(clippy::too_many_arguments, reason = "what a backward pass needs")]
    fn attention_backward(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        keys: IntTensor<Self>,
        spans: IntTensor<Self>,
        mixed: FloatTensor<Self>,
        log_sums: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        scale: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        attention::plain_backward::<Self>(
            &q, &k, &v, &keys, &spans, &mixed, &log_sums, &grad, scale,
        )
    }

    #[fusion(default)]
    #[allow(clippy::too_many_arguments, reason = "what attention in blocks needs")]
    fn attention_of_blocks(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        #[extension_type] of_q: Bias<Self>,
        #[extension_type] of_k: Bias<Self>,
        #[extension_type] of_v: Bias<Self>,
        cos: FloatTensor<Self>,
        sin: FloatTensor<Self>,
        pool: FloatTensor<Self>,
        slots: IntTensor<Self>,
        blocks: IntTensor<Self>,
        spans: IntTensor<Self>,
        scale: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        attention::plain_in_blocks::<Self>(
            q,
            k,
            v,
            [of_q, of_k, of_v],
            cos,
            sin,
            pool,
            slots,
            blocks,
            spans,
            scale,
        )
    }

    #[fusion(dtype = pool, shape = pool)]
    #[allow(clippy::too_many_arguments, reason = "what attention in blocks needs")]
    fn write_in_blocks(
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        #[extension_type] of_k: Bias<Self>,
        #[extension_type] of_v: Bias<Self>,
        cos: FloatTensor<Self>,
        sin: FloatTensor<Self>,
        slots: IntTensor<Self>,
        pool: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        attention::plain_write::<Self>(k, v, of_k, of_v, cos, sin, slots, pool)
    }

    #[fusion(dtype = q, shape = q)]
    #[allow(clippy::too_many_arguments, reason = "what attention in blocks needs")]
    fn attention_of_one_query(
        q: FloatTensor<Self>,
        #[extension_type] of_q: Bias<Self>,
        cos: FloatTensor<Self>,
        sin: FloatTensor<Self>,
        pool: FloatTensor<Self>,
        blocks: IntTensor<Self>,
        spans: IntTensor<Self>,
        scale: f32,
    ) -> FloatTensor<Self> {
        attention::plain_attend::<Self>(q, of_q, cos, sin, pool, blocks, spans, scale)
    }

    #[fusion(default)]
    fn product(x: FloatTensor<Self>, w: FloatTensor<Self>, turned: bool) -> FloatTensor<Self> {
        product::plain::<Self>(x, w, turned)
    }

    #[fusion(default)]
    fn product_gradient(
        x: FloatTensor<Self>,
        dy: FloatTensor<Self>,
        dtype: DType,
    ) -> FloatTensor<Self> {
        product::plain_gradient::<Self>(x, dy, dtype)
    }

    #[fusion(default)]
    fn two_products(
        x: FloatTensor<Self>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        products::plain_two::<Self>(x, a, b)
    }

    #[fusion(default)]
    fn three_products(
        x: FloatTensor<Self>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        products::plain_three::<Self>(x, a, b, c)
    }

    #[fusion(default)]
    fn adamw(
        param: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        factors: Factors,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        adamw::plain::<Self>(param, gradient, first, second, factors)
    }

    #[fusion(dtype = x, shape = x)]
    fn rms_norm(x: FloatTensor<Self>, gain: FloatTensor<Self>, epsilon: f32) -> FloatTensor<Self> {
        norm::plain::<Self>(x, gain, epsilon)
    }

    #[fusion(meta = |x, _, _, _, dtype| (x.clone(), TensorSpec::new(x.shape.clone(), *dtype)))]
    fn add_rms_norm(
        x: FloatTensor<Self>,
        added: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        epsilon: f32,
        dtype: DType,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        norm::plain_add::<Self>(x, added, gain, epsilon, dtype)
    }

    #[fusion(default)]
    fn rms_norm_backward(
        x: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        epsilon: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        norm::plain_backward::<Self>(x, gain, grad, epsilon)
    }

    #[fusion(dtype = heads, shape = heads)]
    fn rotate_half(
        heads: FloatTensor<Self>,
        cos: FloatTensor<Self>,
        sin: FloatTensor<Self>,
        back: bool,
    ) -> FloatTensor<Self> {
        rotation::plain::<Self>(heads, cos, sin, back)
    }

    #[fusion(dtype = DType::F32, shape = Shape::new([draws.len(), NUMBERS]))]
    fn draw(logits: FloatTensor<Self>, draws: Draws) -> FloatTensor<Self> {
        draw::plain::<Self>(logits, &draws)
    }

    #[fusion(default)]
    fn token_scores(
        hidden: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        targets: IntTensor<Self>,
        blocks: Blocks,
    ) -> FloatTensor<Self> {
        token_scores::forward::<Self>(&hidden, &weights, &targets, blocks).0
    }

    #[fusion(default)]
    fn merge_logits(
        logits: FloatTensor<Self>,
        targets: IntTensor<Self>,
        sums: FloatTensor<Self>,
        first: usize,
        temperature: f32,
    ) -> FloatTensor<Self> {
        token_scores::plain_merge::<Self>(logits, targets, sums, first, temperature)
    }

    #[fusion(default)]
    fn logits_gradient(
        logits: FloatTensor<Self>,
        targets: IntTensor<Self>,
        law: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        first: usize,
        temperature: f32,
    ) -> FloatTensor<Self> {
        token_scores::plain_gradient::<Self>(logits, targets, law, grad, first, temperature)
    }
}

impl<B: Kernels, C: CheckpointStrategy> Kernels for Autodiff<B, C> {
    fn swiglu(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self> {
        swiglu::recorded::<B, C>(gate, up)
    }

    fn attention_of_groups(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        keys: IntTensor<Self>,
        spans: IntTensor<Self>,
        scale: f32,
    ) -> FloatTensor<Self> {
        attention::recorded::<B, C>(q, k, v, keys, spans, scale)
    }

    fn product(x: FloatTensor<Self>, w: FloatTensor<Self>, turned: bool) -> FloatTensor<Self> {
        product::recorded::<B, C>(x, w, turned)
    }

    fn rotate_half(
        heads: FloatTensor<Self>,
        cos: FloatTensor<Self>,
        sin: FloatTensor<Self>,
        back: bool,
    ) -> FloatTensor<Self> {
        rotation::recorded::<B, C>(heads, cos, sin, back)
    }

    fn rms_norm(x: FloatTensor<Self>, gain: FloatTensor<Self>, epsilon: f32) -> FloatTensor<Self> {
        norm::recorded::<B, C>(x, gain, epsilon)
    }

    fn token_scores(
        hidden: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        targets: IntTensor<Self>,
        blocks: Blocks,
    ) -> FloatTensor<Self> {
        token_scores::recorded::<B, C>(hidden, weights, targets, blocks)
    }
}
