//! What a run of reinforcement learning will take, before it begins.

use pure_model::{Checkpoint, Memory, Offload, Precision, Room, Workload};
use pure_run::{MemoryForecast, PhaseMemory, Savings, tokens_that_fit};
use serde::Serialize;

use crate::config::PolicyConfig;
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
    /// Tokens of a forward pass.
    pub batch_tokens: usize,
    /// What it holds in memory.
    pub memory: MemoryForecast,
}

impl PolicyTraining {
    /// What the run will take on a device with such memory.
    pub fn forecast(&self, room: Room) -> PolicyForecast {
        let config = &self.config;
        PolicyForecast {
            prompts: self.prompts.as_ref().map_or(0, |prompts| prompts.len()),
            with_answer: self.with_answer,
            too_long: self.too_long,
            held_out: self.held_out.len(),
            answers: config.answers(),
            iterations: config.iterations,
            updates: config.updates(),
            batch_tokens: config.update.tokens(),
            memory: MemoryForecast::new(config, self.savings(), room, |config| {
                self.phases(config, room)
            }),
        }
    }

    /// Decides the tokens of a forward pass, and what waits in host memory, where the settings leave it open, by what
    /// the device has room for.
    pub fn fit(&mut self, room: Room) {
        let choices: [fn(&mut PolicyConfig) -> Option<&mut Offload>; 3] = [
            |config| Some(&mut config.reference.offload),
            |config| config.reward_model.as_mut().map(|prm| &mut prm.offload),
            |config| Some(&mut config.optimizer.offload),
        ];
        if self.config.update.batch_tokens.is_none() {
            let peak = |tokens| {
                let mut config = self.config.clone();
                config.update.batch_tokens = Some(tokens);
                MemoryForecast::new(&config, Vec::new(), room, |config| {
                    self.phases(config, room)
                })
                .peak()
            };
            let tokens = tokens_that_fit(room, self.width(&self.config), peak);
            self.config.update.batch_tokens = Some(tokens);
        }
        for choice in choices {
            let peak = self.forecast(room).memory.peak();
            if let Some(offload) = choice(&mut self.config) {
                room.decide(offload, peak);
            }
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
                Box::new(move |config| config.update.batch_tokens = Some(width)),
            ),
            (
                "rollouts.kv_cache_mib=2048".to_owned(),
                Box::new(|config| config.rollouts.kv_cache_mib = 2048),
            ),
            (
                "optimizer.offload=always".to_owned(),
                Box::new(|config| config.optimizer.offload = Offload::Always),
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
    fn phases(&self, config: &PolicyConfig, room: Room) -> Vec<PhaseMemory> {
        let (shape, lora) = (self.checkpoint.config(), config.lora.as_ref());
        let width = self.width(config);
        let rows = |tokens: usize| (tokens / width).max(1) as u64;
        let reading = |model: &Checkpoint, precision: Option<Precision>, tokens: usize| {
            let precision = precision.unwrap_or(config.precision);
            let model = model.config();
            model.memory_for_inference(precision, rows(tokens), width as u64)
        };
        let offload = lora.is_none() && room.is_without(config.optimizer.offload);
        let mini_batch = config.update.mini_batch_size.unwrap_or(config.answers());
        let update = shape.memory_for_training(Workload {
            batch: rows(config.update.tokens()).min(mini_batch as u64),
            length: width as u64,
            gradient_checkpointing: config.update.gradient_checkpointing,
            precision: config.precision,
            lora,
            offload,
        });
        let is_base = lora.is_some() && config.reference.is_base();
        let reference = (config.needs_reference() && !is_base).then(|| {
            let own = &config.reference;
            let model = self.reference.as_ref().unwrap_or(&self.checkpoint);
            let memory = reading(model, own.precision, config.update.tokens());
            ("reference", own.device, own.offload, memory)
        });
        let prm = self.reward_model.as_ref().zip(config.reward_model.as_ref());
        let prm = prm.map(|(model, own)| {
            let memory = Memory {
                logits: 0,
                ..reading(model, own.precision, own.batch_tokens)
            };
            ("scoring", own.device, own.offload, memory)
        });
        let others: Vec<_> = prm.into_iter().chain(reference).collect();
        // What is loaded stays, or waits in host memory for its phase.
        let beside = others
            .iter()
            .filter(|(_, own, offload, _)| own.is_none() && !room.is_without(*offload));
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
        phases.extend(others.into_iter().map(|(name, own, offload, memory)| {
            let waits = own.is_none() && room.is_without(offload);
            let brought = if waits { memory.weights } else { 0 };
            let here = Memory {
                weights: kept.weights.saturating_add(brought),
                activations: memory.activations,
                logits: memory.logits,
                ..kept
            };
            let there = Memory { cache: 0, ..memory };
            let memory = if own.is_none() { here } else { there };
            phase(name, own.map(|device| device.to_string()), memory)
        }));
        if offload {
            phases.push(PhaseMemory::optimizer_in_host_memory(shape));
        }
        let weights = kept.weights;
        phases.push(phase("update", None, Memory { weights, ..update }));
        phases
    }
}
