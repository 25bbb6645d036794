//! How a model that is not loaded begins: weights from a normal distribution of deviation 0.02,
//! biases at zero, as transformers does (`initializer_range`). Burn's own defaults are made for
//! networks of another kind: an embedding of deviation 1 would drown everything after it.

use burn::module::Param;
use burn::nn::{Embedding, EmbeddingConfig, Initializer, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

const NORMAL: Initializer = Initializer::Normal {
    mean: 0.0,
    std: 0.02,
};

pub(crate) fn linear(from: usize, to: usize, bias: bool, device: &Device) -> Linear {
    let linear = LinearConfig::new(from, to)
        .with_bias(false)
        .with_initializer(NORMAL)
        .init(device);
    let zeros: Option<Param<Tensor<1>>> = bias.then(|| Initializer::Zeros.init([to], device));
    Linear {
        bias: zeros,
        ..linear
    }
}

pub(crate) fn embedding(rows: usize, width: usize, device: &Device) -> Embedding {
    EmbeddingConfig::new(rows, width)
        .with_initializer(NORMAL)
        .init(device)
}
