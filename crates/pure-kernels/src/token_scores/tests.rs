use burn::backend::Flex;
use burn::backend::ops::{FloatTensorOps, IntTensorOps};
use burn::tensor::{DType, Device, Distribution, Int, Tensor, TensorData, activation};
use burn_flex::FlexTensor;

use super::{Head, block, in_blocks, token_scores};
use crate::extension::Kernels;

fn device() -> Device {
    let device = Device::flex().autodiff();
    device.seed(1);
    device
}

/// What is scored, with weights in columns.
struct Case {
    hidden: Tensor<2>,
    weights: Tensor<2>,
    targets: Tensor<1, Int>,
    temperature: f64,
}

impl Case {
    /// Logits are about as large as `size`.
    fn new([tokens, inner, vocabulary]: [usize; 3], size: f64, temperature: f64) -> Self {
        let normal = |scale| Distribution::Normal(0.0, scale);
        let uniform = Distribution::Uniform(0.0, vocabulary as f64);
        Self {
            hidden: Tensor::random([tokens, inner], normal(1.0), &device()),
            weights: Tensor::random(
                [inner, vocabulary],
                normal(size / (inner as f64).sqrt()),
                &device(),
            ),
            targets: Tensor::<1>::random([tokens], uniform, &device()).int(),
            temperature,
        }
    }

    /// Scores and gradients of a form, weighted so that no two are like each other.
    fn run(&self, form: impl Fn(&Self, Tensor<2>, Tensor<2>) -> [Tensor<1>; 2]) -> Vec<Tensor<2>> {
        let hidden = self.hidden.clone().require_grad();
        let weights = self.weights.clone().require_grad();
        let [log_probs, entropies] = form(self, hidden.clone(), weights.clone());
        let tokens = log_probs.dims()[0] as i64;
        let weight = Tensor::arange(0..tokens, &device()).float().sin();
        let loss = log_probs.clone() * weight.clone() + entropies.clone() * (weight * 0.3 + 0.1);
        let grads = loss.sum().backward();
        vec![
            log_probs.inner().unsqueeze(),
            entropies.inner().unsqueeze(),
            hidden.grad(&grads).unwrap(),
            weights.grad(&grads).unwrap(),
        ]
    }

    fn assert_equals_the_plain_form(&self, tolerance: f32) {
        let plain = self.run(plain);
        for width in [7, 256, 300, 4096] {
            let by_columns = self
                .run(|case, hidden, weights| case.in_blocks(hidden, Head::Columns(weights), width));
            let by_rows = self.run(|case, hidden, weights| {
                case.in_blocks(hidden, Head::Rows(weights.transpose()), width)
            });
            for form in [by_columns, by_rows] {
                for (n, (fused, plain)) in form.into_iter().zip(&plain).enumerate() {
                    let scale: f32 = plain.clone().abs().max().into_scalar();
                    let gap: f32 = (fused - plain.clone()).abs().max().into_scalar();
                    assert!(gap <= tolerance * scale, "{n}: {gap} of {scale} in {width}");
                }
            }
        }
    }

    fn in_blocks(&self, hidden: Tensor<2>, head: Head, width: usize) -> [Tensor<1>; 2] {
        in_blocks(hidden, head, self.targets.clone(), self.temperature, width)
    }
}

/// All logits at once, differentiated operation by operation.
fn plain(case: &Case, hidden: Tensor<2>, weights: Tensor<2>) -> [Tensor<1>; 2] {
    let log_law = activation::log_softmax(hidden.matmul(weights) / case.temperature, 1);
    let chosen = log_law
        .clone()
        .gather(1, case.targets.clone().unsqueeze_dim(1));
    let entropies = (log_law.clone().exp() * log_law).sum_dim(1).neg();
    [chosen.squeeze_dim(1), entropies.squeeze_dim(1)]
}

