//! A run of reinforcement learning, from its settings to its result.

use std::path::Path;
use std::rc::Rc;

use burn::tensor::Device;
use burn::train::Interrupter;
use pure_core::{RewardSource, StepFormat};
use pure_model::{CausalLm, Checkpoint, Tokenizer};
use pure_prm::{StepReader, Taught};
use pure_rollout::Sampler;
use pure_run::{Ended, Plan, Run, Watcher};
use pure_verify::Verifier;

use crate::config::PolicyConfig;
use crate::error::Error;
use crate::lessons::StepJudge;
use crate::prompt_reader::PromptReader;
use crate::prompts::{Prompt, PromptFile, PromptSource};
use crate::reference::ReferencePolicy;
use crate::rewards::{Outcomes, StepRewards};
use crate::vocabulary::{fits, steps_end};

/// A run of reinforcement learning whose files are all read and whose work is still to do.
pub struct PolicyTraining {
    pub(crate) config: PolicyConfig,
    pub(crate) checkpoint: Rc<Checkpoint>,
    pub(crate) tokenizer: Rc<Tokenizer>,
    pub(crate) steps: StepFormat,
    /// Tokens that end an answer.
    pub(crate) end_tokens: Vec<u32>,
    /// What turns answers into what it reads: an implicit one reads them as the policy does.
    pub(crate) reward_model: Option<(Checkpoint, Option<StepReader>)>,
    pub(crate) reference: Option<Checkpoint>,
    pub(crate) reference_policy: Option<Box<dyn ReferencePolicy>>,
    pub(crate) prompts: Option<Box<dyn PromptSource>>,
    pub(crate) with_answer: Option<usize>,
    pub(crate) held_out: Vec<Prompt>,
    pub(crate) too_long: usize,
    /// Tokens of the longest prompt that was read.
    pub(crate) longest_prompt: usize,
    pub(crate) warnings: Vec<String>,
    pub(crate) step_rewards: Option<Box<dyn StepRewards>>,
    pub(crate) step_judge: Option<Box<dyn StepJudge>>,
    pub(crate) outcomes: Option<Box<dyn Outcomes>>,
    pub(crate) verifier: Verifier,
    pub(crate) sampler: Option<Box<dyn Sampler>>,
    pub(crate) change_method: Box<dyn FnOnce(pure_core::Method) -> pure_core::Method>,
}

impl PolicyTraining {
    /// Reads the models' shapes, the tokenizers and all prompts.
    ///
    /// # Errors
    ///
    /// Names the file, and the record, that cannot be used; says which models do not fit together.
    pub fn prepare(mut config: PolicyConfig) -> Result<Self, Error> {
        let checkpoint = Checkpoint::open_to_train(&config.model, config.lora.as_ref())?;
        let (shape, lora) = (checkpoint.config(), config.lora.as_ref());
        config.lr_scheduler = config.lr_scheduler.or(1e-6, shape, lora);
        let tokenizer = checkpoint.tokenizer()?;
        let other = |folder: &Path| -> Result<Checkpoint, Error> {
            let other = Checkpoint::open(folder)?;
            fits(&tokenizer, &checkpoint, &other)?;
            Ok(other)
        };
        let reference = match &config.reference.model {
            Some(folder) if config.needs_reference() => Some(other(folder)?),
            _ => None,
        };
        let (reward_model, steps, taught) = match &config.reward_model {
            Some(settings) if config.implicit().is_some() => {
                let lm = other(&settings.model)?;
                let read_alike = Taught {
                    prompt: Some(config.prompts.format()),
                    ..Taught::default()
                };
                (Some((lm, None)), steps_end(&checkpoint)?, read_alike)
            }
            Some(settings) => {
                let prm = other(&settings.model)?;
                prm.prm_head()?;
                let reader = StepReader::of(&prm, &settings.step_tokens())?;
                let (steps, taught) = (reader.steps_end().clone(), reader.taught().clone());
                (Some((prm, Some(reader))), steps, taught)
            }
            None => (None, steps_end(&checkpoint)?, Taught::default()),
        };
        if let (Some((prm, _)), Some(online)) = (&reward_model, config.online_mut()) {
            online.complete(prm.config());
        }
        let mut warnings = Vec::new();
        if let (Some((prm, _)), None) = (&reward_model, &taught.prompt) {
            warnings.push(format!(
                "{} does not say how it was taught to read prompts: it reads them as the policy does",
                prm.folder().display()
            ));
        }

        let format = config.prompts.format();
        let policy = format.encoder(&tokenizer)?;
        let end_tokens = checkpoint.ends(&policy)?.stops;
        // Its own chat template counts, if it has one.
        let prm_tokenizer = reward_model.as_ref();
        let prm_tokenizer = prm_tokenizer.and_then(|(_, reader)| reader.as_ref()?.tokenizer());
        let prm_tokenizer = prm_tokenizer.unwrap_or(&tokenizer);
        let read = taught.prompt.unwrap_or_else(|| format.clone());
        let reads_otherwise = Some(&read).filter(|read| **read != format);
        let verifier = Verifier {
            mode: config.prompts.verifier,
            ..Verifier::default()
        };
        let limit = checkpoint.config().max_position_embeddings;
        let longest = limit.saturating_sub(config.rollouts.max_new_tokens);
        let reader = PromptReader {
            policy,
            reward_model: match reads_otherwise {
                Some(format) => Some(format.encoder(prm_tokenizer)?),
                None => None,
            },
            vocab_size: checkpoint.config().vocab_size,
            longest: longest.min(config.prompts.max_prompt_length),
            verifier,
        };
        if reader.longest == 0 {
            return Err(Error::NoRoom {
                path: config.model,
                limit,
                answer: config.rollouts.max_new_tokens,
            });
        }
        let (mut too_long, mut longest_prompt, mut with_answer, mut prompts) = (0, 1, None, None);
        if let Some(path) = &config.prompts.file {
            let read = reader.read(path)?;
            too_long += read.too_long;
            warnings.extend(read.warning);
            longest_prompt = longest_of(&read.prompts);
            let file = PromptFile::new(read.prompts, config.prompts.with_answer, config.seed);
            with_answer = Some(file.with_answer());
            prompts = Some(Box::new(file) as Box<dyn PromptSource>);
        }
        let mut held_out = Vec::new();
        if let Some(evaluation) = &config.evaluation {
            let read = reader.read(&evaluation.prompts)?;
            too_long += read.too_long;
            warnings.extend(read.warning);
            held_out = read.prompts;
            held_out.truncate(evaluation.limit.unwrap_or(usize::MAX));
        }
        let longest_prompt = longest_prompt.max(longest_of(&held_out));
        if with_answer == Some(0) && held_out.iter().all(|prompt| prompt.answer.is_none()) {
            let warning = "no prompt has a known answer: accuracy is not measured, and the monitor cannot see the \
                           reward being hacked";
            warnings.push(warning.to_owned());
        }
        Ok(Self {
            tokenizer: Rc::new(tokenizer),
            checkpoint: Rc::new(checkpoint),
            steps,
            end_tokens,
            reward_model: reward_model
                .map(|(prm, reader)| (prm, reader.map(|reader| reader.with_prompts(read)))),
            reference,
            reference_policy: None,
            prompts,
            with_answer,
            held_out,
            too_long,
            longest_prompt,
            warnings,
            step_rewards: None,
            step_judge: None,
            outcomes: None,
            verifier,
            sampler: None,
            change_method: Box::new(|method| method),
            config,
        })
    }

