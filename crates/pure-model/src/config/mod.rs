//! What a decoder is made of, read from the `config.json` of its Hugging Face folder.
//!
//! Three families share one decoder and differ in four facts:
//!
//! | `model_type` | biases of q, k, v | bias of o | norm of q and k | head |
//! | --- | --- | --- | --- | --- |
//! | `qwen2` (also Qwen2.5) | always | never | no | tied or not |
//! | `qwen3` | `attention_bias` | `attention_bias` | yes | tied or not |
//! | `llama` (Llama 3) | `attention_bias` | `attention_bias` | no | tied or not |
//!
//! Both spellings of the keys that transformers has renamed are read: `torch_dtype` and `dtype`,
//! `rope_theta` at the top or inside `rope_parameters`, `rope_scaling` or `rope_parameters`. What the
//! decoder would compute differently from transformers (sliding windows, other activations, other
//! rope types, quantised weights) is an error here, never a silent difference later.

mod parse;

use serde_json::{Map, Value, json};

use crate::json::brief_json;
use crate::precision::Precision;
use crate::rope::RopeConfig;

/// The families of models that [`Decoder`](crate::Decoder) computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Qwen2 and Qwen2.5.
    Qwen2,
    /// Qwen3, dense.
    Qwen3,
    /// Llama 3 and its revisions.
    Llama,
}

impl Family {
    const ALL: [Self; 3] = [Self::Qwen2, Self::Qwen3, Self::Llama];

    /// The `model_type` of `config.json`.
    pub fn model_type(self) -> &'static str {
        match self {
            Self::Qwen2 => "qwen2",
            Self::Qwen3 => "qwen3",
            Self::Llama => "llama",
        }
    }

    /// The prefix of the class names in transformers, as in `Qwen2ForCausalLM`.
    pub fn class_prefix(self) -> &'static str {
        match self {
            Self::Qwen2 => "Qwen2",
            Self::Qwen3 => "Qwen3",
            Self::Llama => "Llama",
        }
    }
}

/// The shape of a decoder, validated.
///
/// Field names are those of `config.json`.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelConfig {
    /// Which architecture this is.
    pub family: Family,
    /// Rows of the embedding.
    pub vocab_size: usize,
    /// Width of the residual stream.
    pub hidden_size: usize,
    /// Width inside the feed-forward block.
    pub intermediate_size: usize,
    /// Number of blocks.
    pub num_hidden_layers: usize,
    /// Number of query heads.
    pub num_attention_heads: usize,
    /// Number of key and value heads, each shared by a group of query heads.
    pub num_key_value_heads: usize,
    /// Width of one head; `hidden_size / num_attention_heads` where the file does not say.
    pub head_dim: usize,
    /// The longest sequence the model was made for.
    pub max_position_embeddings: usize,
    /// Epsilon of every RMS norm.
    pub rms_norm_eps: f64,
    /// Deviation of the weights that a fresh model begins with.
    pub initializer_range: f64,
    /// Frequencies of the rotary embedding.
    pub rope: RopeConfig,
    /// Whether the output head is the embedding itself.
    pub tie_word_embeddings: bool,
    /// Whether attention projections have biases, where the family leaves it open.
    pub attention_bias: bool,
    /// The precision of the weights in the folder, if the file names it.
    pub dtype: Option<Precision>,
    /// First token of a text, if any.
    pub bos_token_id: Option<u32>,
    /// The tokens that end a text.
    pub eos_token_ids: Vec<u32>,
    /// The token that fills short rows, if any.
    pub pad_token_id: Option<u32>,
}

