//! What is said of memory: scoring tokens, and learning from the scores, never holds all logits at once.

use burn::tensor::{Device, Distribution, Int, Tensor};
use pure::model::ModelConfig;

use crate::allocation::largest_during;

const TOKENS: usize = 1024;
const VOCABULARY: usize = 1 << 16;

/// Bytes of all logits in f32: 256 MiB.
const ALL: usize = 4 * TOKENS * VOCABULARY;

/// A quarter of them is a block of logits; what else is made of that size comes with some bytes.
const BLOCK: usize = ALL / 4 + 4096;

fn config(is_tied: bool) -> ModelConfig {
    let json = format!(
        r#"{{"model_type": "qwen2", "vocab_size": {VOCABULARY}, "hidden_size": 16, "num_hidden_layers": 1,
            "intermediate_size": 32, "num_attention_heads": 2, "num_key_value_heads": 1, "rope_theta": 1e4,
            "max_position_embeddings": 64, "tie_word_embeddings": {is_tied}}}"#
    );
    ModelConfig::from_json(&json).unwrap()
}

#[test]
fn scores_and_their_gradients_never_hold_all_logits_at_once() {
    for is_tied in [true, false] {
        let device = Device::flex().autodiff();
        let lm = config(is_tied).init(&device);
        let normal = Distribution::Normal(0.0, 1.0);
        let hidden = Tensor::<3>::random([4, TOKENS / 4, 16], normal, &device).require_grad();
        let targets = Tensor::<2, Int>::zeros([4, TOKENS / 4], &device);

        let mut is_learned = false;
        let largest = largest_during(|| {
            let scores = lm.score_tokens(hidden.clone(), targets.clone(), 0.7);
            let gradients = (scores.log_probs.sum() + scores.entropies.sum()).backward();
            let gradient = hidden.grad(&gradients).unwrap();
            is_learned = gradient.abs().sum().into_scalar::<f32>() > 0.0;
        });
        assert!(is_learned);
        assert!(largest <= BLOCK, "{largest} bytes, tied: {is_tied}");

        // The allocator sees them where they are made.
        let largest = largest_during(|| drop(lm.logits(hidden.inner()).into_data()));
        assert!(largest >= ALL, "{largest} bytes");
    }
}
