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
use pure_kernels::BlockTables;

use crate::attention::Attention;
use crate::cache::{CachedText, KvCache, LayerCache};
use crate::device::is_processor;
use crate::lora::Noise;
use crate::mlp::Mlp;
use crate::norm::Residual;
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
    fn forward(&self, hidden: Tensor<2>, pass: &Pass, noise: Option<Noise>) -> Tensor<2> {
        let mut residual = Residual::new(hidden);
        self.add_to(&mut residual, pass, noise, None);
        residual.into_sum()
    }

    fn add_to(
        &self,
        residual: &mut Residual,
        pass: &Pass,
        noise: Option<Noise>,
        cache: Option<LayerCache<'_>>,
    ) {
        let x = residual.normed(&self.input_layernorm, pass.dtype);
        residual.add(self.self_attn.forward(x, pass, noise, cache));
        let x = residual.normed(&self.post_attention_layernorm, pass.dtype);
        residual.add(self.mlp.forward(x, noise));
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
        let pass = Pass::new(&self.frequencies, &tokens, positions, None);
        self.run(tokens, &pass, None, None)
    }

    /// The residual stream of every token: after the embedding, then after each block, the last
    /// one not yet normed. Shapes are those of [`forward`](Self::forward).
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward).
    pub fn residuals(&self, tokens: Tensor<2, Int>, positions: &Positions) -> Vec<Tensor<3>> {
        let pass = Pass::new(&self.frequencies, &tokens, positions, None);
        let mut all = Vec::with_capacity(self.layers.len() + 1);
        self.run(tokens, &pass, None, Some(&mut all));
        all
    }

    /// Reads on in some texts, whose keys and values are in `cache`: hidden states of the new tokens of
    /// each, `[texts, most new tokens, hidden]`. Those behind a text's last token mean nothing.
    ///
    /// # Panics
    ///
    /// If there are not as many texts as parts, the cache has too few [free blocks](KvCache::free), or a
    /// text is in another cache.
    pub fn forward_cached<T: AsRef<[u32]>>(
        &self,
        cache: &mut KvCache,
        texts: &mut [&mut CachedText],
        new: &[T],
    ) -> Tensor<3> {
        assert_eq!(texts.len(), new.len(), "tokens for each text");
        let counts: Vec<usize> = new.iter().map(|tokens| tokens.as_ref().len()).collect();
        let width = counts.iter().copied().max().unwrap_or(0);
        let ranges = texts.iter().zip(&counts);
        let ranges = ranges.map(|(text, count)| text.len()..text.len() + count);
        let positions = Positions::continued(ranges, width);
        let tables = cache.extend(texts, &counts, &positions);

        let mut tokens = vec![0; new.len() * width];
        for (row, new) in tokens.chunks_mut(width.max(1)).zip(new) {
            for (to, &token) in row.iter_mut().zip(new.as_ref()) {
                *to = token as i32;
            }
        }
        let tokens = Tensor::<1, Int>::from_ints(tokens.as_slice(), &self.device());
        let tokens = tokens.reshape([new.len(), width]);
        let mut pass = Pass::new(&self.frequencies, &tokens, &positions, None);
        if !is_processor(&self.device()) {
            pass.dtype = self.dtype();
        }
        self.run(tokens, &pass, Some((cache, &tables)), None)
    }

    /// An empty cache of so many blocks; see [`KvCache::blocks_of`].
    pub fn new_cache(&self, blocks: usize) -> KvCache {
        KvCache::new(self.layers.len(), blocks, self.slot(), &self.device())
    }

    /// Bytes that a token takes in a cache.
    pub fn cache_bytes_per_token(&self) -> u64 {
        (self.layers.len() * self.slot() * DType::F32.size()) as u64
    }

    /// Numbers of a token in a layer of a cache: its keys and its values.
    fn slot(&self) -> usize {
        let [kv_heads, head_dim] = self.layers[0].self_attn.key_shape();
        2 * kv_heads * head_dim
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
        pass: &Pass,
        cache: Option<(&mut KvCache, &BlockTables)>,
        mut residuals: Option<&mut Vec<Tensor<3>>>,
    ) -> Tensor<3> {
        // The tokens of all rows one after another: a layer's products are then one large matrix
        // product each, and not one a row.
        let embedded = self.embed_tokens.forward(tokens);
        let shape = embedded.dims();
        let mut residual = Residual::new(embedded.flatten(0, 1).cast(DType::F32));
        let mut caches = cache.map(|(cache, tables)| cache.layers_mut(tables));
        let mut observe = |residual: &Residual| {
            if let Some(all) = &mut residuals {
                all.push(residual.clone().into_sum().reshape(shape));
            }
        };
        observe(&residual);
        for block in &self.layers {
            let cache = caches.as_mut().and_then(Iterator::next);
            block.add_to(&mut residual, pass, None, cache);
            observe(&residual);
        }
        residual.normed(&self.norm, DType::F32).reshape(shape)
    }
}
