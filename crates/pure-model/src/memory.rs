//! How much memory a model takes, before it is loaded: counted where it can be counted, estimated
//! where it depends on what Burn keeps.
//!
//! ```text
//! inference:  weights + cache + work
//! training:   weights + gradients + 2 moments (f32 each) + kept activations + work
//! cache       2 layers kv_width batch length
//! kept        tokens layers (6 hidden + 4 q_width + 4 kv_width + 3 inner + 3 heads length)
//! work        tokens of one layer, and one block of logits and what is made of it; in training, where
//!             the embedding is the head too, the gradient of one use while that of the other comes
//! ```
//!
//! `kept` counts the tensors that the backward pass of [`Decoder`](crate::Decoder) reads again; of
//! the logits none is kept: see [`score_tokens`](crate::CausalLm::score_tokens). Tests hold the count of parameters to the modules themselves; the
//! peaks of the benches' shapes on the processor were 5 % over to 20 % under these estimates.

use pure_kernels::MOST_LOGITS;

use crate::{ModelConfig, Precision};

/// Bytes of each part of what a model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// The parameters.
    pub weights: u64,
    /// Keys and values of texts that are being written; none in training.
    pub cache: u64,
    /// Gradients and the two moments of AdamW; none in inference.
    pub optimizer: u64,
    /// What the backward pass reads again, and what a pass needs for the moment.
    pub activations: u64,
}

impl Memory {
    /// All parts together.
    pub fn total(&self) -> u64 {
        self.weights + self.cache + self.optimizer + self.activations
    }
}

impl ModelConfig {
    /// Number of parameters.
    pub fn parameters(&self) -> u64 {
        let [hidden, inner] = [self.hidden_size, self.intermediate_size].map(|n| n as u64);
        let [query, key] = [self.query_width(), self.key_width()].map(|n| n as u64);
        let embedding = self.vocab_size as u64 * hidden;
        let head = if self.tie_word_embeddings {
            0
        } else {
            embedding
        };
        let attention = hidden * (query + 2 * key)
            + query * hidden
            + u64::from(self.qkv_bias()) * (query + 2 * key)
            + u64::from(self.output_bias()) * hidden
            + u64::from(self.qk_norm()) * 2 * self.head_dim as u64;
        let block = attention + 3 * hidden * inner + 2 * hidden;
        embedding + self.num_hidden_layers as u64 * block + hidden + head
    }

    /// Memory to write `batch` texts of `length` tokens.
    pub fn memory_for_inference(&self, precision: Precision, batch: u64, length: u64) -> Memory {
        let bytes = precision.bytes() as u64;
        let per_token = 2 * self.num_hidden_layers as u64 * self.key_width() as u64;
        Memory {
            weights: self.parameters() * bytes,
            cache: per_token * batch * length * bytes,
            optimizer: 0,
            activations: self.work(batch * length, length) * bytes
                + self.work_of_head(batch * length) * 4,
        }
    }

    /// Memory to train on `batch` texts of `length` tokens in f32, every block's activations kept.
    pub fn memory_for_training(&self, batch: u64, length: u64) -> Memory {
        let tokens = batch * length;
        let [hidden, inner] = [self.hidden_size, self.intermediate_size].map(|n| n as u64);
        let [query, key] = [self.query_width(), self.key_width()].map(|n| n as u64);
        let scores = self.num_attention_heads as u64 * length;
        let block = 6 * hidden + 4 * query + 4 * key + 3 * inner + 3 * scores;
        let kept = self.num_hidden_layers as u64 * block;
        let second_gradient = if self.tie_word_embeddings {
            self.vocab_size as u64 * hidden
        } else {
            0
        };
        let work = self.work(tokens, length) + self.work_of_head(tokens) + second_gradient;
        Memory {
            weights: self.parameters() * 4,
            cache: 0,
            optimizer: self.parameters() * 12,
            activations: (tokens * kept + work) * 4,
        }
    }

    /// Numbers that the largest moment of a forward pass holds at once.
    fn work(&self, tokens: u64, length: u64) -> u64 {
        let attention =
            2 * self.num_attention_heads as u64 * length + 3 * self.query_width() as u64;
        let feed_forward = 3 * self.intermediate_size as u64;
        tokens * (2 * self.hidden_size as u64 + attention.max(feed_forward))
    }

    /// Of which f32 numbers: a block of logits, and as many that are made of it.
    fn work_of_head(&self, tokens: u64) -> u64 {
        2 * (tokens * self.vocab_size as u64).min(MOST_LOGITS as u64)
    }
}

#[cfg(test)]
mod tests {
    use burn::module::Module;
    use burn::tensor::Device;

    use crate::ModelConfig;

    #[test]
    fn parameters_are_counted_as_the_modules_have_them() {
        let mut json = serde_json::json!({
            "vocab_size": 50, "hidden_size": 16, "intermediate_size": 24, "head_dim": 6,
            "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
            "max_position_embeddings": 64, "rope_theta": 1e4
        });
        for family in ["qwen2", "qwen3", "llama"] {
            for (tied, bias) in [(true, true), (false, false)] {
                json["model_type"] = family.into();
                json["tie_word_embeddings"] = tied.into();
                json["attention_bias"] = (bias || family == "qwen2").into();
                let config = ModelConfig::from_json(&json.to_string()).unwrap();
                let model = config.init(&Device::flex());
                assert_eq!(config.parameters(), model.num_params() as u64, "{json}");
            }
        }
    }
}
