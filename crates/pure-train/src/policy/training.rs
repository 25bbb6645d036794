//! A run of reinforcement learning, from its settings to its result.

use std::rc::Rc;

use burn::tensor::Device;
use burn::train::Interrupter;
use pure_core::{Credit, StepFormat};
use pure_model::{CausalLm, Checkpoint, DeviceChoice, Precision, Tokenizer};
use pure_rollout::{Engine, EngineOptions, Sampler};
use pure_verify::Verifier;

use super::answers::{Judge, Rollouts};
use super::config::PolicyConfig;
use super::evaluation::Evaluation;
use super::learning::Learning;
use super::model::PolicyModel;
use super::monitor::Monitor;
use super::outlook::PolicyOutlook;
use super::pipeline::Pipeline;
use super::prompts::{self, Prompt, PromptFile, PromptSource};
use super::reference::{FrozenPolicy, ReferencePolicy};
use super::rewards::{Outcomes, RewardModel, StepRewards, TrueAnswers};
use super::samples::Samples;
use super::signals;
use super::vocabulary::{fits, prm_format, separators};
use crate::optim::Brake;
use crate::prompt::PromptEncoder;
use crate::training::{Ended, Plan, Watcher, train};
use crate::update::Updater;
use crate::{Error, Run, Signal};

/// A run of reinforcement learning whose files are all read and whose work is still to do.
pub struct PolicyTraining {
    config: PolicyConfig,
    checkpoint: Rc<Checkpoint>,
    tokenizer: Rc<Tokenizer>,
    format: StepFormat,
    reward_model: Option<Checkpoint>,
    reference: Option<Checkpoint>,
    reference_policy: Option<Box<dyn ReferencePolicy>>,
    prompts: Option<Box<dyn PromptSource>>,
    with_answer: Option<usize>,
    held_out: Vec<Prompt>,
    too_long: usize,
    step_rewards: Option<Box<dyn StepRewards>>,
    outcomes: Box<dyn Outcomes>,
    sampler: Option<Box<dyn Sampler>>,
    change_method: Box<dyn FnOnce(pure_core::Method) -> pure_core::Method>,
}