    /// The settings, with the defaults that follow from the model.
    pub fn config(&self) -> &PolicyConfig {
        &self.config
    }

    /// The tokenizer of the policy.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// What a person should know before the run, one sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// What the run reads.
    pub fn inputs(&self) -> Vec<&Path> {
        let config = &self.config;
        let mut inputs: Vec<&Path> = self.checkpoint.folders().collect();
        inputs.extend(config.prompts.file.as_deref());
        let reward_model = self.reward_model.as_ref().map(|(prm, _)| prm);
        let others = [self.reference.as_ref(), reward_model]
            .into_iter()
            .flatten();
        inputs.extend(others.flat_map(Checkpoint::folders));
        inputs.extend(config.evaluation.as_ref().map(|e| e.prompts.as_path()));
        inputs
    }

    /// Whether everything is there that the run needs, its devices included, before anything is loaded or
    /// written.
    ///
    /// # Errors
    ///
    /// What is missing.
    pub fn check(&self) -> Result<(), Error> {
        let config = &self.config;
        if self.prompts.is_none() {
            return Err(Error::NoPrompts);
        }
        if self.with_answer == Some(0)
            && self.outcomes.is_none()
            && config.method.reward.source == RewardSource::Outcome
        {
            return Err(Error::NoAnswers);
        }
        let has_rewards = self.step_rewards.is_some() || self.reward_model.is_some();
        if config.uses_step_rewards() && !has_rewards {
            return Err(Error::NoStepRewards);
        }
        let teaches = self.with_answer != Some(0) || self.step_judge.is_some();
        if config.online().is_some() && !teaches {
            return Err(Error::NothingTeaches);
        }
        if config.implicit().is_some() && self.step_judge.is_some() {
            return Err(Error::ImplicitJudged);
        }
        let is_mute = |reference: &dyn ReferencePolicy| reference.policy().is_none();
        if config.is_shaped() && self.reference_policy.as_deref().is_some_and(is_mute) {
            return Err(Error::NoReferenceAnswers);
        }
        if self.sampler.is_none() {
            let sampling = config.sampling(self.end_tokens.clone());
            let shape = self.checkpoint.config();
            let engine = config.engine();
            engine.check(shape, self.longest_prompt, sampling)?;
        }
        let reward_model = config.reward_model.as_ref().and_then(|r| r.device);
        let devices = [reward_model, config.reference.device];
        for device in devices.into_iter().flatten() {
            device.open()?;
        }
        Ok(())
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
        watcher: Box<dyn Watcher>,
        interrupter: &Interrupter,
    ) -> Result<Ended<CausalLm>, Error> {
        self.check()?;
        let (checkpoint, lora) = (self.checkpoint.clone(), self.config.lora.clone());
        let plan = self.config.checkpoints.plan(self.config.iterations);
        let plan = Plan {
            evaluates_first: self.config.evaluation.is_some(),
            keep: plan.keep.max(self.config.monitor.checkpoints(plan.every)),
            ..plan
        };
        let mut pipeline = self.pipeline(run.folder(), device)?;
        match pure_run::train(&mut pipeline, &plan, run.folder(), watcher, interrupter)? {
            Ended::Interrupted { saved } => Ok(Ended::Interrupted { saved }),
            Ended::Done(()) => {
                pipeline.scorer.finish(run.folder())?;
                let lm = pipeline.policy.into_model()?;
                run.finish(|folder| {
                    let saved = checkpoint.save_trained_as(folder, &lm, lora.as_ref());
                    saved.map_err(Error::from)
                })?;
                Ok(Ended::Done(lm))
            }
        }
    }
}

fn longest_of(prompts: &[Prompt]) -> usize {
    let lengths = prompts.iter().map(|prompt| prompt.tokens.len());
    lengths.max().unwrap_or(1)
}
