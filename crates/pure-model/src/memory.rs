//! How much memory a model takes, before it is loaded: counted where it can be counted, estimated
//! where it depends on what Burn keeps.
//!
//! ```text
//! inference:  weights + cache + work
//! training:   weights + gradients + 2 moments (f32 each) + kept activations + work
//! adapters:   weights + adapters + gradients and moments of the adapters alone + the same
//! cache       2 layers kv_width batch length
//! block       tokens (4 hidden + 2 q_width + 2 kv_width + 3 inner)
//!             with adapters as many times the rank more as they are
//! kept        layers block; with gradient checkpointing tokens (layers + 1) hidden
//! work        the larger of the head's, a block of logits, what is made of it and the head's gradient, and a
//!             layer's, its tokens, and with gradient checkpointing a block
//! ```
//!
//! `kept` counts the tensors that the backward pass of [`Decoder`](crate::Decoder) reads again. Of scores and
//! logits none is kept: see [`attention`](pure_kernels::attention) and
//! [`score_tokens`](crate::CausalLm::score_tokens). A block of logits is counted as the processor has it; GPUs
//! take some 0.4 GB more. Tests hold the count of parameters to the modules themselves.
//!
//! Batches and lengths may be any numbers: what no `u64` holds counts as the largest.

use std::num::Saturating;

use pure_kernels::MOST_LOGITS;

use crate::{LoraConfig, ModelConfig, Precision, Projection};

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
        let parts = [self.weights, self.cache, self.optimizer, self.activations];
        parts.into_iter().fold(0, u64::saturating_add)
    }
}

/// A count that stops at the largest number there is.
type Count = Saturating<u64>;

fn count(n: usize) -> Count {
    Saturating(n as u64)
}

impl ModelConfig {
    /// Number of parameters.
    pub fn parameters(&self) -> u64 {
        self.all_parameters().0
    }

    fn all_parameters(&self) -> Count {
        let [hidden, inner] = [self.hidden_size, self.intermediate_size].map(count);
        let [query, key] = [self.query_width(), self.key_width()].map(count);
        let if_any = |there: bool, number: Count| if there { number } else { count(0) };
        let embedding = count(self.vocab_size) * hidden;
        let head = if_any(!self.tie_word_embeddings, embedding);
        let attention = hidden * (query + key + key)
            + query * hidden
            + if_any(self.qkv_bias(), query + key + key)
            + if_any(self.output_bias(), hidden)
            + if_any(self.qk_norm(), count(2) * count(self.head_dim));
        let block = attention + count(3) * hidden * inner + count(2) * hidden;
        embedding + count(self.num_hidden_layers) * block + hidden + head
    }

    /// Memory to write `batch` texts of `length` tokens.
    pub fn memory_for_inference(&self, precision: Precision, batch: u64, length: u64) -> Memory {
        let bytes = count(precision.bytes());
        let tokens = Saturating(batch) * Saturating(length);
        let per_token = count(2) * count(self.num_hidden_layers) * count(self.key_width());
        let work = self.work(tokens) * bytes + self.work_of_head(tokens) * count(4);
        Memory {
            weights: (self.all_parameters() * bytes).0,
            cache: (per_token * tokens * bytes).0,
            optimizer: 0,
            activations: work.0,
        }
    }

    /// Number of parameters of adapters, and of the weights that they are beside.
    pub fn adapters(&self, lora: &LoraConfig) -> [u64; 2] {
        let (layers, rank) = (count(self.num_hidden_layers), count(lora.rank));
        let sides = Projection::ALL
            .into_iter()
            .filter(|target| lora.targets.contains(target))
            .map(|target| self.sides(target).map(count));
        let sums = sides.fold([count(0); 2], |[adapters, weights], [from, to]| {
            [adapters + rank * (from + to), weights + from * to]
        });
        sums.map(|sum| (layers * sum).0)
    }