impl PolicyTraining {
    /// Everything that a run measures at an iteration or an evaluation, with what it means.
    pub fn signals() -> &'static [Signal] {
        &signals::ALL
    }

    /// Reads the models' shapes, the tokenizers and all prompts.
    ///
    /// # Errors
    ///
    /// Names the file, and the record, that cannot be used; says which models do not fit together.
    pub fn prepare(config: PolicyConfig) -> Result<Self, Error> {
        let checkpoint = Checkpoint::open(&config.model)?;
        let tokenizer = checkpoint.tokenizer()?;
        let vocab_size = checkpoint.config().vocab_size;
        let reference = match &config.reference.model {
            Some(folder) if config.needs_reference() => {
                let reference = Checkpoint::open(folder)?;
                fits(&tokenizer, &checkpoint, &reference)?;
                Some(reference)
            }
            _ => None,
        };
        let mut format = None;
        let reward_model = match &config.reward_model {
            Some(reward_model) => {
                let prm = Checkpoint::open(&reward_model.model)?;
                prm.prm_head()?;
                fits(&tokenizer, &checkpoint, &prm)?;
                format = Some(prm_format(&prm, reward_model.marker.as_deref())?);
                Some(prm)
            }
            None => None,
        };
        let format = match format {
            Some(format) => format,
            None => separators(&checkpoint)?,
        };
        let encoder = PromptEncoder {
            tokenizer: &tokenizer,
            raw: config.prompts.raw,
            template: config.prompts.template.as_deref(),
        };
        let limit = checkpoint.config().max_position_embeddings;
        let longest = limit.saturating_sub(config.rollouts.max_new_tokens);
        let longest = longest.min(config.prompts.max_tokens);
        if longest == 0 {
            return Err(Error::NoRoom {
                path: config.model,
                limit,
                answer: config.rollouts.max_new_tokens,
            });
        }
        let (mut too_long, mut with_answer) = (0, None);
        let mut prompts = None;
        if let Some(path) = &config.prompts.file {
            let share = config.prompts.with_answer;
            let file = PromptFile::read(path, encoder, vocab_size, longest, share, config.seed)?;
            too_long += file.too_long;
            with_answer = Some(file.with_answer());
            prompts = Some(Box::new(file) as Box<dyn PromptSource>);
        }
        let mut held_out = Vec::new();
        if let Some(evaluation) = &config.evaluation {
            let (read, more) = prompts::read(&evaluation.prompts, encoder, vocab_size, longest)?;
            too_long += more;
            held_out = read;
            held_out.truncate(evaluation.limit.unwrap_or(usize::MAX));
        }
        let verifier = Verifier {
            mode: config.prompts.verifier,
            ..Verifier::default()
        };
        Ok(Self {
            checkpoint: Rc::new(checkpoint),
            tokenizer: Rc::new(tokenizer),
            format,
            reward_model,
            reference,
            reference_policy: None,
            prompts,
            with_answer,
            held_out,
            too_long,
            step_rewards: None,
            outcomes: Box::new(TrueAnswers { verifier }),
            sampler: None,
            change_method: Box::new(|method| method),
            config,
        })
    }

    /// The same with prompts of one's own; `prompts.file` may then be missing.
    pub fn with_prompts(self, prompts: impl PromptSource + 'static) -> Self {
        Self {
            prompts: Some(Box::new(prompts)),
            with_answer: None,
            ..self
        }
    }

    /// The same with step rewards of one's own, in place of the reward model's.
    pub fn with_step_rewards(self, rewards: impl StepRewards + 'static) -> Self {
        Self {
            step_rewards: Some(Box::new(rewards)),
            ..self
        }
    }

    /// The same with outcomes of one's own, in place of comparing with the true answers.
    pub fn with_outcomes(self, outcomes: impl Outcomes + 'static) -> Self {
        Self {
            outcomes: Box::new(outcomes),
            ..self
        }
    }

    /// The same with a reference of one's own, asked where a KL coefficient wants one.
    pub fn with_reference(self, reference: impl ReferencePolicy + 'static) -> Self {
        Self {
            reference_policy: Some(Box::new(reference)),
            ..self
        }
    }

    /// The same with steps that end at other tokens than those whose text ends in a blank line.
    pub fn with_steps(self, format: StepFormat) -> Self {
        Self { format, ..self }
    }

    /// The same with a form of credit of one's own.
    pub fn with_credit(self, credit: impl Credit + 'static) -> Self {
        Self {
            change_method: Box::new(|method| method.with_credit(credit)),
            ..self
        }
    }

    /// The same with another sampler than the engine.
    pub fn with_sampler(self, sampler: impl Sampler + 'static) -> Self {
        Self {
            sampler: Some(Box::new(sampler)),
            ..self
        }
    }

    /// The tokenizer of the policy.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// What the run will take.
    pub fn outlook(&self) -> PolicyOutlook {
        let config = &self.config;
        let shape = self.checkpoint.config();
        let width = config.prompts.max_tokens + config.rollouts.max_new_tokens;
        let width = width.min(shape.max_position_embeddings);
        let rows = (config.update.tokens / width).max(1);
        let training = shape.memory_for_training(rows as u64, width as u64).total();
        let weights = |checkpoint: &Checkpoint| {
            checkpoint.config().parameters() * Precision::F32.bytes() as u64
        };
        let others = self.reward_model.as_ref().map_or(0, weights)
            + match config.needs_reference() {
                true => weights(self.reference.as_ref().unwrap_or(&self.checkpoint)),
                false => 0,
            };
        let sampling = weights(&self.checkpoint) + (config.rollouts.kv_memory_mib << 20);
        PolicyOutlook {
            prompts: self.prompts.as_ref().map_or(0, |prompts| prompts.len()),
            with_answer: self.with_answer,
            too_long: self.too_long,
            held_out: self.held_out.len(),
            answers: config.prompts.per_iteration * config.rollouts.answers,
            iterations: config.iterations,
            updates: config.updates(),
            memory: others + training.max(sampling),
        }
    }

    /// Trains in the run's folder, from its last checkpoint if there is one, and saves the model.
    ///
    /// # Errors
    ///
    /// What the training could not go on with, or the folder could not be written for.
    pub fn run(
        self,
        run: &Run,
        device: &Device,
        watcher: Watcher,
        interrupter: Interrupter,
    ) -> Result<Ended<CausalLm>, Error> {
        let checkpoint = self.checkpoint.clone();
        let plan = self.config.checkpoints.plan(self.config.iterations);
        let plan = Plan {
            evaluates_first: self.config.evaluation.is_some(),
            keep: plan.keep.max(self.config.monitor.checkpoints(plan.every)),
            ..plan
        };
        let lm = checkpoint.load(&device.clone().autodiff(), Precision::F32)?;
        let brake = Brake::default();
        let updates = self.config.iterations * self.config.updates();
        let start = (
            PolicyModel { lm },
            self.config.optimizer.init(),
            self.config.learning_rate.over(updates).with_brake(&brake),
        );
        let work = self.pipeline(run, device, brake)?;
        let ended = train(work, start, plan, run.folder(), watcher, interrupter)?;
        ended.try_map(|PolicyModel { lm }| {
            run.finish(|folder| Ok(checkpoint.save_as(folder, &lm, Precision::F32)?))?;
            Ok(lm)
        })
    }

    fn pipeline(self, run: &Run, device: &Device, brake: Brake) -> Result<Pipeline, Error> {
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
