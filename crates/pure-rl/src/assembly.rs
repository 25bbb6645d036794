//! The pipeline of a run, put together from what was read and what was given.

use std::path::Path;

use burn::module::Module;
use burn::tensor::Device;
use pure_model::{DeviceChoice, Precision};
use pure_rollout::{Engine, Sampler};
use pure_run::TrainState;

use crate::error::Error;
use crate::evaluation::Evaluation;
use crate::monitor::Monitor;
use crate::pipeline::Pipeline;
use crate::reference::{FrozenPolicy, ReferencePolicy};
use crate::rewards::{RewardModel, StepRewards};
use crate::rollouts::Rollouts;
use crate::samples::Samples;
use crate::scorer::Scorer;
use crate::training::PolicyTraining;

impl PolicyTraining {
    /// Loads all models.
    pub(crate) fn pipeline(self, folder: &Path, device: &Device) -> Result<Pipeline, Error> {
        let config = self.config;
        let trainer = device.clone().autodiff();
        let lm = self.checkpoint.load(&trainer, Precision::F32)?;
        // Nothing changes the weights beside adapters: they are the reference, at no cost.
        let mut base = None;
        let lm = match &config.lora {
            Some(lora) => {
                base = Some(lm.valid());
                lora.adapt(lm, config.seed)
            }
            None => lm,
        };
        let updates = config.iterations.saturating_mul(config.updates());
        let policy = TrainState::new(lm, &config.optimizer, config.lr_scheduler, updates);
        let place = |choice: Option<DeviceChoice>| -> Result<Device, Error> {
            match choice {
                Some(choice) => Ok(choice.open()?.device()),
                None => Ok(device.clone()),
            }
        };
        let reference = match self.reference_policy {
            _ if !config.needs_reference() => None,
            Some(reference) => Some(reference),
            None => {
                let is_base = self.reference.is_none() && config.reference.device.is_none();
                let from = self.reference.as_ref().unwrap_or(&self.checkpoint);
                Some(Box::new(FrozenPolicy {
                    model: match base.filter(|_| is_base) {
                        Some(base) => base,
                        None => from.load(&place(config.reference.device)?, Precision::F32)?,
                    },
                    batch_tokens: config.update.batch_tokens,
                }) as Box<dyn ReferencePolicy>)
            }
        };
        let step_rewards = match (self.step_rewards, &self.reward_model, &config.reward_model) {
            // Nobody is asked what nobody is paid for.
            _ if !config.pays_steps() => None,
            (Some(rewards), ..) => Some(rewards),
            (None, Some(folder), Some(settings)) => Some(Box::new(RewardModel {
                prm: folder.load_prm(&place(settings.device)?, Precision::F32)?,
                format: self.steps.clone(),
                batch_tokens: settings.batch_tokens,
            }) as Box<dyn StepRewards>),
            _ => return Err(Error::NoStepRewards),
        };
        let engine = || Box::new(Engine::unloaded(config.engine())) as Box<dyn Sampler>;
        let method = (self.change_method)(config.method().build()?);
        Ok(Pipeline {
            folder: folder.to_owned(),
            checkpoint: self.checkpoint,
            policy,
            prompts: self.prompts.ok_or(Error::NoPrompts)?,
            rollouts: Rollouts {
                sampler: self.sampler.unwrap_or_else(engine),
                sampling: config.sampling(self.end_tokens),
            },
            scorer: Scorer {
                tokenizer: self.tokenizer,
                format: self.steps,
                step_rewards,
                outcomes: self.outcomes,
            },
            reference,
            kl: config.method.kl.controller()?,
            method,
            evaluation: config.evaluation.as_ref().map(|evaluation| Evaluation {
                prompts: self.held_out,
                answers: evaluation.num_generations,
                greedy: evaluation.greedy,
                seen: Vec::new(),
            }),
            monitor: Monitor::new(config.monitor.clone()),
            samples: Samples::default(),
            asked: 0,
            notices: Vec::new(),
            is_over: false,
            config,
        })
    }
}
