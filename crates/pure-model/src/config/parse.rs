//! Reading a `config.json`: which keys, under which names, and what each may say.

use serde::Deserialize;
use serde_json::Value;

use super::{ConfigError, Family, ModelConfig};
use crate::brief::brief;
use crate::precision::Precision;
use crate::rope::{RopeConfig, RopeScaling};

/// `config.json` as it is written; every key optional, so that each absence has its own words.
#[derive(Deserialize)]
pub(super) struct Raw {
    model_type: Option<String>,
    vocab_size: Option<u64>,
    hidden_size: Option<u64>,
    intermediate_size: Option<u64>,
    num_hidden_layers: Option<u64>,
    num_attention_heads: Option<u64>,
    num_key_value_heads: Option<u64>,
    head_dim: Option<u64>,
    max_position_embeddings: Option<u64>,
    rms_norm_eps: Option<f64>,
    initializer_range: Option<f64>,
    hidden_act: Option<String>,
    rope_theta: Option<f64>,
    rope_scaling: Option<RawRope>,
    rope_parameters: Option<RawRope>,
    tie_word_embeddings: Option<bool>,
    attention_bias: Option<bool>,
    mlp_bias: Option<bool>,
    use_sliding_window: Option<bool>,
    layer_types: Option<Vec<String>>,
    quantization_config: Option<Value>,
    torch_dtype: Option<String>,
    dtype: Option<String>,
    bos_token_id: Option<u32>,
    eos_token_id: Option<OneOrMany>,
    pad_token_id: Option<u32>,
}

#[derive(Deserialize)]
struct RawRope {
    rope_type: Option<String>,
    /// The older name of `rope_type`.
    r#type: Option<String>,
    rope_theta: Option<f64>,
    factor: Option<f64>,
    low_freq_factor: Option<f64>,
    high_freq_factor: Option<f64>,
    original_max_position_embeddings: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(u32),
    Many(Vec<u32>),
}

/// Larger than any published model, small enough that no product of two sizes overflows.
const LARGEST_SIZE: u64 = 1 << 24;
const MOST_LAYERS: u64 = 4096;
/// Four trillion: more than any dense model has, and few enough that their bytes can be counted.
const MOST_PARAMETERS: u64 = 1 << 42;

impl Raw {
    pub(super) fn validate(self) -> Result<ModelConfig, ConfigError> {
        let family = self.family()?;
        self.refuse_what_is_not_computed(family)?;

        let hidden_size = size("hidden_size", self.hidden_size, LARGEST_SIZE)?;
        let heads = size(
            "num_attention_heads",
            self.num_attention_heads,
            LARGEST_SIZE,
        )?;
        let kv_heads = match self.num_key_value_heads {
            Some(_) => size(
                "num_key_value_heads",
                self.num_key_value_heads,
                LARGEST_SIZE,
            )?,
            None => heads,
        };
        if !heads.is_multiple_of(kv_heads) {
            return Err(value(
                "num_key_value_heads",
                kv_heads,
                format!("a divisor of `num_attention_heads`, {heads}"),
            ));
        }
        let head_dim = match self.head_dim {
            Some(_) => size("head_dim", self.head_dim, LARGEST_SIZE)?,
            None if hidden_size.is_multiple_of(heads) => hidden_size / heads,
            None => {
                let expected = format!("a multiple of `num_attention_heads`, {heads}");
                return Err(value("hidden_size", hidden_size, expected));
            }
        };
        if !head_dim.is_multiple_of(2) {
            return Err(value(
                "head_dim",
                head_dim,
                "even, for its two rotary halves",
            ));
        }
        if heads * head_dim > LARGEST_SIZE as usize {
            let expected = format!("at most {LARGEST_SIZE} over all heads");
            return Err(value("head_dim", head_dim, expected));
        }

        let config = ModelConfig {
            family,
            vocab_size: size("vocab_size", self.vocab_size, LARGEST_SIZE)?,
            hidden_size,
            intermediate_size: size("intermediate_size", self.intermediate_size, LARGEST_SIZE)?,
            num_hidden_layers: size("num_hidden_layers", self.num_hidden_layers, MOST_LAYERS)?,
            num_attention_heads: heads,
            num_key_value_heads: kv_heads,
            head_dim,
            max_position_embeddings: match self.max_position_embeddings {
                Some(_) => size(
                    "max_position_embeddings",
                    self.max_position_embeddings,
                    1 << 30,
                )?,
                None => return Err(missing("max_position_embeddings")),
            },
            rms_norm_eps: positive("rms_norm_eps", self.rms_norm_eps.or(Some(1e-6)))?,
            initializer_range: positive(
                "initializer_range",
                self.initializer_range.or(Some(0.02)),
            )?,
            rope: self.rope()?,
            // The default of transformers, for every family.
            tie_word_embeddings: self.tie_word_embeddings.unwrap_or(false),
            attention_bias: self.attention_bias.unwrap_or(false),
            dtype: self.precision()?,
            bos_token_id: self.bos_token_id,
            eos_token_ids: match self.eos_token_id {
                None => Vec::new(),
                Some(OneOrMany::One(id)) => vec![id],
                Some(OneOrMany::Many(ids)) => ids,
            },
            pad_token_id: self.pad_token_id,
        };
        match config.parameters() {
            parameters if parameters > MOST_PARAMETERS => {
                Err(ConfigError::TooManyParameters { parameters })
            }
            _ => Ok(config),
        }
    }

