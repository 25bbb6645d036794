//! The pipeline of a run, put together from what was read and what was given.

use burn::tensor::Device;
use pure_model::{DeviceChoice, Precision};
use pure_rollout::{Engine, EngineOptions};

use super::answers::{Judge, Rollouts};
use super::evaluation::Evaluation;
use super::learning::Learning;
use super::monitor::Monitor;
use super::pipeline::Pipeline;
use super::reference::{FrozenPolicy, ReferencePolicy};
use super::rewards::{RewardModel, StepRewards};
use super::samples::Samples;
use super::training::PolicyTraining;
use crate::optim::Brake;
use crate::update::Updater;
use crate::{Error, Run};

impl PolicyTraining {
    /// Loads the models that only answer.
    pub(super) fn pipeline(
        self,
        run: &Run,
        device: &Device,
        brake: Brake,
    ) -> Result<Pipeline, Error> {
        let config = self.config;
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
                let from = self.reference.as_ref().unwrap_or(&self.checkpoint);
                Some(Box::new(FrozenPolicy {
                    model: from.load(&place(config.reference.device)?, Precision::F32)?,
                    temperature: config.rollouts.temperature,
                    batch_tokens: config.update.tokens,
                }) as Box<dyn ReferencePolicy>)
            }
        };
        let step_rewards = match (self.step_rewards, &self.reward_model, &config.reward_model) {
            // Nobody is asked what nobody is paid for.
            _ if !config.pays_steps() => None,
            (Some(rewards), ..) => Some(rewards),
            (None, Some(folder), Some(settings)) => Some(Box::new(RewardModel {
                prm: folder.load_prm(&place(settings.device)?, Precision::F32)?,
                format: self.format.clone(),
                batch_tokens: settings.batch_tokens,
            }) as Box<dyn StepRewards>),
            _ => return Err(Error::NoStepRewards),
        };
        let end_tokens = self.checkpoint.end_tokens()?;
        let end_tokens = match end_tokens.is_empty() {
            true => self.tokenizer.eos_token().into_iter().collect(),
            false => end_tokens,
        };
        let sampler = self.sampler.unwrap_or_else(|| {
            Box::new(Engine::unloaded(EngineOptions {
                kv_memory: config.rollouts.kv_memory_mib << 20,
                slots: config.rollouts.slots,
            }))
        });
        let method = (self.change_method)(config.method().build()?);
        Ok(Pipeline {
            folder: run.folder().to_owned(),
            checkpoint: self.checkpoint,
            prompts: self.prompts.ok_or(Error::NoPrompts)?,
            rollouts: Rollouts {
                sampler,
                sampling: config.sampling(end_tokens),
            },
            judge: Judge {
                tokenizer: self.tokenizer,
                format: self.format,
                step_rewards,
                outcomes: self.outcomes,
            },
            reference,
            kl: config.method.kl.controller()?,
            method,
            learning: Learning {
                config: config.update,
                loss: config.loss,
                weights: config.weights,
                temperature: config.rollouts.temperature,
                limit: config.rollouts.max_new_tokens,
                seed: config.seed,
                updater: Updater::new(config.optimizer.max_grad_norm),
            },
            evaluation: config.evaluation.as_ref().map(|evaluation| Evaluation {
                prompts: self.held_out,
                answers: evaluation.answers,
                greedy: evaluation.greedy,
                seen: Vec::new(),
            }),
            monitor: Monitor::new(config.monitor.clone()),
            brake,
            samples: Samples::in_folder(run.folder()),
            asked: 0,
            notices: Vec::new(),
            is_over: false,
            config,
        })
    }
}
