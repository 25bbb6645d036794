//! What a run of reinforcement learning will take, before it begins.

use burn::tensor::Device;
use pure_model::{Checkpoint, Memory, Precision, Workload};
use pure_run::{MemoryForecast, PhaseMemory, Savings};
use serde::Serialize;

use crate::config::{PolicyConfig, ReferenceConfig};
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
    /// What it holds in memory.
    pub memory: MemoryForecast,
}

impl PolicyTraining {
    /// What the run will take on a device.
    pub fn forecast(&self, device: &Device) -> PolicyForecast {
        let config = &self.config;
        PolicyForecast {
            prompts: self.prompts.as_ref().map_or(0, |prompts| prompts.len()),
            with_answer: self.with_answer,
            too_long: self.too_long,
            held_out: self.held_out.len(),
            answers: config.answers(),
            iterations: config.iterations,
            updates: config.updates(),
            memory: MemoryForecast::new(config, self.savings(), device, |config| {
                self.phases(config)
            }),
        }
    }

    /// Tokens of the longest text.
    fn width(&self, config: &PolicyConfig) -> usize {
        let width = config
            .prompts
            .max_prompt_length
            .saturating_add(config.rollouts.max_new_tokens);
        width.min(self.checkpoint.config().max_position_embeddings)
    }

    fn savings(&self) -> Savings<PolicyConfig> {
        let width = self.width(&self.config);
        vec![
            (
                "update.gradient_checkpointing=true".to_owned(),
                Box::new(|config| config.update.gradient_checkpointing = true),
            ),
            (
                format!("update.batch_tokens={width}"),
                Box::new(move |config| config.update.batch_tokens = width),
            ),
            (
                "rollouts.kv_cache_mib=2048".to_owned(),
                Box::new(|config| config.rollouts.kv_cache_mib = 2048),
            ),
            (
                "lora.rank=16".to_owned(),
                Box::new(|config| {
                    config.lora.get_or_insert_default();
                }),
            ),
            (
                "precision=\"bf16\"".to_owned(),
                Box::new(|config| config.precision = Precision::Bf16),
            ),
        ]
    }

    /// What each phase holds, on each device that takes part in it.
    fn phases(&self, config: &PolicyConfig) -> Vec<PhaseMemory> {
        let (shape, lora) = (self.checkpoint.config(), config.lora.as_ref());
        let width = self.width(config);
        let rows = |tokens: usize| (tokens / width).max(1) as u64;
        let reading = |model: &Checkpoint, precision: Option<Precision>, tokens: usize| {
            let precision = precision.unwrap_or(config.precision);
            let model = model.config();
            model.memory_for_inference(precision, rows(tokens), width as u64)
        };
        let mini_batch = config.update.mini_batch_size.unwrap_or(config.answers());
        let update = shape.memory_for_training(Workload {
            batch: rows(config.update.batch_tokens).min(mini_batch as u64),
            length: width as u64,
            gradient_checkpointing: config.update.gradient_checkpointing,
            precision: config.precision,
            lora,
        });
        let is_base = lora.is_some() && config.reference == ReferenceConfig::default();
        let reference = (config.needs_reference() && !is_base).then(|| {
            let own = &config.reference;
            let model = self.reference.as_ref().unwrap_or(&self.checkpoint);
            let memory = reading(model, own.precision, config.update.batch_tokens);
            (
                "reference",
                own.device.map(|device| device.to_string()),
                memory,
            )
        });
        let prm = self.reward_model.as_ref().zip(config.reward_model.as_ref());
        let prm = prm.map(|(model, own)| {
            let memory = Memory {
                logits: 0,
                ..reading(model, own.precision, own.batch_tokens)
            };
            (
                "scoring",
                own.device.map(|device| device.to_string()),
                memory,
            )
        });
        let others: Vec<_> = prm.into_iter().chain(reference).collect();
        // What is loaded stays.
        let beside = others.iter().filter(|(_, device, _)| device.is_none());
        let beside: u64 = beside
            .map(|(.., memory)| memory.weights)
            .fold(0, u64::saturating_add);
        let kept = Memory {
            weights: update.weights.saturating_add(beside),
            moments: update.moments,
            ..Memory::default()
        };
        let sampling = shape.memory_for_inference(config.precision, rows(width), width as u64);
        let rollouts = Memory {
            weights: kept
                .weights
                .saturating_add(shape.merged(config.precision, lora)),
            cache: config.rollouts.kv_cache_mib.saturating_mul(1 << 20),
            activations: sampling.activations,
            ..kept
        };
        let phase = |phase, device: Option<String>, memory| PhaseMemory {
            phase,
            device,
            memory,
        };
        let mut phases = vec![phase("rollouts", None, rollouts)];
        phases.extend(others.into_iter().map(|(name, device, memory)| {
            let here = Memory {
                activations: memory.activations,
                logits: memory.logits,
                ..kept
            };
            let memory = Memory { cache: 0, ..memory };
            let memory = if device.is_none() { here } else { memory };
            phase(name, device, memory)
        }));
        let weights = kept.weights;
        phases.push(phase("update", None, Memory { weights, ..update }));
        phases
    }
}
