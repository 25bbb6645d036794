//! AdamW (arXiv 1711.05101) as Burn has it, in one pass, with the settings that language models are trained with.
//!
//! ```text
//! m = b1 m + (1 - b1) g       v = b2 v + (1 - b2) g^2
//! w = w (1 - lr decay) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
//! ```
//!
//! Departures: Burn decays every parameter. Here, unless asked for, only matrices decay: a norm's
//! gain or a bias that is pulled to zero is no simpler a model. (transformers does the same.)

use burn::optim::{AdamWState, AdaptiveMomentumState, LearningRate, ModuleOptimizer, Optimizer};
use burn::tensor::{Device, Tensor};
use pure_kernels::AdamW;
use pure_model::Offload;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the optimizer, without its learning rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OptimizerConfig {
    /// Decay rates of AdamW's two moments.
    pub betas: [f64; 2],
    /// Added to the root of the second moment, so that the division stays finite.
    pub epsilon: f64,
    /// Weight decay, decoupled: times the learning rate at each step.
    pub weight_decay: f64,
    /// Which parameters weight decay acts on.
    pub decay: Decay,
    /// Whether masters and moments are in host memory, where the processor steps, and only what computes on the
    /// device. Adapters stay where they are.
    pub offload: Offload,
    /// L2 norm that the gradient of all parameters together is clipped to; inf does not clip.
    pub max_grad_norm: f64,
}

/// Which parameters decay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decay {
    /// Matrices: neither biases nor the gains of norms.
    #[default]
    Matrices,
    /// All.
    All,
}

impl Default for OptimizerConfig {
    fn default() -> Self {
        Self {
            betas: [0.9, 0.999],
            epsilon: 1e-8,
            weight_decay: 0.0,
            decay: Decay::Matrices,
            max_grad_norm: 1.0,
            offload: Offload::Auto,
        }
    }
}

impl OptimizerConfig {
    /// The key and the reason, if a setting has no meaning.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let is_share = |beta: f64| (0.0..1.0).contains(&beta);
        let is_amount = |number: f64| number.is_finite() && number >= 0.0;
        if !self.betas.into_iter().all(is_share) {
            Some(("betas", "must be from 0 to under 1"))
        } else if !(self.epsilon.is_finite() && self.epsilon > 0.0) {
            Some(("epsilon", "must be over 0"))
        } else if !is_amount(self.weight_decay) {
            Some(("weight_decay", "must be 0 or more"))
        } else if self.max_grad_norm.is_nan() || self.max_grad_norm <= 0.0 {
            Some(("max_grad_norm", "must be over 0 (inf does not clip)"))
        } else {
            None
        }
    }

    /// The optimizer, which clips nothing: that is done to the gradients of all parameters together.
    pub fn init(&self) -> ModuleOptimizer {
        Fused {
            betas: self.betas.map(|beta| beta as f32),
            epsilon: self.epsilon as f32,
            weight_decay: self.weight_decay as f32,
            decay: self.decay,
        }
        .into()
    }
}

/// Burn's AdamW, its arithmetic fused, with a decay for matrices and one for all else. (Burn's groups are lists of
/// parameters' ids, which loading a checkpoint changes, or parts of their paths; this holds for any module.)
#[derive(Clone)]
struct Fused {
    betas: [f32; 2],
    epsilon: f32,
    weight_decay: f32,
    decay: Decay,
}

impl Optimizer for Fused {
    type State<const D: usize> = AdamWState<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        param: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let (time, moments) = match state {
            Some(AdamWState { momentum }) => {
                (momentum.time, [momentum.moment_1, momentum.moment_2])
            }
            None => (0, [gradient.zeros_like(), gradient.zeros_like()]),
        };
        let decays = D >= 2 || self.decay == Decay::All;
        let step = AdamW {
            betas: self.betas,
            epsilon: self.epsilon,
            learning_rate,
            weight_decay: if decays { self.weight_decay } else { 0.0 },
            time: time + 1,
        };
        let (param, [first, second]) = step.step(param, gradient, moments);
        let momentum = AdaptiveMomentumState::new(time + 1, first, second);
        (param, Some(AdamWState::new(momentum)))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        burn::optim::AdamW::to_device(state, device)
    }
}
