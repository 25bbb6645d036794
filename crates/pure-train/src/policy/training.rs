//! A run of reinforcement learning, from its settings to its result.

use std::rc::Rc;

use burn::tensor::Device;
use burn::train::Interrupter;
use pure_core::StepFormat;
use pure_model::{CausalLm, Checkpoint, Precision, Tokenizer};
use pure_rollout::Sampler;
use pure_verify::Verifier;

use super::config::PolicyConfig;
use super::model::PolicyModel;
use super::outlook::PolicyOutlook;
use super::prompts::{self, Prompt, PromptFile, PromptSource};
use super::reference::ReferencePolicy;
use super::rewards::{Outcomes, StepRewards, TrueAnswers};
use super::vocabulary::{fits, prm_format, separators};
use crate::optim::Brake;
use crate::prompt::PromptEncoder;
use crate::training::{Ended, Plan, Watcher, train};
use crate::{Error, Run};

/// A run of reinforcement learning whose files are all read and whose work is still to do.
pub struct PolicyTraining {
    pub(super) config: PolicyConfig,
    pub(super) checkpoint: Rc<Checkpoint>,
    pub(super) tokenizer: Rc<Tokenizer>,
    pub(super) format: StepFormat,
    pub(super) reward_model: Option<Checkpoint>,
    pub(super) reference: Option<Checkpoint>,
    pub(super) reference_policy: Option<Box<dyn ReferencePolicy>>,
    pub(super) prompts: Option<Box<dyn PromptSource>>,
    pub(super) with_answer: Option<usize>,
    pub(super) held_out: Vec<Prompt>,
    pub(super) too_long: usize,
    pub(super) step_rewards: Option<Box<dyn StepRewards>>,
    pub(super) outcomes: Box<dyn Outcomes>,
    pub(super) sampler: Option<Box<dyn Sampler>>,
    pub(super) change_method: Box<dyn FnOnce(pure_core::Method) -> pure_core::Method>,
}

impl PolicyTraining {
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
}
