//! The fused bodies for flex, Burn's CPU backend: one pass over memory, on all threads, at the
//! vector width of the machine, in the buffers of the inputs where nobody else holds them.
//!
//! Rust's default x86-64 target has no fused multiply-add, and calls a library for each: the loops
//! are [`pulp::WithSimd`], compiled for every width, of which one is picked when the program runs.
//! (Closures would do for small loops only: a large one is not inlined, and loses its width.)
//! Anything but f32 goes to the plain body.

mod adamw;
mod attention;
mod bf16;
mod exp;
mod few_rows;
mod lanes;
mod norm;
mod packs;
mod product;
mod products;
mod rotation;
mod swiglu;
#[cfg(test)]
mod tests;
mod token_scores;

use burn::backend::Flex;
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::tensor::{Bytes, DType, Shape};
use burn_flex::{FlexTensor, Layout};

use self::attention::dense;
use crate::adamw::Factors;
use crate::attention::Bias;
use crate::draw::Draws;
use crate::extension::Kernels;

/// Numbers that one task handles: small enough for the second-level cache.
const TASK: usize = 16 * 1024;

impl Kernels for Flex {
    fn swiglu(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self> {
        if gate.dtype() != DType::F32 {
            return crate::swiglu::plain::<Self>(gate, up);
        }
        swiglu::forward(contiguous(gate), contiguous(up))
    }

    fn swiglu_backward(
        gate: FloatTensor<Self>,
        up: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        if gate.dtype() != DType::F32 {
            return crate::swiglu::plain_backward::<Self>(gate, up, grad);
        }
        swiglu::backward(contiguous(gate), contiguous(up), contiguous(grad))
    }

    fn attention_of_blocks(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        of_q: Bias<Self>,
        of_k: Bias<Self>,
        of_v: Bias<Self>,
        cos: FloatTensor<Self>,
        sin: FloatTensor<Self>,
        mut pool: FloatTensor<Self>,
        slots: IntTensor<Self>,
        blocks: IntTensor<Self>,
        spans: IntTensor<Self>,
        scale: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        if q.dtype() != DType::F32 {
            return crate::attention::plain_in_blocks::<Self>(
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
            );
        }
        let [q, k, v] = [(q, of_q), (k, of_k), (v, of_v)]
            .map(|(heads, bias)| crate::attention::shifted::<Self>(heads, bias));
        let (cos, sin) = (contiguous(cos), contiguous(sin));
        let [q, k] = [q, k].map(|heads| rotation::rotate(contiguous(heads), &cos, &sin, false));
        let [_, queries, kv_heads, _] = k.layout().shape().dims();
        attention::write(&mut pool, &contiguous(slots), &k, &contiguous(v));
        let mixed = if queries == 1 {
            let (blocks, spans) = (contiguous(blocks), contiguous(spans));
            attention::one_query(q, &pool, &blocks, &spans, kv_heads, scale)
        } else {
            crate::attention::gathered::<Self>(q, &pool, blocks, spans, scale)
        };
        (mixed, pool)
    }

    fn attention_with_sums(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        keys: IntTensor<Self>,
        spans: IntTensor<Self>,
        scale: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        if q.dtype() != DType::F32 {
            return crate::attention::plain::<Self>(&q, &k, &v, &keys, &spans, scale);
        }
        let (keys, spans) = (contiguous(keys), contiguous(spans));
        let seen = attention::Seen::of(&keys, &spans);
        attention::forward(&dense(q), &dense(k), &dense(v), seen, scale)
    }

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
        if q.dtype() != DType::F32 {
            return crate::attention::plain_backward::<Self>(
                &q, &k, &v, &keys, &spans, &mixed, &log_sums, &grad, scale,
            );
        }
        let (keys, spans) = (contiguous(keys), contiguous(spans));
        let seen = attention::Seen::of(&keys, &spans);
        let tensors = [q, k, v, mixed, grad].map(dense);
        attention::backward(tensors.each_ref(), &contiguous(log_sums), seen, scale)
    }

    fn product(x: FloatTensor<Self>, w: FloatTensor<Self>, turned: bool) -> FloatTensor<Self> {
        products::product(x, w, turned)
    }

    fn product_gradient(
        x: FloatTensor<Self>,
        dy: FloatTensor<Self>,
        dtype: DType,
    ) -> FloatTensor<Self> {
        products::gradient(x, dy, dtype)
    }