    /// Inputs and outputs of a projection.
    fn sides(&self, projection: Projection) -> [usize; 2] {
        let (hidden, inner) = (self.hidden_size, self.intermediate_size);
        match projection {
            Projection::QProj => [hidden, self.query_width()],
            Projection::KProj | Projection::VProj => [hidden, self.key_width()],
            Projection::OProj => [self.query_width(), hidden],
            Projection::GateProj | Projection::UpProj => [hidden, inner],
            Projection::DownProj => [inner, hidden],
        }
    }

    /// Memory to train on `batch` texts of `length` tokens in f32, all weights or adapters: every block's activations
    /// kept, or with gradient checkpointing those of one.
    pub fn memory_for_training(
        &self,
        batch: u64,
        length: u64,
        gradient_checkpointing: bool,
        lora: Option<&LoraConfig>,
    ) -> Memory {
        let tokens = Saturating(batch) * Saturating(length);
        let [hidden, inner] = [self.hidden_size, self.intermediate_size].map(count);
        let [query, key] = [self.query_width(), self.key_width()].map(count);
        let adapters = lora.map_or(count(0), |lora| Saturating(self.adapters(lora)[0]));
        let of_adapters = lora.map_or(count(0), |lora| {
            count(lora.rank) * count(lora.targets.len())
        });
        let block = count(4) * hidden + count(2) * (query + key) + count(3) * inner + of_adapters;
        let layers = count(self.num_hidden_layers);
        let (kept, again) = match gradient_checkpointing {
            true => ((layers + count(1)) * hidden, block),
            false => (layers * block, count(0)),
        };
        // Of the size of the largest parameter: the gradient of the head, which is added to that of the batches
        // before, and what AdamW makes of it.
        let largest = match lora {
            Some(_) => count(0),
            None => count(self.vocab_size) * hidden,
        };
        let of_head = self.work_of_head(tokens) + largest;
        let of_layer = self.work(tokens) + tokens * again;
        let pass = tokens * kept + of_head.max(of_layer);
        let all = self.all_parameters();
        let trained = if lora.is_some() { adapters } else { all };
        Memory {
            weights: ((all + adapters) * count(4)).0,
            cache: 0,
            optimizer: (trained * count(12)).0,
            activations: (pass * count(4)).0,
        }
    }

    /// Numbers that the largest moment of a layer's pass holds at once.
    fn work(&self, tokens: Count) -> Count {
        let attention = count(4) * count(self.query_width());
        let feed_forward = count(3) * count(self.intermediate_size);
        tokens * (count(2) * count(self.hidden_size) + attention.max(feed_forward))
    }

    /// Of which f32 numbers: a block of logits, and as many that are made of it.
    fn work_of_head(&self, tokens: Count) -> Count {
        count(2) * (tokens * count(self.vocab_size)).min(count(MOST_LOGITS))
    }
}

#[cfg(test)]
mod tests {
    use burn::module::Module;
    use burn::tensor::Device;

    use crate::{LoraConfig, ModelConfig, Precision};

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
                let lora = LoraConfig::default();
                let adapted = lora.adapt(model, 0).num_params() as u64;
                let [adapters, beside] = config.adapters(&lora);
                assert_eq!(config.parameters() + adapters, adapted, "{json}");
                let embeddings = if tied { 800 } else { 1600 };
                assert!(beside < config.parameters() - embeddings, "{json}");
            }
        }
    }

    #[test]
    fn batches_of_any_size_can_be_asked_about() {
        let config = ModelConfig::small();
        for [batch, length] in [[1_000_000, 100_000_000], [u64::MAX, u64::MAX]] {
            let writing = config.memory_for_inference(Precision::F32, batch, length);
            let training = config.memory_for_training(batch, length, false, None);
            let checkpointed = config.memory_for_training(batch, length, true, None);
            assert!(checkpointed.activations <= training.activations);
            assert!(training.activations >= writing.activations);
            assert!(training.total() >= training.activations);
            assert_eq!(writing.weights, 4 * config.parameters());
        }
        assert_eq!(
            config.memory_for_training(u64::MAX, 1, false, None).total(),
            u64::MAX
        );
    }
}
