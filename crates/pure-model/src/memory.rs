//! How much memory a model takes, before it is loaded: counted where it can be counted, estimated
//! where it depends on what Burn keeps.
//!
//! ```text
//! weights      f32: 4 a parameter; bf16: 2, and 4 of masters; beside adapters 4 or 2, and 4 of an adapter's
//! gradients    4 a trained parameter          moments      8 a trained parameter
//! cache        2 layers kv_width tokens, f32
//! activations  kept + a layer's work; with gradient checkpointing what is kept of the block that is made again, too
//!   kept       layers block; with gradient checkpointing tokens (layers + 1) hidden
//!   block      tokens (4 hidden + 2 q_width + 2 kv_width + 3 inner), with adapters their ranks more
//! logits       a block of them, what is made of it, and the head's gradient, as far as that is more than the
//!              work of a layer, which is over by then
//! ```
//!
//! `kept` counts the tensors that the backward pass of [`Decoder`](crate::Decoder) reads again. Of scores and
//! logits none is kept: see [`attention`](pure_kernels::attention) and
//! [`score_tokens`](crate::CausalLm::score_tokens). A block of logits is counted as the processor has it; GPUs
//! take some 0.4 GB more. Tests hold the count of parameters to the modules themselves, and forecasts to what
//! processes took.
//!
//! Batches and lengths may be any numbers: what no `u64` holds counts as the largest.

use std::num::Saturating;

use pure_kernels::MOST_LOGITS;
use serde::Serialize;

use crate::{LoraConfig, ModelConfig, Precision, Projection};

/// Bytes of each part of what a model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Memory {
    /// The parameters, masters and copies that compute included.
    pub weights: u64,
    /// The gradients of an update.
    pub gradients: u64,
    /// The two moments of AdamW.
    pub moments: u64,
    /// What the backward pass reads again, and what a pass needs for the moment.
    pub activations: u64,
    /// Keys and values of texts that are being written.
    pub cache: u64,
    /// What the head needs beyond that.
    pub logits: u64,
}

impl Memory {
    /// All parts together.
    pub fn total(&self) -> u64 {
        self.parts()
            .into_iter()
            .map(|(_, bytes)| bytes)
            .fold(0, u64::saturating_add)
    }

    /// The parts by their names.
    pub fn parts(&self) -> [(&'static str, u64); 6] {
        [
            ("weights", self.weights),
            ("gradients", self.gradients),
            ("moments", self.moments),
            ("activations", self.activations),
            ("cache", self.cache),
            ("logits", self.logits),
        ]
    }
}

/// How a model is trained, as far as it takes memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Workload<'a> {
    /// Texts of a batch.
    pub batch: u64,
    /// Tokens of each.
    pub length: u64,
    /// Whether activations of one block are kept at a time.
    pub gradient_checkpointing: bool,
    /// Precision of the products.
    pub precision: Precision,
    /// The adapters that are trained in place of all weights.
    pub lora: Option<&'a LoraConfig>,
    /// Whether masters and moments are elsewhere.
    pub offload: bool,
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

    /// Memory to write `batch` texts of `length` tokens, or to read them.
    pub fn memory_for_inference(&self, precision: Precision, batch: u64, length: u64) -> Memory {
        let bytes = count(precision.bytes());
        let tokens = Saturating(batch) * Saturating(length);
        let per_token = count(2) * count(self.num_hidden_layers) * count(self.key_width());
        Memory {
            weights: (self.all_parameters() * bytes).0,
            cache: (per_token * tokens * count(4)).0,
            activations: (self.work(tokens) * count(4)).0,
            logits: (self.work_of_head(tokens) * count(4)).0,
            ..Memory::default()
        }
    }