/// Why a `config.json` was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The text is not JSON, or a key has another type than it must have.
    #[error("{0}")]
    Json(#[source] serde_json::Error),
    /// The architecture is none of those that the decoder computes.
    #[error("`model_type` is `{found}`; this decoder computes qwen2, qwen3 and llama")]
    Architecture {
        /// What the file says.
        found: String,
    },
    /// The rotary embedding is scaled in a way that the decoder does not compute.
    #[error("rope type `{found}` is not one of those this decoder computes: default, llama3")]
    RopeType {
        /// What the file says.
        found: String,
    },
    /// The sizes are possible each, but not together.
    #[error(
        "{parameters} parameters are more than any computer holds: see `vocab_size`, `hidden_size`, \
         `intermediate_size` and `num_hidden_layers`"
    )]
    TooManyParameters {
        /// How many there would be.
        parameters: u64,
    },
    /// A key that must be there is not.
    #[error("`{key}` is missing")]
    Missing {
        /// The key.
        key: &'static str,
    },
    /// A key has a value that no model can have, or that the decoder would not honour.
    #[error("`{key}` is {found}, but must be {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// What the file says.
        found: String,
        /// What would be right.
        expected: String,
    },
}

impl ModelConfig {
    /// A model to test with.
    #[cfg(test)]
    pub(crate) fn small() -> Self {
        let json = r#"{
            "model_type": "qwen3", "vocab_size": 50, "hidden_size": 32,
            "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "max_position_embeddings": 64, "rope_theta": 10000.0
        }"#;
        Self::from_json(json).expect("it is whole")
    }

    /// Reads the text of a `config.json`.
    ///
    /// # Errors
    ///
    /// See [`ConfigError`]: each names the key at fault.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        serde_json::from_str::<parse::Raw>(text)
            .map_err(|error| ConfigError::Json(brief_json(error)))?
            .validate()
    }

    /// The `config.json` of a causal language model of this shape, as transformers writes it.
    ///
    /// `dtype` is the precision of the weights beside it.
    pub fn to_json(&self, dtype: Precision) -> Value {
        let mut out = Map::new();
        let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
        put(
            "architectures",
            json!([format!("{}ForCausalLM", self.family.class_prefix())]),
        );
        put("model_type", json!(self.family.model_type()));
        if self.family != Family::Qwen2 {
            put("attention_bias", json!(self.attention_bias));
        }
        put("bos_token_id", json!(self.bos_token_id));
        put("eos_token_id", token_ids(&self.eos_token_ids));
        put("head_dim", json!(self.head_dim));
        put("hidden_act", json!("silu"));
        put("hidden_size", json!(self.hidden_size));
        put("intermediate_size", json!(self.intermediate_size));
        put(
            "max_position_embeddings",
            json!(self.max_position_embeddings),
        );
        put("num_attention_heads", json!(self.num_attention_heads));
        put("num_hidden_layers", json!(self.num_hidden_layers));
        put("num_key_value_heads", json!(self.num_key_value_heads));
        put("pad_token_id", json!(self.pad_token_id));
        put("rms_norm_eps", json!(self.rms_norm_eps));
        put("initializer_range", json!(self.initializer_range));
        put("rope_scaling", self.rope.scaling_json());
        put("rope_theta", json!(self.rope.theta));
        put("tie_word_embeddings", json!(self.tie_word_embeddings));
        put("torch_dtype", json!(dtype.torch_name()));
        put("use_cache", json!(true));
        if self.family != Family::Llama {
            put("use_sliding_window", json!(false));
        }
        put("vocab_size", json!(self.vocab_size));
        Value::Object(out)
    }

    /// Whether the projections of queries, keys and values have biases.
    pub(crate) fn qkv_bias(&self) -> bool {
        self.family == Family::Qwen2 || self.attention_bias
    }

    /// Whether the output projection of attention has a bias.
    pub(crate) fn output_bias(&self) -> bool {
        self.family != Family::Qwen2 && self.attention_bias
    }

    /// Whether queries and keys are normalised head by head.
    pub(crate) fn qk_norm(&self) -> bool {
        self.family == Family::Qwen3
    }

    /// Width of all query heads together.
    pub(crate) fn query_width(&self) -> usize {
        self.num_attention_heads * self.head_dim
    }

    /// Width of all key (or value) heads together.
    pub(crate) fn key_width(&self) -> usize {
        self.num_key_value_heads * self.head_dim
    }
}

/// One id as a number, several as a list, none as null: the three forms of `eos_token_id`.
pub(crate) fn token_ids(ids: &[u32]) -> Value {
    match ids {
        [] => Value::Null,
        [one] => json!(one),
        many => json!(many),
    }
}
