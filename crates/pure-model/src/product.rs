//! Matrix products whose rows do not know of each other.
//!
//! What a model says of a text should not depend on the texts beside it. On the processor it does
//! not, to the last bit, with one exception: a product of one or two rows takes another way through
//! the matrix library, which sums in another order. So there no product has so few. On a GPU nothing
//! is the same to the bit whatever stands beside it, and each row more would be three kernels more.

use burn::nn::Linear;
use burn::tensor::{Int, Tensor};
use pure_kernels::Head;

use crate::Projection;
use crate::device::is_processor;
use crate::lora::Noise;

/// From here on the sums are the same whatever the number of rows.
fn least_rows<const D: usize>(x: &Tensor<D>) -> usize {
    if is_processor(&x.device()) { 4 } else { 1 }
}

/// A linear layer of a block, of which it is that projection; what its adapter reads may have noise.
pub(crate) fn project(
    layer: &Linear,
    projection: Projection,
    x: Tensor<2>,
    noise: Option<Noise>,
) -> Tensor<2> {
    let product = matmul(x.clone(), layer.weight.base(), false);
    with_rest(layer, projection, x, product, noise)
}

/// Two of them that have the same input.
pub(crate) fn project_two(
    [a, b]: [(&Linear, Projection); 2],
    x: Tensor<2>,
    noise: Option<Noise>,
) -> [Tensor<2>; 2] {
    if x.dims()[0] < least_rows(&x) || is_mixed(a.0, &x) {
        return [a, b].map(|(layer, which)| project(layer, which, x.clone(), noise));
    }
    let [wa, wb] = [a, b].map(|(layer, _)| layer.weight.base());
    let [y, z] = pure_kernels::two_products(x.clone(), wa, wb);
    [(a, y), (b, z)]
        .map(|((layer, which), product)| with_rest(layer, which, x.clone(), product, noise))
}

/// Three of them that have the same input.
pub(crate) fn project_three(
    [a, b, c]: [(&Linear, Projection); 3],
    x: Tensor<2>,
    noise: Option<Noise>,
) -> [Tensor<2>; 3] {
    if x.dims()[0] < least_rows(&x) || is_mixed(a.0, &x) {
        return [a, b, c].map(|(layer, which)| project(layer, which, x.clone(), noise));
    }
    let [wa, wb, wc] = [a, b, c].map(|(layer, _)| layer.weight.base());
    let [p, q, r] = pure_kernels::three_products(x.clone(), wa, wb, wc);
    [(a, p), (b, q), (c, r)]
        .map(|((layer, which), product)| with_rest(layer, which, x.clone(), product, noise))
}

/// The product with the weight, with what bias and adapter add to it.
fn with_rest(
    layer: &Linear,
    projection: Projection,
    x: Tensor<2>,
    mut product: Tensor<2>,
    noise: Option<Noise>,
) -> Tensor<2> {
    if let Some(bias) = &layer.bias {
        product = product + bias.val().unsqueeze();
    }
    let Some(adapter) = layer.weight.adapter() else {
        return product;
    };
    let x = match noise {
        Some(noise) => noise.of(projection, x),
        None => x,
    };
    let added = matmul(matmul(x, adapter.a.val(), false), adapter.b.val(), false);
    product + added * adapter.scale
}

/// Whether a layer's weight has fewer bits than what it is multiplied with.
fn is_mixed(layer: &Linear, x: &Tensor<2>) -> bool {
    layer.weight.base().dtype() != x.dtype()
}

/// A linear layer that is none of a block's.
pub(crate) fn linear(layer: &Linear, x: Tensor<2>) -> Tensor<2> {
    let product = matmul(x, layer.weight.val(), false);
    match &layer.bias {
        Some(bias) => product + bias.val().unsqueeze(),
        None => product,
    }
}

/// The product with a matrix, or with its transpose.
pub(crate) fn matmul(x: Tensor<2>, matrix: Tensor<2>, turned: bool) -> Tensor<2> {
    with_enough_rows(x, |x| pure_kernels::product(x, matrix, turned))
}

/// Log-probabilities and entropies: see [`pure_kernels::token_scores`].
pub(crate) fn token_scores(
    hidden: Tensor<2>,
    head: Head,
    targets: Tensor<1, Int>,
    temperature: f64,
) -> [Tensor<1>; 2] {
    let [rows, _] = hidden.dims();
    let like = (&targets.device(), targets.dtype());
    let targets = match least_rows(&hidden).saturating_sub(rows) {
        0 => targets,
        missing => Tensor::cat(vec![targets, Tensor::zeros([missing], like)], 0),
    };
    pure_kernels::token_scores(enough_rows(hidden), head, targets, temperature)
        .map(|scores| scores.slice_dim(0, 0..rows))
}

fn with_enough_rows(x: Tensor<2>, product: impl FnOnce(Tensor<2>) -> Tensor<2>) -> Tensor<2> {
    let [rows, _] = x.dims();
    if rows >= least_rows(&x) {
        return product(x);
    }
    product(enough_rows(x)).narrow(0, 0, rows)
}

/// With rows of zeros behind them, where they are too few.
fn enough_rows(x: Tensor<2>) -> Tensor<2> {
    let [rows, width] = x.dims();
    let missing = least_rows(&x).saturating_sub(rows);
    if missing == 0 {
        return x;
    }
    let rest = Tensor::zeros([missing, width], (&x.device(), x.dtype()));
    Tensor::cat(vec![x, rest], 0)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution};

    use super::*;

    #[test]
    fn a_row_is_the_same_to_the_bit_whatever_stands_beside_it() {
        let device = Device::flex();
        let normal = Distribution::Normal(0.0, 1.0);
        for [from, to] in [[96, 384], [384, 96], [256, 1024], [1024, 256], [64, 515]] {
            let matrix = Tensor::<2>::random([from, to], normal, &device);
            let x = Tensor::<2>::random([70, from], normal, &device);
            for (matrix, turned) in [(matrix.clone(), false), (matrix.transpose(), true)] {
                let all = matmul(x.clone(), matrix.clone(), turned);
                for (first, rows) in [(0, 1), (5, 1), (2, 2), (1, 3), (7, 4), (0, 17), (3, 64)] {
                    let some = matmul(x.clone().narrow(0, first, rows), matrix.clone(), turned);
                    let same = all.clone().narrow(0, first, rows).into_data() == some.into_data();
                    assert!(same, "{rows} rows of {from} to {to}");
                }
            }
        }
    }
    #[test]
    fn the_scores_of_few_tokens_are_those_that_they_have_among_many() {
        let device = Device::flex();
        let normal = Distribution::Normal(0.0, 1.0);
        let head = Head::Rows(Tensor::random([600, 96], normal, &device));
        let x = Tensor::<2>::random([9, 96], normal, &device);
        let targets = Tensor::<1, Int>::arange(0..9, &device) * 70;
        let all = token_scores(x.clone(), head.clone(), targets.clone(), 0.9);
        for rows in 0..5 {
            let part = 2..2 + rows;
            let hidden = x.clone().slice_dim(0, part.clone());
            let targets = targets.clone().slice_dim(0, part.clone());
            let some = token_scores(hidden, head.clone(), targets, 0.9);
            for (all, some) in all.clone().into_iter().zip(some) {
                let same = all.slice_dim(0, part.clone()).into_data() == some.into_data();
                assert!(same, "{rows} rows");
            }
        }
    }
}
