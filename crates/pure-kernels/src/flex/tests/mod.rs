//! Each fused body against a composition of Burn's own operations, gradients included.

mod attention;
mod blocks;
mod products;

use burn::tensor::{Device, Distribution, Tensor, activation};

use crate::{AdamW, rms_norm, rotate_half, swiglu};

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

#[test]
fn steps_of_adamw_are_burns_to_the_bit() {
    use burn::optim::{AdamWConfig, Optimizer};

    let device = Device::flex();
    for weight_decay in [0.0_f32, 0.1] {
        let burns = AdamWConfig::new()
            .with_beta_2(0.95)
            .with_epsilon(1e-8)
            .with_weight_decay(weight_decay)
            .build();
        let normal = Distribution::Normal(0.0, 1.0);
        let random = || Tensor::<2>::random([70, 300], normal, &device);
        let start = random();
        let (mut right, mut state) = (start.clone(), None);
        let (mut found, mut moments) = (start.clone(), [0; 2].map(|_| start.zeros_like()));
        for time in 1..6 {
            let (gradient, learning_rate) = (random(), 1e-3 * time as f64);
            (right, state) = burns.step(learning_rate, right, gradient.clone(), state);
            let step = AdamW {
                betas: [0.9, 0.95],
                epsilon: 1e-8,
                learning_rate,
                weight_decay,
                time,
            };
            (found, moments) = step.step(found, gradient, moments);
            assert!(
                found.clone().into_data() == right.clone().into_data(),
                "step {time}"
            );
        }
        let momentum = state.unwrap().momentum;
        assert!(momentum.moment_1.into_data() == moments[0].clone().into_data());
        assert!(momentum.moment_2.into_data() == moments[1].clone().into_data());
    }
}
