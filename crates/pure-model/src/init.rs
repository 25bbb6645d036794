//! How a model that is not loaded begins: weights from a normal distribution whose deviation is
//! `initializer_range`, biases at zero, as transformers does. Burn's own defaults are made for
//! networks of another kind: an embedding of deviation 1 would drown everything after it.

use burn::module::{Module, ModuleVisitor, Param};
use burn::nn::{Embedding, EmbeddingConfig, Initializer, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use crate::Error;

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

/// Whether there is memory for the parameters that are still to be drawn: without it the process ends
/// in the middle of drawing them.
pub(crate) fn check_memory<M: Module>(model: &M) -> Result<(), Error> {
    #[derive(Default)]
    struct Undrawn(u64);

    impl ModuleVisitor for Undrawn {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if !param.is_initialized() {
                let sizes = param.lazy_shape().dims::<D>().map(|size| size as u64);
                self.0 += sizes.into_iter().product::<u64>();
            }
        }
    }

    let mut undrawn = Undrawn::default();
    model.visit(&mut undrawn);
    let parameters = undrawn.0;
    let bytes = parameters * size_of::<f32>() as u64;
    let is_there = usize::try_from(bytes).is_ok_and(|bytes| {
        let mut asked = Vec::<u8>::new();
        // Or the compiler sees that nothing is done with it, and leaves the question out.
        std::hint::black_box(&mut asked)
            .try_reserve_exact(bytes)
            .is_ok()
    });
    match is_there {
        true => Ok(()),
        false => Err(Error::NoMemory { parameters, bytes }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelConfig;

    #[test]
    fn a_new_model_that_has_no_room_in_memory_is_refused_before_it_is_drawn() {
        let mut config = ModelConfig::small();
        check_memory(&config.init(&Device::flex())).unwrap();
        (config.vocab_size, config.hidden_size) = (1 << 24, 1 << 24);
        let error = check_memory(&config.init(&Device::flex())).unwrap_err();
        assert!(error.to_string().contains("no memory"), "{error}");
    }
}
