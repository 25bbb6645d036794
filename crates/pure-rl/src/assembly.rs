//! The pipeline of a run, put together from what was read and what was given.

use std::path::Path;

use burn::module::Module;
use burn::tensor::Device;
use pure_model::{DeviceChoice, Held, Precision};
use pure_rollout::{Engine, Sampler};
use pure_run::TrainState;

use crate::error::Error;
use crate::evaluation::Evaluation;
use crate::monitor::Monitor;
use crate::pipeline::Pipeline;
use crate::reference::{FrozenPolicy, ReferencePolicy};
use crate::rewards::{Outcomes, RewardModel, StepRewards, TrueAnswers};
use crate::rollouts::Rollouts;
use crate::samples::Samples;
use crate::scorer::Scorer;
use crate::training::PolicyTraining;

impl PolicyTraining {
    /// Loads all models.
    pub(crate) fn pipeline(self, folder: &Path, device: &Device) -> Result<Pipeline, Error> {
        let config = self.config;
        let updates = config.iterations.saturating_mul(config.updates());
        let begun = |lm| TrainState::new(lm, &config.optimizer, config.lr_scheduler, updates);
        let training = device.clone().autodiff();
        // Nothing changes the weights beside adapters: they are the reference, at no cost.
        let mut base = None;
        let policy = match &config.lora {
            Some(lora) => {
                let lm = self.checkpoint.load(&training, config.precision)?;
                base = Some(lm.valid());
                begun(lora.adapt(lm, config.seed))
            }
            None => {
                let place = config.optimizer.offload.place(device).autodiff();
                let masters = self.checkpoint.load(&place, Precision::F32)?;
                begun(masters).computing(config.precision, &training)
            }
        };
        let precision = |own: Option<Precision>| own.unwrap_or(config.precision);
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
                let is_base = config.reference.is_base();
                let from = self.reference.as_ref().unwrap_or(&self.checkpoint);
                let own = &config.reference;
                let device = place(own.device)?;
                Some(Box::new(FrozenPolicy {
                    model: match base.filter(|_| is_base) {
                        Some(base) => Held::new(base, &device),
                        None => {
                            let waits = own.offload.place(&device);
                            Held::new(from.load(&waits, precision(own.precision))?, &device)
                        }
                    },
                    batch_tokens: config.update.tokens(),
                }) as Box<dyn ReferencePolicy>)
            }
        };
        let step_rewards = match (self.step_rewards, &self.reward_model, &config.reward_model) {
            // Nobody is asked what nobody is paid for.
            _ if !config.uses_step_rewards() => None,
            (Some(rewards), ..) => Some(rewards),
            (None, Some(folder), Some(settings)) => Some(Box::new(RewardModel {
                prm: {
                    let device = place(settings.device)?;
                    let waits = settings.offload.place(&device);
                    let prm = folder.load_prm(&waits, precision(settings.precision))?;
                    Held::new(prm, &device)
                },
                format: self.steps.clone(),
                batch_tokens: settings.batch_tokens,
            }) as Box<dyn StepRewards>),
            _ => return Err(Error::NoStepRewards),
        };
        let engine = || Box::new(Engine::unloaded(config.engine())) as Box<dyn Sampler>;
        let verifier = self.verifier;
        let verified = || Box::new(TrueAnswers { verifier }) as Box<dyn Outcomes>;
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
                outcomes: self.outcomes.unwrap_or_else(verified),
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
