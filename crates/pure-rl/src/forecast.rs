//! What a run of reinforcement learning will take, before it begins.

use pure_model::{Offload, Precision, Room};
use pure_run::{MemoryForecast, Savings, tokens_that_fit};
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
        let choices: [fn(&mut PolicyConfig) -> Option<&mut Offload>; 4] = [
            |config| Some(&mut config.reference.offload),
            |config| config.reward_model.as_mut().map(|prm| &mut prm.offload),
            |config| Some(&mut config.online_mut()?.optimizer.offload),
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
    pub(crate) fn width(&self, config: &PolicyConfig) -> usize {
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
}
