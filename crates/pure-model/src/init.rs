//! How a model that is not loaded begins: weights from a normal distribution whose deviation is
//! `initializer_range`, biases at zero, as transformers does. Burn's own defaults are made for
//! networks of another kind: an embedding of deviation 1 would drown everything after it.

use burn::module::Param;
use burn::nn::{Embedding, EmbeddingConfig, Initializer, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

fn normal(deviation: f64) -> Initializer {
    Initializer::Normal {
        mean: 0.0,
        std: deviation,
    }
}

pub(crate) fn linear(
    [from, to]: [usize; 2],
    bias: bool,
    deviation: f64,
    device: &Device,
) -> Linear {
    let linear = LinearConfig::new(from, to)
        .with_bias(false)
        .with_initializer(normal(deviation))
        .init(device);
    let zeros: Option<Param<Tensor<1>>> = bias.then(|| Initializer::Zeros.init([to], device));
    Linear {
        bias: zeros,
        ..linear
    }
}

pub(crate) fn embedding([rows, width]: [usize; 2], deviation: f64, device: &Device) -> Embedding {
    EmbeddingConfig::new(rows, width)
        .with_initializer(normal(deviation))
        .init(device)
}
