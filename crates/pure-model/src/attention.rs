//! Attention of a block: projections, rotary positions, the cache, grouped-query attention.
//!
//! ```text
//! q = rotate(norm(x Wq))    k = rotate(norm(x Wk))    v = x Wv
//! out = attention(q, k, v) Wo
//! ```

use burn::module::Module;
use burn::nn::{Linear, RmsNorm, RmsNormConfig};
use burn::tensor::{DType, Device, Tensor};
use pure_kernels::Heads;

use crate::cache::LayerCache;
use crate::lora::Noise;
use crate::norm::normed;
use crate::pass::Pass;
use crate::product::{products_of_three, project, project_three};
use crate::{ModelConfig, Projection, init};

/// Attention of one block; fields are named as in the Hugging Face checkpoint.
#[derive(Module, Debug)]
pub struct Attention {
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    o_proj: Linear,
    /// Qwen3 normalises each head of queries and keys.
    q_norm: Option<RmsNorm>,
    k_norm: Option<RmsNorm>,
    #[module(skip)]
    heads: usize,
    #[module(skip)]
    kv_heads: usize,
    #[module(skip)]
    head_dim: usize,
}

impl Attention {
    pub(crate) fn new(config: &ModelConfig, device: &Device) -> Self {
        let deviation = config.initializer_range;
        let layer = |from, to, bias| init::linear([from, to], bias, deviation, device);
        let head_norm = || {
            config.qk_norm().then(|| {
                RmsNormConfig::new(config.head_dim)
                    .with_epsilon(config.rms_norm_eps)
                    .init(device)
            })
        };
        let (width, qkv_bias) = (config.hidden_size, config.qkv_bias());
        Self {
            q_proj: layer(width, config.query_width(), qkv_bias),
            k_proj: layer(width, config.key_width(), qkv_bias),
            v_proj: layer(width, config.key_width(), qkv_bias),
            o_proj: layer(config.query_width(), width, config.output_bias()),
            q_norm: head_norm(),
            k_norm: head_norm(),
            heads: config.num_attention_heads,
            kv_heads: config.num_key_value_heads,
            head_dim: config.head_dim,
        }
    }

    /// Heads of keys and values, and the width of one.
    pub(crate) fn key_shape(&self) -> [usize; 2] {
        [self.kv_heads, self.head_dim]
    }

    /// # Shapes
    ///
    /// - `x`: `[batch * length, hidden]`
    /// - output: as `x`
    pub(crate) fn forward(
        &self,
        x: Tensor<2>,
        pass: &Pass,
        noise: Option<Noise>,
        cache: Option<LayerCache<'_>>,
    ) -> Tensor<2> {
        let [batch, length] = pass.shape;
        let split = |x: Tensor<2>, heads| x.reshape([batch, length, heads, self.head_dim]);
        let heads_normed = |x: Tensor<4>, norm: &Option<RmsNorm>| match norm {
            Some(norm) => {
                let shape = x.dims();
                let rows = x.reshape([-1, self.head_dim as i64]).cast(DType::F32);
                normed(norm, rows).reshape(shape)
            }
            None => x,
        };

        let inputs = [
            (&self.q_proj, Projection::QProj),
            (&self.k_proj, Projection::KProj),
            (&self.v_proj, Projection::VProj),
        ];
        let biases = if cache.is_some() {
            self.biases_of_cached()
        } else {
            None
        };
        let [q, k, v] = match biases {
            Some(_) => products_of_three(inputs.map(|(layer, _)| layer), x),
            None => project_three(inputs, x, noise),
        };
        let q = heads_normed(split(q, self.heads), &self.q_norm);
        let k = heads_normed(split(k, self.kv_heads), &self.k_norm);
        let v = split(v, self.kv_heads);

        let scale = (self.head_dim as f64).powf(-0.5);
        let mixed = match cache {
            Some(cache) => {
                let angles = pass.rotation.angles();
                let heads = Heads {
                    q,
                    k,
                    v,
                    biases,
                    angles,
                };
                cache.attend(heads, scale)
            }
            None => {
                let [q, k] = [q, k].map(|heads| pass.rotation.apply(heads));
                let [q, k, v] = [q, k, v].map(|x| x.swap_dims(1, 2));
                pure_kernels::attention(q, k, v, &pass.visible, scale).swap_dims(1, 2)
            }
        };
        let mixed = mixed.reshape([batch * length, self.heads * self.head_dim]);
        project(&self.o_proj, Projection::OProj, mixed, noise)
    }

    /// The biases of queries, keys and values, where nothing else comes between their products and the cache, which adds
    /// them as it takes them in.
    fn biases_of_cached(&self) -> Option<[Tensor<1>; 3]> {
        let layers = [&self.q_proj, &self.k_proj, &self.v_proj];
        let is_plain = |layer: &&Linear| layer.bias.is_some() && layer.weight.adapter().is_none();
        let is_all = self.q_norm.is_none() && layers.iter().all(is_plain);
        is_all.then(|| layers.map(|layer| layer.bias.as_ref().expect("all have one").val()))
    }
}
