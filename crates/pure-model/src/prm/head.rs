//! The layers that turn a hidden state into two logits, in the two layouts that reward models have.
//!
//! | head | tensors | logits of a hidden state `h` | known from |
//! | --- | --- | --- | --- |
//! | [token classification](PrmHead::TokenClassification) | `score.weight` `[2, d]`, perhaps `score.bias` | `W h + b` | `Qwen2ForTokenClassification`; TRL, PURE |
//! | [two layers](PrmHead::TwoLayers) | `score.0.*` `[d, d]`, `score.2.*` `[2, d]`, with biases | `W2 relu(W0 h + b0) + b2` | Qwen2.5-Math-PRM |
//!
//! Departures: transformers drops out hidden states in front of a token-classification head, with
//! probability 0.1 while it trains. Here nothing is dropped.

use burn::module::Module;
use burn::nn::{Linear, Relu};
use burn::tensor::{Device, Tensor};

use crate::product::linear;
use crate::{Family, ModelConfig, init};

/// How many labels a step may have: bad, good.
pub(super) const LABELS: usize = 2;

/// The layout of a reward model's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrmHead {
    /// One linear layer.
    TokenClassification {
        /// Whether it has a bias: those that transformers makes have.
        bias: bool,
    },
    /// Two linear layers with a ReLU between them.
    TwoLayers,
}

impl Default for PrmHead {
    fn default() -> Self {
        Self::TokenClassification { bias: true }
    }
}

impl PrmHead {
    /// The class in `architectures` of `config.json`.
    pub(super) fn class(self, family: Family) -> String {
        let task = match self {
            Self::TokenClassification { .. } => "TokenClassification",
            Self::TwoLayers => "ProcessRewardModel",
        };
        format!("{}For{task}", family.class_prefix())
    }

    /// A fresh head, for a decoder of the given shape.
    pub(super) fn init(self, config: &ModelConfig, device: &Device) -> Head {
        let (width, deviation) = (config.hidden_size, config.initializer_range);
        match self {
            Self::TokenClassification { bias } => {
                Head::Linear(init::linear([width, LABELS], bias, deviation, device))
            }
            Self::TwoLayers => Head::Sequential(vec![
                Layer::Linear(init::linear([width, width], true, deviation, device)),
                Layer::Relu(Relu::new()),
                Layer::Linear(init::linear([width, LABELS], true, deviation, device)),
            ]),
        }
    }
}

/// The head itself. Names of variants are no part of a tensor's name, places in the list are:
/// `score.weight`, `score.0.weight`.
#[derive(Module, Debug)]
pub(super) enum Head {
    Linear(Linear),
    Sequential(Vec<Layer>),
}

#[derive(Module, Debug)]
pub(super) enum Layer {
    Linear(Linear),
    Relu(Relu),
}

impl Head {
    pub(super) fn layout(&self) -> PrmHead {
        match self {
            Self::Linear(linear) => PrmHead::TokenClassification {
                bias: linear.bias.is_some(),
            },
            Self::Sequential(_) => PrmHead::TwoLayers,
        }
    }

    /// `[tokens, hidden]` to `[tokens, 2]`.
    pub(super) fn forward(&self, hidden: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Linear(layer) => linear(layer, hidden),
            Self::Sequential(layers) => layers.iter().fold(hidden, |x, layer| match layer {
                Layer::Linear(layer) => linear(layer, x),
                Layer::Relu(relu) => relu.forward(x),
            }),
        }
    }
}