    /// What waits in host memory where the optimizer does: masters and moments.
    pub fn memory_of_optimizer(&self) -> Memory {
        let all = self.all_parameters();
        Memory {
            weights: (all * count(4)).0,
            moments: (all * count(8)).0,
            ..Memory::default()
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

    /// Bytes of the weights that adapters become part of, which are made for whoever only reads the model.
    pub fn merged(&self, precision: Precision, lora: Option<&LoraConfig>) -> u64 {
        let weights = lora.map_or(0, |lora| self.adapters(lora)[1]);
        weights.saturating_mul(precision.bytes() as u64)
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

    /// Memory to train.
    pub fn memory_for_training(&self, workload: Workload<'_>) -> Memory {
        let Workload {
            batch,
            length,
            gradient_checkpointing,
            precision,
            lora,
            offload,
        } = workload;
        let tokens = Saturating(batch) * Saturating(length);
        let [hidden, inner] = [self.hidden_size, self.intermediate_size].map(count);
        let [query, key] = [self.query_width(), self.key_width()].map(count);
        let adapters = lora.map_or(count(0), |lora| Saturating(self.adapters(lora)[0]));
        let ranks = lora.map_or(count(0), |lora| {
            count(lora.rank) * count(lora.targets.len())
        });
        let block = count(4) * hidden + count(2) * (query + key) + count(3) * inner + ranks;
        let layers = count(self.num_hidden_layers);
        let (kept, again) = match gradient_checkpointing {
            true => ((layers + count(1)) * hidden, block),
            false => (layers * block, count(0)),
        };
        let of_layer = self.work(tokens) + tokens * again;
        // Of the size of the largest parameter: the gradient of the head, which is added to that of the batches
        // before, and what AdamW makes of it.
        let largest = match lora {
            Some(_) => count(0),
            None => count(self.vocab_size) * hidden,
        };
        let of_head = self.work_of_head(tokens) + largest;
        let beyond = Saturating(of_head.0.saturating_sub(of_layer.0));
        let all = self.all_parameters();
        let bytes = count(precision.bytes());
        let is_copied = precision != Precision::F32;
        let (weights, trained, moments) = match lora {
            Some(_) => (all * bytes + adapters * count(4), adapters, adapters),
            None if offload => (all * bytes, all, count(0)),
            None if is_copied => (all * (count(4) + bytes), all, all),
            None => (all * bytes, all, all),
        };
        Memory {
            weights: weights.0,
            gradients: (trained * count(4)).0,
            moments: (moments * count(8)).0,
            activations: ((tokens * kept + of_layer) * count(4)).0,
            cache: 0,
            logits: (beyond * count(4)).0,
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

    use crate::{LoraConfig, ModelConfig, Precision, Workload};

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

    fn workload(batch: u64, length: u64, gradient_checkpointing: bool) -> Workload<'static> {
        Workload {
            batch,
            length,
            gradient_checkpointing,
            precision: Precision::F32,
            lora: None,
            offload: false,
        }
    }

    #[test]
    fn batches_of_any_size_can_be_asked_about() {
        let config = ModelConfig::small();
        for [batch, length] in [[1_000_000, 100_000_000], [u64::MAX, u64::MAX]] {
            let writing = config.memory_for_inference(Precision::F32, batch, length);
            let training = config.memory_for_training(workload(batch, length, false));
            let checkpointed = config.memory_for_training(workload(batch, length, true));
            assert!(checkpointed.activations <= training.activations);
            assert!(training.activations >= writing.activations);
            assert!(training.total() >= training.activations);
            assert_eq!(writing.weights, 4 * config.parameters());
        }
        let most = config.memory_for_training(workload(u64::MAX, 1, false));
        assert_eq!(most.total(), u64::MAX);
    }

    #[test]
    fn what_is_trained_takes_sixteen_bytes_and_eighteen_in_bf16_and_adapters_leave_the_weights() {
        let config = ModelConfig::small();
        let of = |precision, lora| {
            let memory = config.memory_for_training(Workload {
                precision,
                lora,
                ..workload(1, 1, false)
            });
            memory.weights + memory.gradients + memory.moments
        };
        let (all, lora) = (config.parameters(), LoraConfig::default());
        let [adapters, _] = config.adapters(&lora);
        assert_eq!(of(Precision::F32, None), 16 * all);
        assert_eq!(of(Precision::Bf16, None), 18 * all);
        assert_eq!(of(Precision::F32, Some(&lora)), 4 * all + 16 * adapters);
        assert_eq!(of(Precision::Bf16, Some(&lora)), 2 * all + 16 * adapters);
    }
}