    fn two_products(
        x: FloatTensor<Self>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        products::products(&x, [a, b]).into()
    }

    fn three_products(
        x: FloatTensor<Self>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        products::products(&x, [a, b, c]).into()
    }

    fn adamw(
        mut param: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        mut first: FloatTensor<Self>,
        mut second: FloatTensor<Self>,
        factors: Factors,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let all = [&param, &gradient, &first, &second];
        if all.iter().any(|tensor| tensor.dtype() != DType::F32) {
            return crate::adamw::plain::<Self>(param, gradient, first, second, factors);
        }
        [param, first, second] = [param, first, second].map(contiguous);
        adamw::step(
            &mut param,
            &contiguous(gradient),
            &mut first,
            &mut second,
            factors,
        );
        (param, first, second)
    }

    fn rms_norm(x: FloatTensor<Self>, gain: FloatTensor<Self>, epsilon: f32) -> FloatTensor<Self> {
        if x.dtype() != DType::F32 {
            return crate::norm::plain::<Self>(x, gain, epsilon);
        }
        norm::forward(contiguous(x), &contiguous(gain), epsilon)
    }

    fn rms_norm_backward(
        x: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        epsilon: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        if x.dtype() != DType::F32 {
            return crate::norm::plain_backward::<Self>(x, gain, grad, epsilon);
        }
        norm::backward(&contiguous(x), &contiguous(gain), contiguous(grad), epsilon)
    }

    fn rotate_half(
        heads: FloatTensor<Self>,
        cos: FloatTensor<Self>,
        sin: FloatTensor<Self>,
        back: bool,
    ) -> FloatTensor<Self> {
        if heads.dtype() != DType::F32 {
            return crate::rotation::plain::<Self>(heads, cos, sin, back);
        }
        let (cos, sin) = (contiguous(cos), contiguous(sin));
        rotation::rotate(contiguous(heads), &cos, &sin, back)
    }

    fn draw(logits: FloatTensor<Self>, draws: Draws) -> FloatTensor<Self> {
        if logits.dtype() != DType::F32 {
            return crate::draw::plain::<Self>(logits, &draws);
        }
        let [_, vocab_size] = logits.layout().shape().dims();
        let drawn = crate::draw::drawn(numbers(&contiguous(logits)), vocab_size, &draws);
        FlexTensor::from_data(drawn)
    }

    fn merge_logits(
        logits: FloatTensor<Self>,
        targets: IntTensor<Self>,
        sums: FloatTensor<Self>,
        first: usize,
        temperature: f32,
    ) -> FloatTensor<Self> {
        let targets = contiguous(targets);
        token_scores::merge(&contiguous(logits), &targets, sums, first, temperature)
    }

    fn logits_gradient(
        logits: FloatTensor<Self>,
        targets: IntTensor<Self>,
        law: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        first: usize,
        temperature: f32,
    ) -> FloatTensor<Self> {
        let (targets, law, grad) = (contiguous(targets), contiguous(law), contiguous(grad));
        let logits = contiguous(logits);
        token_scores::gradient(logits, &targets, &law, &grad, first, temperature)
    }
}

fn contiguous(tensor: FlexTensor) -> FlexTensor {
    if tensor.is_contiguous() && tensor.layout().start_offset() == 0 {
        tensor
    } else {
        tensor.to_contiguous()
    }
}

/// The numbers of a contiguous tensor, whose storage may go on behind them.
fn numbers(tensor: &FlexTensor) -> &[f32] {
    &tensor.storage()[..tensor.layout().num_elements()]
}

/// The numbers of a contiguous tensor, to be written; copied first if others hold them.
fn numbers_mut(tensor: &mut FlexTensor) -> &mut [f32] {
    let count = tensor.layout().num_elements();
    &mut tensor.storage_mut()[..count]
}

fn zeros_like(tensor: &FlexTensor) -> FlexTensor {
    zeros(tensor.layout().shape().clone())
}

fn zeros(shape: impl Into<Shape>) -> FlexTensor {
    let shape = shape.into();
    let zeros = vec![0.0_f32; shape.num_elements()];
    FlexTensor::new(
        Bytes::from_elems(zeros),
        Layout::contiguous(shape),
        DType::F32,
    )
}
