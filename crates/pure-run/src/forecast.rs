//! What a run will take, before it begins.

use pure_model::{LoraConfig, ModelConfig, Sequence};
use serde::Serialize;

use crate::config::BatchConfig;

/// What a run will take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Examples to learn from.
    pub examples: usize,
    /// Examples to evaluate with.
    pub held_out: usize,
    /// Examples that are left out for being too long.
    pub too_long: usize,
    /// Tokens that are read in an epoch.
    pub tokens: usize,
    /// Steps of the optimizer.
    pub steps: usize,
    /// Bytes for the model, its gradients, the optimizer and the largest batch, by an estimate.
    pub memory: u64,
}

impl Forecast {
    /// That of a training on such examples.
    pub fn of<T>(
        examples: &[Sequence<T>],
        held_out: &[Sequence<T>],
        too_long: usize,
        steps: usize,
        batch: &BatchConfig,
        model: &ModelConfig,
        lora: Option<&LoraConfig>,
    ) -> Self {
        let lengths = || examples.iter().map(|text| text.tokens.len());
        let longest = lengths().max().unwrap_or(1);
        let width = if batch.packing {
            batch.max_length
        } else {
            longest
        };
        let rows = (batch.batch_tokens / width).clamp(1, batch.train_batch_size);
        let checkpointing = batch.gradient_checkpointing;
        let memory = model.memory_for_training(rows as u64, width as u64, checkpointing, lora);
        Self {
            examples: examples.len(),
            held_out: held_out.len(),
            too_long,
            tokens: lengths().sum(),
            steps,
            memory: memory.total(),
        }
    }
}