    fn family(&self) -> Result<Family, ConfigError> {
        let found = self.model_type.as_deref().ok_or(missing("model_type"))?;
        Family::ALL
            .into_iter()
            .find(|family| family.model_type() == found)
            .ok_or_else(|| ConfigError::Architecture {
                found: brief(found),
            })
    }

    fn refuse_what_is_not_computed(&self, family: Family) -> Result<(), ConfigError> {
        if let Some(act) = self.hidden_act.as_deref().filter(|act| *act != "silu") {
            return Err(value("hidden_act", format!("`{act}`"), "`silu`"));
        }
        if self.mlp_bias == Some(true) {
            return Err(value("mlp_bias", true, "false"));
        }
        if self.use_sliding_window == Some(true) {
            return Err(value("use_sliding_window", true, "false"));
        }
        let windowed = |kind: &&String| *kind != "full_attention";
        if let Some(kind) = self.layer_types.iter().flatten().find(windowed) {
            let found = format!("`{kind}` somewhere");
            return Err(value("layer_types", found, "`full_attention` everywhere"));
        }
        if self.quantization_config.is_some() {
            let expected = "absent: quantised weights are not read";
            return Err(value("quantization_config", "present", expected));
        }
        if family == Family::Qwen2 && self.attention_bias == Some(false) {
            let expected = "true or absent in qwen2, which always has these biases";
            return Err(value("attention_bias", false, expected));
        }
        Ok(())
    }

