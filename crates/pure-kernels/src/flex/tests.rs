//! Each fused body against a composition of Burn's own operations, gradients included.

use burn::tensor::{Device, Distribution, Tensor, activation};

use crate::{
    attention, attention_weights, rms_norm, rotate_half, swiglu, three_products, two_products,
};

fn device() -> Device {
    let device = Device::flex().autodiff();
    device.seed(1);
    device
}

fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    Tensor::random(shape, Distribution::Normal(0.0, 4.0), &device())
}

/// Output and gradients of a form, weighted so that no gradient is like another.
fn run<const D: usize, const N: usize>(
    form: impl Fn([Tensor<D>; N]) -> Tensor<D>,
    inputs: &[Tensor<D>; N],
) -> Vec<Tensor<D>> {
    let inputs = inputs.clone().map(Tensor::require_grad);
    let out = form(inputs.clone());
    let places = out.shape().num_elements() as i64;
    let weight = Tensor::arange(0..places, &out.device()).float().sin();
    let grads = (out.clone() * weight.reshape(out.dims())).sum().backward();
    let mut results = vec![out.inner()];
    results.extend(inputs.iter().map(|input| input.grad(&grads).unwrap()));
    results
}

fn assert_same<const D: usize, const N: usize>(
    inputs: [Tensor<D>; N],
    fused: impl Fn([Tensor<D>; N]) -> Tensor<D>,
    plain: impl Fn([Tensor<D>; N]) -> Tensor<D>,
) {
    let pairs = run(fused, &inputs).into_iter().zip(run(plain, &inputs));
    for (fused, plain) in pairs {
        let scale: f32 = plain.clone().abs().max().into_scalar();
        let gap: f32 = (fused - plain).abs().max().into_scalar();
        assert!(gap <= 2e-6 * scale, "{gap} of {scale}");
    }
}

fn assert_swiglu_is_its_plain_form(inputs: [Tensor<3>; 2]) {
    assert_same(
        inputs,
        |[gate, up]| swiglu(gate, up),
        |[gate, up]| activation::silu(gate) * up,
    );
}

#[test]
fn swiglu_equals_its_plain_form_with_its_gradients() {
    assert_swiglu_is_its_plain_form([0; 2].map(|_| random([3, 5, 7])));
    assert_swiglu_is_its_plain_form([0; 2].map(|_| random([2, 130, 257])));
}

#[test]
fn views_are_read_as_what_they_show() {
    let view = |_| random([4, 6, 8]).swap_dims(0, 2).narrow(1, 2, 3);
    assert_swiglu_is_its_plain_form([0; 2].map(view));
}

#[test]
fn a_gate_that_is_shut_or_wide_open_stays_finite() {
    let device = Device::flex();
    let gate = Tensor::<1>::from_floats([-1e30, -200.0, 200.0, 1e30], &device);
    let out = swiglu(gate, Tensor::ones([4], &device));
    let out = out.into_data().try_into_vec::<f32>().unwrap();
    assert!(out[0].abs() < 1e-6 && out[1].abs() < 1e-6, "{out:?}");
    assert_eq!(out[2..], [200.0, 1e30]);
}

#[test]
fn attention_weights_equal_their_plain_form_with_their_gradients() {
    for (shape, rows_of_bias) in [([2, 3, 5, 7], 2), ([2, 3, 5, 16], 1), ([3, 2, 150, 257], 3)] {
        let [batch, heads, queries, keys] = shape;
        assert!(rows_of_bias == 1 || rows_of_bias == batch && heads > 0);
        let bias = random([rows_of_bias, 1, queries, keys]);
        assert_same(
            [random(shape)],
            |[scores]| attention_weights(scores, bias.clone(), 0.3),
            |[scores]| activation::softmax(scores * 0.3 + bias.clone(), 3),
        );
    }
}

#[test]
fn a_key_that_may_not_be_seen_has_no_weight_at_all() {
    let device = Device::flex();
    let scores = Tensor::<4>::from_floats([[[[9.0, 1.0, 50.0]]]], &device);
    let bias = Tensor::<4>::from_floats([[[[0.0, 0.0, -1e30]]]], &device);
    let weights = attention_weights(scores, bias, 1.0);
    let weights = weights.into_data().try_into_vec::<f32>().unwrap();
    assert_eq!(weights[2], 0.0);
    assert!((weights[1] - 0.000_335_35).abs() < 1e-8, "{weights:?}");
}

/// The half-rotation as Hugging Face writes it: `x cos + (-b, a) sin`.
fn plain_rotation(heads: Tensor<4>, cos: Tensor<4>, sin: Tensor<4>) -> Tensor<4> {
    let half = heads.dims()[3] / 2;
    let (a, b) = (
        heads.clone().narrow(3, 0, half),
        heads.clone().narrow(3, half, half),
    );
    let double = |angles: Tensor<4>| Tensor::cat(vec![angles.clone(), angles], 3);
    heads * double(cos) + Tensor::cat(vec![b.neg(), a], 3) * double(sin)
}

#[test]
fn rotations_equal_their_plain_form_with_their_gradients() {
    for (shape, rows_of_angles) in [([2, 3, 2, 8], 1), ([2, 3, 1, 10], 2), ([5, 40, 4, 64], 5)] {
        let [_, length, _, width] = shape;
        let angles = random([rows_of_angles, length, 1, width / 2]);
        let (cos, sin) = (angles.clone().cos(), angles.sin());
        assert_same(
            [random(shape)],
            |[heads]| rotate_half(heads, cos.clone(), sin.clone()),
            |[heads]| plain_rotation(heads, cos.clone(), sin.clone()),
        );
    }
}

