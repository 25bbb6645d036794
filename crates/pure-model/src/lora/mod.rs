//! Low-rank adapters (LoRA, arXiv 2106.09685): beside a frozen weight a small one that is trained.
//!
//! ```text
//! y = x W + s dropout(x) A B       W [in, out] frozen,  A [in, rank],  B [rank, out],  s = alpha / rank
//! ```
//!
//! A is drawn evenly from -1/sqrt(in) to 1/sqrt(in), as PEFT draws it, and B is zero, so that a fresh adapter changes
//! nothing. Burn keeps the two factors beside the weight ([`LoraAdapter`]) and would make `W + s A B`, and a gradient
//! of its size, at each use; layers here compute the second product by itself, so neither exists. Whoever only reads
//! a model, such as a sampler, takes the [`merged`] one.
//!
//! The head of a reward model is trained whole beside the adapters of its decoder: PEFT's `modules_to_save`.

mod dropout;
mod files;
#[cfg(test)]
mod tests;

use burn::module::{LoraAdapter, Module, Param, ParamId, Reparameterizer};
use burn::tensor::{Device, Tensor, TensorData};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::dropout::Dropout;
pub(crate) use self::dropout::Noise;
pub(crate) use self::files::{ADAPTER, Adapter, write_config};
use crate::weights::HEAD;

/// Settings of the adapters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LoraConfig {
    /// Rank of the adapters.
    pub rank: usize,
    /// What an adapter adds is multiplied by `alpha / rank`.
    pub alpha: f64,
    /// The layers that have an adapter.
    pub targets: Vec<Projection>,
    /// Share of an adapter's inputs that is dropped in training. A policy is better off without: what it samples
    /// drops nothing, so its ratios would be of another model.
    pub dropout: f64,
}

/// A linear layer of a block, as checkpoints name it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "their names are those of the layers")]
pub enum Projection {
    QProj,
    KProj,
    VProj,
    OProj,
    GateProj,
    UpProj,
    DownProj,
}

impl Projection {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::QProj,
        Self::KProj,
        Self::VProj,
        Self::OProj,
        Self::GateProj,
        Self::UpProj,
        Self::DownProj,
    ];

    /// As checkpoints name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::QProj => "q_proj",
            Self::KProj => "k_proj",
            Self::VProj => "v_proj",
            Self::OProj => "o_proj",
            Self::GateProj => "gate_proj",
            Self::UpProj => "up_proj",
            Self::DownProj => "down_proj",
        }
    }
}

impl Default for LoraConfig {
    fn default() -> Self {
        Self {
            rank: 16,
            alpha: 32.0,
            targets: Projection::ALL.to_vec(),
            dropout: 0.0,
        }
    }
}

impl LoraConfig {
    /// The key and the reason, if a setting has no meaning.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        if self.rank == 0 {
            Some(("rank", "must be 1 or more"))
        } else if !(self.alpha.is_finite() && self.alpha > 0.0) {
            Some(("alpha", "must be over 0"))
        } else if self.targets.is_empty() {
            Some(("targets", "names no layer"))
        } else if !(0.0..1.0).contains(&self.dropout) {
            Some(("dropout", "must be from 0 to under 1"))
        } else {
            None
        }
    }

    /// Puts fresh adapters, which `seed` decides, beside the targeted weights of a model, and freezes all else but a
    /// reward model's head.
    ///
    /// ```
    /// # use burn::module::Module;
    /// # use burn::tensor::Device;
    /// # use pure_model::{LoraConfig, ModelConfig, merged};
    /// # let config = ModelConfig::from_json(r#"{"model_type": "qwen2", "vocab_size": 10, "hidden_size": 8,
    /// #     "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
    /// #     "num_key_value_heads": 1, "max_position_embeddings": 8, "rope_theta": 10000.0}"#)?;
    /// let model = config.init(&Device::flex().autodiff());
    /// let lora = LoraConfig { rank: 2, ..LoraConfig::default() };
    /// let adapted = lora.adapt(model.clone(), 7);
    /// assert!(adapted.num_params() > model.num_params());
    /// assert_eq!(merged(&adapted).num_params(), model.num_params());
    /// # Ok::<(), pure_model::ConfigError>(())
    /// ```
    pub fn adapt<M: Module>(&self, model: M, seed: u64) -> M {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        attach(model, |path, [inputs, outputs], device| {
            if !self.targets.contains(&projection(path)?) {
                return None;
            }
            let bound = (inputs as f32).recip().sqrt();
            let drawn = (0..inputs * self.rank).map(|_| random.random_range(-bound..bound));
            let drawn = TensorData::new(drawn.collect::<Vec<f32>>(), [inputs, self.rank]);
            let zeros = TensorData::zeros::<f32, _>([self.rank, outputs]);
            Some(LoraAdapter {
                a: Param::from_data(drawn, device),
                b: Param::from_data(zeros, device),
                scale: self.alpha / self.rank as f64,
            })
        })
    }
}

/// A model without gradients whose adapters, if it has any, are part of its weights.
pub fn merged<M: Module>(model: &M) -> M {
    model.clone().valid().materialize()
}

/// The projection whose weight has that path in a module.
fn projection(path: &str) -> Option<Projection> {
    let name = path.strip_suffix(".weight")?.rsplit('.').next()?;
    Projection::ALL.into_iter().find(|one| one.name() == name)
}

/// Freezes a model, but for a reward model's head, and puts beside its matrices the adapters that `of` makes of
/// their paths and shapes.
fn attach<M: Module>(
    model: M,
    of: impl FnMut(&str, [usize; 2], &Device) -> Option<LoraAdapter>,
) -> M {
    struct Attach<F>(F);

    impl<F: FnMut(&str, [usize; 2], &Device) -> Option<LoraAdapter>> Reparameterizer for Attach<F> {
        type Reparam = LoraAdapter;

        fn reparameterize<const D: usize>(
            &mut self,
            path: &str,
            param: Param<Tensor<D>>,
        ) -> (Param<Tensor<D>>, Option<LoraAdapter>) {
            if path.starts_with(HEAD) {
                return (param, None);
            }
            let adapter = match *param.lazy_shape().as_slice() {
                [inputs, outputs] => (self.0)(path, [inputs, outputs], &param.lazy_device()),
                _ => None,
            };
            (param.set_require_grad(false), adapter)
        }
    }

    model.apply_reparameterization(Attach(of))
}

/// A factor that is about to be loaded: until then it is nothing.
fn unread(shape: [usize; 2], device: &Device) -> Param<Tensor<2>> {
    let zeros = move |device: &Device, _| Tensor::zeros(shape, device);
    Param::uninitialized(ParamId::new(), zeros, device.clone(), true, shape.into())
}
