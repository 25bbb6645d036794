//! The pipeline of a run, put together from what was read and what was given.

use std::path::Path;
use std::rc::Rc;

use burn::module::Module;
use burn::tensor::Device;
use pure_model::{Checkpoint, DeviceChoice, Held, Precision};
use pure_prm::{LearnsFrom, OnlinePrm, StepReader};
use pure_rollout::{Engine, Sampler};
use pure_run::TrainState;

use crate::config::{OnlineConfig, PolicyConfig, RewardModelConfig};
use crate::error::Error;
use crate::evaluation::Evaluation;
use crate::implicit::ImplicitRewardModel;
use crate::lessons::StepJudge;
use crate::monitor::Monitor;
use crate::online::OnlineRewardModel;
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
        let step_rewards = match (self.step_rewards, self.reward_model, &config.reward_model) {
            // Nobody is asked what nobody is paid for.
            _ if !config.uses_step_rewards() => None,
            (Some(rewards), ..) => Some(rewards),
            (None, Some((folder, None)), Some(settings)) => {
                let (device, precision) = (place(settings.device)?, precision(settings.precision));
                let implicit = load_implicit(&config, settings, folder, device, precision)?;
                Some(Box::new(implicit) as Box<dyn StepRewards>)
            }
            (None, Some((folder, Some(reader))), Some(settings)) => {
                let placed = PlacedRewardModel {
                    settings,
                    device: place(settings.device)?,
                    precision: precision(settings.precision),
                    reader: Rc::new(reader.with_steps(self.steps.clone())),
                };
                Some(match &settings.online {
                    None => Box::new(placed.load(&folder)?) as Box<dyn StepRewards>,
                    Some(online) => {
                        Box::new(placed.load_online(&config, online, folder, self.step_judge)?)
                    }
                })
            }
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
                references: Vec::new(),
                references_each: config.reference.num_generations,
                seen: Vec::new(),
            }),
            monitor: Monitor::new(config.monitor.clone()),
            samples: Samples::default(),
            asked: 0,
            notices: Vec::new(),
            shown: None,
            is_over: false,
            config,
        })
    }
}

/// Where and how a reward model computes.
struct PlacedRewardModel<'a> {
    settings: &'a RewardModelConfig,
    device: Device,
    precision: Precision,
    reader: Rc<StepReader>,
}

impl PlacedRewardModel<'_> {
    /// One that stays as it is.
    fn load(&self, folder: &Checkpoint) -> Result<RewardModel, Error> {
        let waits = self.settings.offload.place(&self.device);
        let prm = folder.load_prm(&waits, self.precision)?;
        Ok(RewardModel {
            prm: Held::new(prm, &self.device),
            reader: self.reader.clone(),
            batch_tokens: self.settings.batch_tokens,
        })
    }

    /// One that learns.
    fn load_online(
        self,
        config: &PolicyConfig,
        online: &OnlineConfig,
        checkpoint: Checkpoint,
        judge: Option<Box<dyn StepJudge>>,
    ) -> Result<OnlineRewardModel, Error> {
        let frozen = online.compare_with_frozen.then(|| self.load(&checkpoint));
        let (learns_from, share) = match judge {
            Some(_) => (LearnsFrom::Steps, 1.0),
            None => (LearnsFrom::Outcomes, config.prompts.with_answer),
        };
        let updates = updates(config, online, share);
        let masters = online.optimizer.offload.place(&self.device).autodiff();
        let masters = checkpoint.load_prm(&masters, Precision::F32)?;
        let state = TrainState::new(masters, &online.optimizer, online.lr_scheduler, updates)
            .computing(self.precision, &self.device.autodiff());
        Ok(OnlineRewardModel {
            prm: OnlinePrm::new(state, learns_from, &online.batch()),
            checkpoint,
            reader: self.reader,
            batch_tokens: self.settings.batch_tokens,
            judge,
            settings: online.clone(),
            seed: config.seed,
            frozen: frozen.transpose()?,
        })
    }
}

/// Updates of a reward model that learns from such a share of the answers.
fn updates(config: &PolicyConfig, online: &OnlineConfig, share: f64) -> usize {
    let answers = (config.answers() as f64 * share).ceil() as usize;
    online.updates(config.iterations, answers)
}

/// An implicit reward model.
fn load_implicit(
    config: &PolicyConfig,
    own: &RewardModelConfig,
    checkpoint: Checkpoint,
    device: Device,
    precision: Precision,
) -> Result<ImplicitRewardModel, Error> {
    let (Some(online), Some(implicit)) = (&own.online, config.implicit()) else {
        return Err(Error::NoStepRewards);
    };
    let updates = updates(config, online, config.prompts.with_answer);
    let masters = online.optimizer.offload.place(&device).autodiff();
    let masters = checkpoint.load(&masters, Precision::F32)?;
    let lm = TrainState::new(masters, &online.optimizer, online.lr_scheduler, updates)
        .computing(precision, &device.clone().autodiff());
    Ok(ImplicitRewardModel {
        implicit,
        lm,
        reference: checkpoint.load(&device, precision)?,
        checkpoint,
        batch_tokens: own.batch_tokens,
        settings: online.clone(),
        seed: config.seed,
    })
}
