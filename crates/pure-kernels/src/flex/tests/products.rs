//! Products against Burn's.

use burn::tensor::{DType, Tensor};

use super::{assert_same, random};
use crate::{product, three_products, two_products};

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

/// Numbers of sixteen bits, to the nearest.
fn rounded(tensor: Tensor<2>) -> Tensor<2> {
    tensor.cast(DType::BF16).cast(DType::F32)
}

#[test]
fn mixed_products_and_their_gradients_are_those_of_rounded_numbers() {
    for [rows, inner, outer] in [[1, 1, 1], [3, 40, 33], [17, 96, 130], [70, 129, 64]] {
        let (x, w) = (random([rows, inner]), random([inner, outer]));
        for turned in [false, true] {
            let w = if turned {
                w.clone().transpose()
            } else {
                w.clone()
            };
            let small = w.inner().cast(DType::BF16).autodiff().require_grad();
            let x = x.clone().require_grad();
            let y = product(x.clone(), small.clone(), turned);
            let places = (rows * outer) as i64;
            let dy = Tensor::arange(0..places, &y.device()).float().sin();
            let dy: Tensor<2> = dy.reshape([rows, outer]);
            let grads = (y.clone() * dy.clone()).sum().backward();

            let straight = if turned {
                small.clone().transpose()
            } else {
                small.clone()
            };
            let (w, dy) = (straight.cast(DType::F32), rounded(dy));
            let right = [
                (y, rounded(x.clone()).matmul(w.clone())),
                (
                    x.grad(&grads).unwrap(),
                    dy.clone().matmul(w.transpose()).inner(),
                ),
                {
                    let of_w = rounded(x).transpose().matmul(dy).inner();
                    let of_w = if turned { of_w.transpose() } else { of_w };
                    (small.grad(&grads).unwrap(), of_w)
                },
            ];
            for (found, right) in right {
                assert_eq!(found.dtype(), DType::F32);
                let (found, right) = (found.detach(), right.detach());
                let scale: f32 = right.clone().abs().max().into_scalar();
                let gap: f32 = (found - right).abs().max().into_scalar();
                assert!(gap <= 2e-6 * scale, "{gap} of {scale}");
            }
        }
    }
}
