//! A language model: the decoder and its output head.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};
use pure_kernels::{Head, product};

use crate::product::linear;
use crate::{Decoder, ModelConfig, init};

/// A causal language model; its fields are named as in the Hugging Face checkpoint.
#[derive(Module, Debug)]
pub struct CausalLm {
    /// The decoder, for whoever wants its hidden states.
    pub model: Decoder,
    /// The output head, where it is not the embedding itself.
    lm_head: Option<Linear>,
}

impl ModelConfig {
    /// A language model of this shape; see [`init_decoder`](Self::init_decoder).
    pub fn init(&self, device: &Device) -> CausalLm {
        CausalLm {
            model: self.init_decoder(device),
            lm_head: (!self.tie_word_embeddings).then(|| {
                let shape = [self.hidden_size, self.vocab_size];
                init::linear(shape, false, self.initializer_range, device)
            }),
        }
    }
}

impl CausalLm {
    /// The unnormalised log-probabilities of the next token, from hidden states.
    ///
    /// # Shapes
    ///
    /// - `hidden`: `[batch, length, hidden]`
    /// - output: `[batch, length, vocab_size]`. For long texts and large vocabularies this is the
    ///   largest tensor by far: see [`score_tokens`](Self::score_tokens), which never makes it.
    pub fn logits(&self, hidden: Tensor<3>) -> Tensor<3> {
        let [batch, length, width] = hidden.dims();
        let hidden: Tensor<2> = hidden.reshape([batch * length, width]);
        let logits = match &self.lm_head {
            Some(head) => linear(head, hidden),
            None => product(hidden, self.model.embedding(), true),
        };
        logits.reshape([batch, length, self.vocab_size()])
    }

    pub(crate) fn head(&self) -> Head {
        match &self.lm_head {
            Some(head) => Head::Columns(head.weight.val()),
            None => Head::Rows(self.model.embedding()),
        }
    }

    /// Number of tokens that the head tells apart.
    pub fn vocab_size(&self) -> usize {
        self.model.vocab_size()
    }
}
