//! Matrix products of the layers, whose rows do not know of each other: what a model says of a text does not depend
//! on the texts beside it, on the processor not even in the last bit. (On a GPU nothing is the same to the bit whatever
//! stands beside it.)

use burn::nn::Linear;
use burn::tensor::{DType, Tensor};
use pure_kernels::{product, three_products, two_products};

use crate::Projection;
use crate::lora::Noise;

/// A linear layer of a block, of which it is that projection; what its adapter reads may have noise.
pub(crate) fn project(
    layer: &Linear,
    projection: Projection,
    x: Tensor<2>,
    noise: Option<Noise>,
) -> Tensor<2> {
    let y = product(x.clone(), layer.weight.base(), false);
    with_rest(layer, projection, x, y, noise)
}

/// Two of them that have the same input.
pub(crate) fn project_two(
    [a, b]: [(&Linear, Projection); 2],
    x: Tensor<2>,
    noise: Option<Noise>,
) -> [Tensor<2>; 2] {
    let [wa, wb] = [a, b].map(|(layer, _)| layer.weight.base());
    let [y, z] = two_products(x.clone(), wa, wb);
    let both = [(a, y), (b, z)];
    alike(both.map(|((layer, which), y)| with_rest(layer, which, x.clone(), y, noise)))
}

/// The products of three that have the same input, and nothing else.
pub(crate) fn products_of_three(layers: [&Linear; 3], x: Tensor<2>) -> [Tensor<2>; 3] {
    let [a, b, c] = layers.map(|layer| layer.weight.base());
    three_products(x, a, b, c)
}

/// Three of them that have the same input.
pub(crate) fn project_three(
    [a, b, c]: [(&Linear, Projection); 3],
    x: Tensor<2>,
    noise: Option<Noise>,
) -> [Tensor<2>; 3] {
    let [p, q, r] = products_of_three([a, b, c].map(|(layer, _)| layer), x.clone());
    let all = [(a, p), (b, q), (c, r)];
    alike(all.map(|((layer, which), y)| with_rest(layer, which, x.clone(), y, noise)))
}

/// In one type, where bias or adapter made some of them f32.
fn alike<const N: usize>(products: [Tensor<2>; N]) -> [Tensor<2>; N] {
    if products.iter().any(|y| y.dtype() == DType::F32) {
        products.map(|y| y.cast(DType::F32))
    } else {
        products
    }
}

/// The product with the weight, with what bias and adapter add to it in f32.
fn with_rest(
    layer: &Linear,
    projection: Projection,
    x: Tensor<2>,
    mut y: Tensor<2>,
    noise: Option<Noise>,
) -> Tensor<2> {
    if let Some(bias) = &layer.bias {
        y = y.cast(DType::F32) + bias.val().unsqueeze();
    }
    let Some(adapter) = layer.weight.adapter() else {
        return y;
    };
    let x = x.cast(DType::F32);
    let x = match noise {
        Some(noise) => noise.of(projection, x),
        None => x,
    };
    let added = product(product(x, adapter.a.val(), false), adapter.b.val(), false);
    y.cast(DType::F32) + added * adapter.scale
}

/// A linear layer that is none of a block's.
pub(crate) fn linear(layer: &Linear, x: Tensor<2>) -> Tensor<2> {
    let y = product(x, layer.weight.val(), false);
    match &layer.bias {
        Some(bias) => y + bias.val().unsqueeze(),
        None => y,
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution};

    use super::*;

    #[test]
    fn a_row_is_the_same_to_the_bit_whatever_stands_beside_it() {
        let device = Device::flex();
        let normal = Distribution::Normal(0.0, 1.0);
        for [from, to] in [[96, 384], [384, 96], [256, 1024], [1536, 576], [64, 515]] {
            let matrix = Tensor::<2>::random([from, to], normal, &device);
            let x = Tensor::<2>::random([300, from], normal, &device);
            for (matrix, turned) in [(matrix.clone(), false), (matrix.transpose(), true)] {
                let all = product(x.clone(), matrix.clone(), turned);
                for (first, rows) in [(0, 1), (5, 1), (2, 2), (1, 3), (7, 4), (0, 17), (3, 256)] {
                    let some = product(x.clone().narrow(0, first, rows), matrix.clone(), turned);
                    let same = all.clone().narrow(0, first, rows).into_data() == some.into_data();
                    assert!(same, "{rows} rows of {from} to {to}");
                }
            }
        }
    }
}