    fn rope(&self) -> Result<RopeConfig, ConfigError> {
        let block = self.rope_parameters.as_ref().or(self.rope_scaling.as_ref());
        let theta = block.and_then(|block| block.rope_theta).or(self.rope_theta);
        let theta = positive("rope_theta", theta)?;
        let kind = block.and_then(|block| block.rope_type.as_deref().or(block.r#type.as_deref()));
        let scaling = match (kind, block) {
            (None | Some("default"), _) => RopeScaling::None,
            (Some("llama3"), Some(block)) => block.llama3()?,
            (Some(found), _) => {
                return Err(ConfigError::RopeType {
                    found: brief(found),
                });
            }
        };
        Ok(RopeConfig { theta, scaling })
    }

    fn precision(&self) -> Result<Option<Precision>, ConfigError> {
        let (key, found) = match (&self.dtype, &self.torch_dtype) {
            (Some(found), _) => ("dtype", found),
            (None, Some(found)) => ("torch_dtype", found),
            (None, None) => return Ok(None),
        };
        Precision::from_torch_name(found)
            .map(Some)
            .ok_or_else(|| value(key, format!("`{found}`"), "float32, float16 or bfloat16"))
    }
}

impl RawRope {
    fn llama3(&self) -> Result<RopeScaling, ConfigError> {
        let low = positive("low_freq_factor", self.low_freq_factor)?;
        let high = positive("high_freq_factor", self.high_freq_factor)?;
        if high <= low {
            let expected = format!("above `low_freq_factor`, {low}");
            return Err(value("high_freq_factor", high, expected));
        }
        Ok(RopeScaling::Llama3 {
            factor: positive("factor", self.factor)?,
            low_freq_factor: low,
            high_freq_factor: high,
            original_max_position_embeddings: size(
                "original_max_position_embeddings",
                self.original_max_position_embeddings,
                1 << 30,
            )?,
        })
    }
}

fn size(key: &'static str, found: Option<u64>, most: u64) -> Result<usize, ConfigError> {
    let found = found.ok_or(missing(key))?;
    if (1..=most).contains(&found) {
        Ok(found as usize)
    } else {
        Err(value(key, found, format!("between 1 and {most}")))
    }
}

fn positive(key: &'static str, found: Option<f64>) -> Result<f64, ConfigError> {
    let found = found.ok_or(missing(key))?;
    if found.is_finite() && found > 0.0 {
        Ok(found)
    } else {
        Err(value(key, found, "a positive number"))
    }
}

fn missing(key: &'static str) -> ConfigError {
    ConfigError::Missing { key }
}

fn value(
    key: &'static str,
    found: impl std::fmt::Display,
    expected: impl Into<String>,
) -> ConfigError {
    ConfigError::Value {
        key,
        found: brief(found),
        expected: expected.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const QWEN2: &str = r#"{
        "model_type": "qwen2", "vocab_size": 160, "hidden_size": 48, "intermediate_size": 96,
        "num_hidden_layers": 2, "num_attention_heads": 6, "num_key_value_heads": 2,
        "max_position_embeddings": 256, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0,
        "eos_token_id": [2, 3], "torch_dtype": "bfloat16"
    }"#;

    fn with(key: &str, new: Value) -> Result<ModelConfig, ConfigError> {
        let mut json: Value = serde_json::from_str(QWEN2).unwrap();
        json[key] = new;
        ModelConfig::from_json(&json.to_string())
    }

    fn message(result: Result<ModelConfig, ConfigError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn head_dim_is_derived_where_it_is_not_given() {
        assert_eq!(ModelConfig::from_json(QWEN2).unwrap().head_dim, 8);
        assert_eq!(with("head_dim", json!(24)).unwrap().head_dim, 24);
    }

    #[test]
    fn both_spellings_of_the_renamed_keys_mean_the_same() {
        let old = ModelConfig::from_json(QWEN2).unwrap();
        let mut json: Value = serde_json::from_str(QWEN2).unwrap();
        let keys = json.as_object_mut().unwrap();
        keys.remove("rope_theta");
        keys.remove("torch_dtype");
        json["rope_parameters"] = json!({"rope_type": "default", "rope_theta": 1000000.0});
        json["dtype"] = json!("bfloat16");
        assert_eq!(ModelConfig::from_json(&json.to_string()).unwrap(), old);
    }

    #[test]
    fn an_unknown_rope_type_is_named() {
        let yarn = json!({"rope_type": "yarn", "factor": 4.0});
        assert!(message(with("rope_scaling", yarn)).contains("`yarn`"));
        let old_key = json!({"type": "dynamic", "factor": 4.0});
        assert!(message(with("rope_scaling", old_key)).contains("`dynamic`"));
    }

    #[test]
    fn what_would_be_computed_wrongly_is_refused() {
        assert!(message(with("hidden_act", json!("gelu"))).contains("`hidden_act` is `gelu`"));
        assert!(message(with("use_sliding_window", json!(true))).contains("use_sliding_window"));
        assert!(message(with("model_type", json!("mamba"))).contains("mamba"));
        let layers = json!(["full_attention", "sliding_attention"]);
        assert!(message(with("layer_types", layers)).contains("sliding_attention"));
    }

    #[test]
    fn impossible_shapes_are_refused_by_key() {
        assert!(message(with("num_key_value_heads", json!(4))).contains("num_key_value_heads"));
        assert!(message(with("hidden_size", json!(50))).contains("hidden_size"));
        assert!(message(with("head_dim", json!(7))).contains("head_dim"));
        assert!(message(with("vocab_size", json!(0))).contains("vocab_size"));
        assert!(message(with("num_hidden_layers", json!(1_000_000))).contains("num_hidden_layers"));
        assert!(message(with("rope_theta", json!(-1.0))).contains("rope_theta"));
        assert!(message(with("vocab_size", Value::Null)).contains("`vocab_size` is missing"));
    }

    #[test]
    fn a_model_that_no_computer_holds_is_refused() {
        let mut json: Value = serde_json::from_str(QWEN2).unwrap();
        json["vocab_size"] = json!(1 << 24);
        json["hidden_size"] = json!(1 << 24);
        json["head_dim"] = json!(8);
        let message = message(ModelConfig::from_json(&json.to_string()));
        assert!(message.contains("parameters"), "{message}");
        assert!(message.contains("hidden_size"), "{message}");
    }

    #[test]
    fn of_a_long_value_an_error_quotes_the_beginning() {
        let long = "x".repeat(400_000);
        for key in ["model_type", "hidden_act", "dtype", "vocab_size"] {
            let message = message(with(key, json!(long)));
            assert!(message.contains("xxx") && message.len() < 1000, "{key}");
        }
        let rope = message(with("rope_scaling", json!({"type": long})));
        assert!(rope.contains("xxx") && rope.len() < 1000);
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let llama3 = json!({
            "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 8192
        });
        for config in [
            ModelConfig::from_json(QWEN2).unwrap(),
            with("rope_scaling", llama3).unwrap(),
            with("model_type", json!("qwen3")).unwrap(),
            with("model_type", json!("llama")).unwrap(),
        ] {
            let json = config.to_json(Precision::Bf16).to_string();
            assert_eq!(ModelConfig::from_json(&json).unwrap(), config);
        }
    }
}
