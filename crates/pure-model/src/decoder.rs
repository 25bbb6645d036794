//! The decoder: embedding, a stack of pre-norm blocks, a last norm. Tokens in, hidden states out.
//!
//! ```text
//! h_0 = embed(tokens)
//! x   = h_i + attention(norm(h_i))
//! h_{i+1} = x + mlp(norm(x))
//! out = norm(h_n)
//! ```
//!
//! It has no state: the cache, if any, belongs to the caller. Module and field names are those of
//! the Hugging Face checkpoint, so that a parameter's path is its tensor's name.

mod backward;

use burn::module::Module;
use burn::nn::{Embedding, RmsNorm, RmsNormConfig};
use burn::tensor::{DType, Device, Int, Tensor};

use crate::attention::Attention;
use crate::cache::{KvCache, LayerCache};
use crate::lora::Noise;
use crate::mlp::Mlp;
use crate::norm::normed;
use crate::pass::Pass;
use crate::positions::Positions;
use crate::{ModelConfig, init};
pub use backward::Recording;

/// One block: attention, then feed-forward, each behind a norm and beside a residual.
#[derive(Module, Debug)]
struct Block {
    input_layernorm: RmsNorm,
    self_attn: Attention,
    post_attention_layernorm: RmsNorm,
    mlp: Mlp,
}

impl Block {
    /// `[batch * length, hidden]` to the same.
    fn forward(
        &self,
        hidden: Tensor<2>,
        pass: &Pass,
        noise: Option<Noise>,
        cache: Option<LayerCache<'_>>,
    ) -> Tensor<2> {
        let x = normed(&self.input_layernorm, hidden.clone());
        let hidden = hidden + self.self_attn.forward(x, pass, noise, cache);
        let x = normed(&self.post_attention_layernorm, hidden.clone());
        hidden + self.mlp.forward(x, noise)
    }
}

/// A Qwen- or Llama-style decoder without a head.
///
/// Put it inside a module of your own to build on its hidden states; see
/// [`CausalLm`](crate::CausalLm) for the language model.
#[derive(Module, Debug)]
pub struct Decoder {
    embed_tokens: Embedding,
    layers: Vec<Block>,
    norm: RmsNorm,
    #[module(skip)]
    frequencies: Vec<f32>,
    #[module(skip)]
    max_positions: usize,
}

impl ModelConfig {
    /// A decoder of this shape. Its parameters are drawn when they are first used, so one that is
    /// about to be loaded costs nothing.
    pub fn init_decoder(&self, device: &Device) -> Decoder {
        let norm = || {
            RmsNormConfig::new(self.hidden_size)
                .with_epsilon(self.rms_norm_eps)
                .init(device)
        };
        let block = |_| Block {
            input_layernorm: norm(),
            self_attn: Attention::new(self, device),
            post_attention_layernorm: norm(),
            mlp: Mlp::new(self, device),
        };
        Decoder {
            embed_tokens: init::embedding(
                [self.vocab_size, self.hidden_size],
                self.initializer_range,
                device,
            ),
            layers: (0..self.num_hidden_layers).map(block).collect(),
            norm: norm(),
            frequencies: self.rope.frequencies(self.head_dim),
            max_positions: self.max_position_embeddings,
        }
    }
}

impl Decoder {
    /// Hidden states of every token, after the last norm.
    ///
    /// # Shapes
    ///
    /// - `tokens`: `[batch, length]`
    /// - output: `[batch, length, hidden]`; those of pads mean nothing
    ///
    /// # Panics
    ///
    /// If `positions` are of another shape than `tokens` (one row may stand for all).
    pub fn forward(&self, tokens: Tensor<2, Int>, positions: &Positions) -> Tensor<3> {
        let keys = positions.keys(&tokens.device());
        self.run(tokens, positions, keys, None, |_| ())
    }

    /// The residual stream of every token: after the embedding, then after each block, the last
    /// one not yet normed. Shapes are those of [`forward`](Self::forward).
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward).
    pub fn residuals(&self, tokens: Tensor<2, Int>, positions: &Positions) -> Vec<Tensor<3>> {
        let keys = positions.keys(&tokens.device());
        let mut all = Vec::with_capacity(self.layers.len() + 1);
        self.run(tokens, positions, keys, None, |hidden| {
            all.push(hidden.clone())
        });
        all
    }

    /// As [`forward`](Self::forward), for tokens that continue what is in `cache`, which takes
    /// them in.
    ///
    /// # Panics
    ///
    /// Also if the cache has no room for the tokens or has another number of rows.
    pub fn forward_cached(
        &self,
        tokens: Tensor<2, Int>,
        positions: &Positions,
        cache: &mut KvCache,
    ) -> Tensor<3> {
        let keys = cache.append_positions(positions);
        self.run(tokens, positions, keys, Some(cache), |_| ())
    }

    /// An empty cache for `rows` texts of up to `capacity` tokens each, pads included.
    pub fn new_cache(&self, rows: usize, capacity: usize) -> KvCache {
        let [kv_heads, head_dim] = self.layers[0].self_attn.key_shape();
        let shape = [rows, kv_heads, capacity, head_dim];
        KvCache::new(self.layers.len(), shape, &self.device())
    }

    /// Where its weights are.
    pub fn device(&self) -> Device {
        self.norm.gamma.lazy_device()
    }

    /// The precision of its products: that of its matrices. All else is f32.
    pub fn dtype(&self) -> DType {
        self.embed_tokens.weight.base().dtype()
    }

    /// The longest text that it was made for.
    pub fn max_positions(&self) -> usize {
        self.max_positions
    }

    /// The embedding matrix, `[vocab_size, hidden]`: also the output head of tied models.
    pub(crate) fn embedding(&self) -> Tensor<2> {
        self.embed_tokens.weight.val()
    }

    pub(crate) fn vocab_size(&self) -> usize {
        self.embed_tokens.weight.lazy_shape()[0]
    }

    fn run(
        &self,
        tokens: Tensor<2, Int>,
        positions: &Positions,
        keys: Tensor<2, Int>,
        cache: Option<&mut KvCache>,
        mut observe: impl FnMut(&Tensor<3>),
    ) -> Tensor<3> {
        assert!(
            cache.is_none() || !positions.is_packed(),
            "rows of several texts have no cache"
        );
        let pass = Pass::new(&self.frequencies, &tokens, positions, keys, None);
        // The tokens of all rows one after another: a layer's products are then one large matrix
        // product each, and not one a row.
        let embedded = self.embed_tokens.forward(tokens);
        let shape = embedded.dims();
        let mut hidden: Tensor<2> = embedded.flatten(0, 1).cast(DType::F32);
        observe(&hidden.clone().reshape(shape));
        let mut caches = cache.map(KvCache::layers_mut);
        for block in &self.layers {
            let cache = caches.as_mut().and_then(Iterator::next);
            hidden = block.forward(hidden, &pass, None, cache);
            observe(&hidden.clone().reshape(shape));
        }
        normed(&self.norm, hidden).reshape(shape)
    }
}
