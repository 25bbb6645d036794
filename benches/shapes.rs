//! The models that are measured.

/// The `config.json` of a model.
///
/// # Panics
///
/// If there is no such model.
pub fn shape(name: &str) -> &'static str {
    match name {
        // A model that a laptop trains.
        "nano" => {
            r#"{"model_type": "qwen2", "hidden_size": 256, "num_hidden_layers": 4, "num_attention_heads": 4,
                "num_key_value_heads": 2, "intermediate_size": 1024, "vocab_size": 512,
                "max_position_embeddings": 4096, "rope_theta": 10000.0}"#
        }
        // Four layers of a 0.5B model.
        "slice" => {
            r#"{"model_type": "qwen2", "hidden_size": 896, "num_hidden_layers": 4, "num_attention_heads": 14,
                "num_key_value_heads": 2, "intermediate_size": 4864, "vocab_size": 8192,
                "max_position_embeddings": 4096, "rope_theta": 10000.0}"#
        }
        "smollm2" => {
            r#"{"model_type": "llama", "hidden_size": 576, "num_hidden_layers": 30, "num_attention_heads": 9,
                "num_key_value_heads": 3, "intermediate_size": 1536, "vocab_size": 49152,
                "max_position_embeddings": 8192, "rope_theta": 100000.0, "tie_word_embeddings": true}"#
        }
        "two layers of smollm2" => {
            r#"{"model_type": "llama", "hidden_size": 576, "num_hidden_layers": 2, "num_attention_heads": 9,
                "num_key_value_heads": 3, "intermediate_size": 1536, "vocab_size": 8192,
                "max_position_embeddings": 8192, "rope_theta": 100000.0, "tie_word_embeddings": true}"#
        }
        _ => panic!("no model {name}"),
    }
}