#[test]
fn scores_and_their_gradients_equal_the_plain_form() {
    Case::new([9, 12, 1000], 3.0, 1.0).assert_equals_the_plain_form(1e-5);
    Case::new([33, 20, 515], 3.0, 0.7).assert_equals_the_plain_form(1e-5);
    Case::new([1, 5, 3], 1.0, 1.3).assert_equals_the_plain_form(1e-5);
}

#[test]
fn extreme_logits_stay_right() {
    Case::new([9, 12, 1000], 30.0, 0.7).assert_equals_the_plain_form(1e-5);
    // One number a position, so logits of -80, 0 and 80, each chosen once.
    let device = device();
    let case = Case {
        hidden: Tensor::from_floats([[80.0], [80.0], [80.0]], &device),
        weights: Tensor::from_floats([[-1.0, 0.0, 1.0, -0.5]], &device),
        targets: Tensor::from_ints([0, 1, 2], &device),
        temperature: 1.0,
    };
    for width in [1, 2, 4] {
        let weights = Head::Columns(case.weights.clone());
        let scores = case.in_blocks(case.hidden.clone(), weights, width);
        let [log_probs, entropies] = scores.map(|s| s.into_data().try_into_vec::<f32>().unwrap());
        assert_eq!(log_probs, [-160.0, -80.0, 0.0], "{width}");
        assert!(entropies.iter().all(|h| h.abs() < 1e-30), "{entropies:?}");
    }
}

#[test]
fn no_probability_is_over_one() {
    let case = Case::new([200, 12, 900], 60.0, 1.0);
    let logits = case.hidden.clone().matmul(case.weights.clone());
    let likeliest = logits.argmax(1).squeeze_dim(1);
    let case = Case {
        targets: likeliest,
        ..case
    };
    for width in [7, 256, 900] {
        let head = Head::Columns(case.weights.clone());
        let [log_probs, entropies] = case.in_blocks(case.hidden.clone(), head, width);
        assert!(log_probs.max().into_scalar::<f32>() <= 0.0);
        assert!(entropies.min().into_scalar::<f32>() >= 0.0);
    }
}

#[test]
fn scores_are_the_same_to_the_bit_whatever_stands_beside_them() {
    let case = Case::new([70, 96, 1700], 3.0, 0.9);
    for rows in [false, true] {
        let head = || match rows {
            false => Head::Columns(case.weights.clone()),
            true => Head::Rows(case.weights.clone().transpose()),
        };
        let all = case.in_blocks(case.hidden.clone(), head(), 256);
        for (first, count, width) in [
            (0, 70, 1792),
            (3, 4, 512),
            (5, 1, 512),
            (9, 2, 1024),
            (8, 31, 1024),
        ] {
            let some = in_blocks(
                case.hidden.clone().narrow(0, first, count),
                head(),
                case.targets.clone().narrow(0, first, count),
                case.temperature,
                width,
            );
            for (all, some) in all.iter().zip(some) {
                let all = all.clone().narrow(0, first, count);
                assert!(
                    all.into_data() == some.into_data(),
                    "{count} {width} {rows}"
                );
            }
        }
    }
}

#[test]
fn only_what_is_tracked_gets_a_gradient() {
    let case = Case::new([5, 6, 40], 1.0, 1.0);
    let expected = case.run(plain);
    for tracked in [0, 1] {
        let inputs = [case.hidden.clone(), case.weights.clone()];
        let leaf = inputs[tracked].clone().require_grad();
        let mut used = inputs.clone();
        used[tracked] = leaf.clone();
        let [hidden, weights] = used;
        let [log_probs, entropies] = case.in_blocks(hidden, Head::Columns(weights), 16);
        let weight = Tensor::arange(0..5, &device()).float().sin();
        let loss = log_probs * weight.clone() + entropies * (weight * 0.3 + 0.1);
        let grads = loss.sum().backward();
        let gap = leaf.grad(&grads).unwrap() - expected[2 + tracked].clone();
        assert!(gap.abs().max().into_scalar::<f32>() < 1e-5);
        assert!(inputs[1 - tracked].grad(&grads).is_none());
    }
}