/// Heads of keys and values repeated for each head of queries, as the textbook has it.
fn plain_attention(q: Tensor<4>, k: Tensor<4>, v: Tensor<4>, bias: Tensor<4>) -> Tensor<4> {
    let [batch, heads, _, width] = q.dims();
    let [_, kv_heads, keys, _] = k.dims();
    let repeated = |x: Tensor<4>| {
        x.reshape([batch, kv_heads, 1, keys, width].map(|d| d as i32))
            .repeat_dim(2, heads / kv_heads)
            .reshape([batch, heads, keys, width].map(|d| d as i32))
    };
    let scores = q.matmul(repeated(k).swap_dims(2, 3)) * 0.3 + bias;
    activation::softmax(scores, 3).matmul(repeated(v))
}

/// A bias that hides the first `r` keys of row `r`, and all but the last of the last row.
fn staggered_bias(rows: usize, keys: usize) -> Tensor<4> {
    let bias = |index: usize| {
        let (row, key) = (index / keys, index % keys);
        let hidden = if row + 1 == rows { keys - 1 } else { row };
        if key < hidden { -1e30_f32 } else { 0.0 }
    };
    let bias: Vec<f32> = (0..rows * keys).map(bias).collect();
    Tensor::<1>::from_floats(bias.as_slice(), &device()).reshape([rows, 1, 1, keys])
}

#[test]
fn attention_of_one_query_equals_the_textbook_in_a_cache_of_rows_of_many_ages() {
    for (heads, kv_heads, width) in [(4, 2, 16), (6, 2, 10), (3, 3, 64)] {
        let (rows, capacity, keys) = (5, 40, 23);
        let bias = staggered_bias(rows, keys);
        let cache = || {
            let all = random([rows, kv_heads, capacity, width]).inner();
            all.narrow(2, 7, keys)
        };
        let q = random([rows, heads, 1, width]).inner() * 0.1;
        let (k, v) = (cache(), cache());
        let bias = bias.inner();
        let fused = attention(q.clone(), k.clone(), v.clone(), bias.clone(), 0.3);
        let gap: f32 = (fused - plain_attention(q, k, v, bias))
            .abs()
            .max()
            .into_scalar();
        assert!(gap < 1e-5, "{gap}");
    }
}

#[test]
fn attention_equals_the_textbook_with_its_gradients() {
    for queries in [1, 6] {
        let bias = staggered_bias(3, 7).repeat_dim(2, queries);
        let run_with = |form: &dyn Fn(Tensor<4>, Tensor<4>, Tensor<4>, Tensor<4>) -> Tensor<4>| {
            device().seed(2);
            let inputs = [
                random([3, 4, queries, 8]),
                random([3, 2, 7, 8]),
                random([3, 2, 7, 8]),
            ];
            run(|[q, k, v]| form(q, k, v, bias.clone()), &inputs)
        };
        let fused = run_with(&|q, k, v, bias| attention(q, k, v, bias, 0.3));
        for (fused, plain) in fused.into_iter().zip(run_with(&plain_attention)) {
            let gap: f32 = (fused - plain).abs().max().into_scalar();
            assert!(gap < 3e-5, "{gap}");
        }
    }
}

#[test]
fn keys_that_are_not_seen_behind_a_row_change_no_bit_of_its_weights() {
    let device = Device::flex();
    let scores = random([1, 2, 3, 45]).inner();
    let seen = |keys: usize| {
        let bias = (0..keys).map(|key| if key < 9 { 0.0_f32 } else { -1e30 });
        let bias: Vec<f32> = bias.cycle().take(3 * keys).collect();
        let bias = Tensor::<1>::from_floats(bias.as_slice(), &device).reshape([1, 1, 3, keys]);
        attention_weights(scores.clone().narrow(3, 0, keys), bias, 0.7).narrow(3, 0, 9)
    };
    let right = seen(9).into_data();
    for keys in [10, 16, 17, 33, 45] {
        assert!(seen(keys).into_data() == right, "{keys} keys");
    }
}

#[test]
fn products_side_by_side_are_the_products_with_their_gradients() {
    let inputs = || {
        [
            random([70, 90]),
            random([90, 90]),
            random([90, 90]),
            random([90, 90]),
        ]
    };
    let three = |[x, a, b, c]: [Tensor<2>; 4]| {
        let [a, b, c] = three_products(x, a, b, c);
        a + b * 2.0 - c * 3.0
    };
    let plain = |[x, a, b, c]: [Tensor<2>; 4]| {
        x.clone().matmul(a) + x.clone().matmul(b) * 2.0 - x.matmul(c) * 3.0
    };
    assert_same(inputs(), three, plain);
    let [x, a, b, _] = inputs().map(Tensor::inner);
    let [y, z] = two_products(x.clone(), a.clone(), b.clone());
    assert!(y.into_data() == x.clone().matmul(a).into_data());
    assert!(z.into_data() == x.matmul(b).into_data());
}

#[test]
fn rms_norm_equals_its_plain_form_with_its_gradients() {
    for [rows, width] in [[3, 5], [130, 257], [70, 256]] {
        let gain = random([1, width]);
        let normed = |x: Tensor<2>| {
            let mean = (x.clone() * x.clone()).mean_dim(1);
            x / (mean + 1e-3).sqrt()
        };
        assert_same(
            [random([rows, width]), gain],
            |[x, gain]| rms_norm(x, gain.squeeze_dim(0), 1e-3),
            |[x, gain]| normed(x) * gain,
        );
    }
}
