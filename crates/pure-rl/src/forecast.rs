//! What a run of reinforcement learning will take, before it begins.

use pure_model::{Checkpoint, Precision};
use serde::Serialize;

use crate::config::ReferenceConfig;
use crate::training::PolicyTraining;

/// What a run of reinforcement learning will take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyForecast {
    /// Prompts to learn from.
    pub prompts: usize,
    /// Those whose answers rewards may use, where that is known.
    pub with_answer: Option<usize>,
    /// Prompts that are left out for being too long.
    pub too_long: usize,
    /// Prompts to evaluate with.
    pub held_out: usize,
    /// Answers of an iteration.
    pub answers: usize,
    /// Iterations.
    pub iterations: usize,
    /// Updates of an iteration.
    pub updates: usize,
    /// The models of the run, each with what it takes.
    pub models: Vec<ModelForecast>,
}

/// What a model of the run takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelForecast {
    /// Which it is.
    pub name: &'static str,
    /// Its own device, if it is not that of the policy.
    pub device: Option<String>,
    /// Bytes at the largest moment, by an estimate.
    pub memory: u64,
}

impl PolicyForecast {
    /// Bytes on the policy's device.
    pub fn memory(&self) -> u64 {
        let here = self.models.iter().filter(|model| model.device.is_none());
        here.map(|model| model.memory).fold(0, u64::saturating_add)
    }
}

impl PolicyTraining {
    /// What the run will take.
    pub fn forecast(&self) -> PolicyForecast {
        let config = &self.config;
        PolicyForecast {
            prompts: self.prompts.as_ref().map_or(0, |prompts| prompts.len()),
            with_answer: self.with_answer,
            too_long: self.too_long,
            held_out: self.held_out.len(),
            answers: config.answers(),
            iterations: config.iterations,
            updates: config.updates(),
            models: self.models(),
        }
    }

    fn models(&self) -> Vec<ModelForecast> {
        let config = &self.config;
        let shape = self.checkpoint.config();
        let prompt = config.prompts.max_prompt_length;
        let width = prompt.saturating_add(config.rollouts.max_new_tokens);
        let width = width.min(shape.max_position_embeddings);
        let rows = |tokens: usize| (tokens / width).max(1) as u64;
        let training = shape.memory_for_training(
            rows(config.update.batch_tokens),
            width as u64,
            config.update.gradient_checkpointing,
            config.lora.as_ref(),
        );
        let weights = |checkpoint: &Checkpoint| {
            let bytes = Precision::F32.bytes() as u64;
            checkpoint.config().parameters().saturating_mul(bytes)
        };
        // Optimizer and weights stay while answers are sampled.
        let cache = config.rollouts.kv_cache_mib.saturating_mul(1 << 20);
        let kept = training.weights.saturating_add(training.optimizer);
        // What answers are sampled from has the adapters in its weights.
        let lora = config.lora.as_ref();
        let merged = lora.map_or(0, |lora| 4 * shape.adapters(lora)[1]);
        let sampling = kept.saturating_add(merged).saturating_add(cache);
        let policy = training.total().max(sampling);
        let mut models = vec![ModelForecast {
            name: "policy",
            device: None,
            memory: policy,
        }];
        let is_free = config.lora.is_some() && config.reference == ReferenceConfig::default();
        if config.needs_reference() && !is_free {
            let reference = self.reference.as_ref().unwrap_or(&self.checkpoint);
            models.push(ModelForecast {
                name: "reference",
                device: config.reference.device.map(|device| device.to_string()),
                memory: weights(reference),
            });
        }
        if let (Some(prm), Some(settings)) = (&self.reward_model, &config.reward_model) {
            let (shape, rows) = (prm.config(), rows(settings.batch_tokens));
            let inference = shape.memory_for_inference(Precision::F32, rows, width as u64);
            models.push(ModelForecast {
                name: "reward model",
                device: settings.device.map(|device| device.to_string()),
                memory: inference.weights.saturating_add(inference.activations),
            });
        }
        models
    }
}