#[test]
fn nothing_is_scored_as_nothing_and_a_strange_target_as_no_number() {
    let case = Case::new([6, 6, 40], 1.0, 1.0);
    let hidden = case.hidden.clone().slice_dim(0, 0..0);
    let targets = case.targets.clone().slice_dim(0, 0..0);
    let none = token_scores(hidden, Head::Columns(case.weights.clone()), targets, 1.0);
    assert_eq!(none.map(|scores| scores.dims()), [[0], [0]]);

    let targets = Tensor::from_ints([0, 39, 40, -1, 3, 4], &device());
    let head = Head::Columns(case.weights.clone());
    let [log_probs, _] = in_blocks(case.hidden.clone(), head, targets, 1.0, 16);
    let log_probs = log_probs.into_data().try_into_vec::<f32>().unwrap();
    let known = log_probs.iter().map(|x| !x.is_nan()).collect::<Vec<_>>();
    assert_eq!(known, [true, true, false, false, true, true]);
}

#[test]
fn a_model_in_16_bits_has_its_scores_in_32() {
    let case = Case::new([9, 12, 300], 2.0, 1.0);
    let narrow = |tensor: Tensor<2>| tensor.cast(DType::BF16).require_grad();
    let (hidden, weights) = (narrow(case.hidden.clone()), narrow(case.weights.clone()));
    let head = Head::Columns(weights.clone());
    let [log_probs, _] = case.in_blocks(hidden.clone(), head, 128);
    assert_eq!(log_probs.dtype(), DType::F32);
    let gap =
        log_probs.clone() - plain(&case, case.hidden.clone(), case.weights.clone())[0].clone();
    assert!(gap.abs().max().into_scalar::<f32>() < 0.1);
    let grads = log_probs.sum().backward();
    let grad = weights.grad(&grads).unwrap();
    assert_eq!(grad.dtype(), DType::BF16);
    assert_eq!(hidden.grad(&grads).unwrap().dtype(), DType::BF16);
}

#[test]
fn the_bodies_for_flex_do_to_a_block_what_the_plain_ones_do() {
    let (tokens, width, first) = (37, 700, 700);
    device();
    let floats = |shape: [usize; 2]| {
        let tensor = Tensor::<2>::random(shape, Distribution::Normal(0.0, 9.0), &Device::flex());
        Flex::float_from_data(tensor.into_data(), &Default::default())
    };
    let targets: Vec<i32> = (0..tokens as i32).map(|n| n * 39).collect();
    let targets = TensorData::new(targets, [tokens]);
    let targets = Flex::int_from_data(targets, &Default::default());
    let numbers = |tensor: FlexTensor| {
        let tensor = tensor.to_contiguous();
        tensor.storage::<f32>()[..tensor.layout().num_elements()].to_vec()
    };
    let same = |fused, plain, what: &str| {
        for (a, b) in numbers(fused).into_iter().zip(numbers(plain)) {
            let same = (a - b).abs() <= 2e-5 * (1.0 + b.abs()) || a.is_nan() && b.is_nan();
            assert!(same, "{what}: {a} {b}");
        }
    };

    let mut sums = block::no_sums::<Flex>(tokens, &Default::default());
    let logits = [(); 2].map(|_| floats([tokens, width]));
    for (logits, first) in logits.iter().zip([0, first]) {
        let inputs = (logits.clone(), targets.clone(), sums.clone());
        let plain = block::plain_merge::<Flex>(inputs.0, inputs.1, inputs.2, first, 0.7);
        sums = Flex::merge_logits(logits.clone(), targets.clone(), sums, first, 0.7);
        same(sums.clone(), plain, "sums");
    }
    let (_, law) = block::finish::<Flex>(sums);
    let ([_, logits], grad) = (logits, floats([tokens, 2]));
    let inputs = (logits.clone(), targets.clone(), law.clone(), grad.clone());
    let plain = block::plain_gradient::<Flex>(inputs.0, inputs.1, inputs.2, inputs.3, first, 0.7);
    let fused = Flex::logits_gradient(logits, targets, law, grad, first, 0.7);
    same(fused, plain, "gradient");
}
