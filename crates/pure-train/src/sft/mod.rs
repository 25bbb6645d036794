//! Supervised fine-tuning: a language model learns to answer as it is shown.
//!
//! ```text
//! loss = - (1 / n) sum over the n tokens of a step's completions of log p(token | all before it)
//! ```
//!
//! Prompts are read and not learned. The result is the base policy of reinforcement learning.
//!
//! Departures from common trainers: a step's loss is the mean over all its tokens, however many
//! batches it took (many take the mean of means); packed texts do not see one another; an example
//! that is too long is left out, and counted, instead of cut, for a cut answer teaches to stop short.

mod config;
mod examples;
mod model;

use burn::tensor::Device;
use burn::train::{InferenceStep, Interrupter, Learner};
use pure_core::Metric;
use pure_core::metrics::{LOSS, SFT_METRICS};
use pure_model::{CausalLm, Checkpoint, Precision};

pub use self::config::SftConfig;
use self::examples::{Encoder, Examples};
use self::model::{SftModel, Share};
use crate::layout::{Layout, Text};
use crate::order::{Order, put_aside};
use crate::prompt::PromptEncoder;
use crate::training::{Ended, Watcher, Work, train};
use crate::update::Updater;
use crate::{Error, Measures, Outlook, Run};

/// A run of fine-tuning whose files are all read and whose work is still to do.
pub struct Sft {
    config: SftConfig,
    checkpoint: Checkpoint,
    examples: Vec<Text<u32>>,
    held_out: Vec<Text<u32>>,
    too_long: usize,
}

impl Sft {
    /// Reads the model's shape, the tokenizer and all data.
    ///
    /// # Errors
    ///
    /// Names the file, and the record, that cannot be used.
    pub fn prepare(config: SftConfig) -> Result<Self, Error> {
        let checkpoint = Checkpoint::open(&config.model)?;
        let tokenizer = checkpoint.tokenizer()?;
        let end = tokenizer.eos_token();
        let end = match end {
            Some(end) => end,
            None => *checkpoint.end_tokens()?.first().ok_or(Error::NoEndToken {
                path: config.model.clone(),
            })?,
        };
        let shape = checkpoint.config();
        let encoder = Encoder {
            prompts: PromptEncoder {
                tokenizer: &tokenizer,
                raw: config.raw,
                template: None,
            },
            end,
            max_tokens: config.batch.max_tokens.min(shape.max_position_embeddings),
            vocab_size: shape.vocab_size,
        };
        let Examples {
            mut texts,
            mut too_long,
        } = encoder.read(&config.data)?;
        let held_out = match &config.held_out {
            Some(path) => {
                let held_out = encoder.read(path)?;
                too_long += held_out.too_long;
                held_out.texts
            }
            None => put_aside(&mut texts, config.seed, &config.data)?,
        };
        Ok(Self {
            config,
            checkpoint,
            examples: texts,
            held_out,
            too_long,
        })
    }

    /// What the run will take.
    pub fn outlook(&self) -> Outlook {
        Outlook::of(
            &self.examples,
            &self.held_out,
            self.too_long,
            self.steps(),
            &self.config.batch,
            self.checkpoint.config(),
        )
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
        let device = device.clone().autodiff();
        let lm = self.checkpoint.load(&device, Precision::F32)?;
        let steps = self.steps();
        let config = self.config;
        let start = (
            SftModel { lm },
            config.optimizer.init(),
            config.learning_rate.over(steps),
        );
        let work = Lessons {
            order: Order::new(self.examples.len(), config.batch.examples, config.seed),
            updater: Updater::new(config.optimizer.max_grad_norm),
            layout: config.batch.layout(),
            examples: self.examples,
            held_out: self.held_out,
        };
        let plan = config.checkpoints.plan(steps);
        let ended = train(work, start, plan, run.folder(), watcher, interrupter)?;
        ended.try_map(|SftModel { lm }| {
            run.finish(|folder| Ok(self.checkpoint.save_as(folder, &lm, Precision::F32)?))?;
            Ok(lm)
        })
    }

    fn steps(&self) -> usize {
        let epoch = self.examples.len().div_ceil(self.config.batch.examples);
        self.config.steps.unwrap_or(self.config.epochs * epoch)
    }
}

/// Fine-tuning, step by step.
struct Lessons {
    examples: Vec<Text<u32>>,
    held_out: Vec<Text<u32>>,
    order: Order,
    layout: Layout,
    updater: Updater,
}

impl Work for Lessons {
    type Model = SftModel;

    fn metrics(&self) -> Vec<Metric> {
        SFT_METRICS.to_vec()
    }

    fn watched(&self) -> Metric {
        LOSS
    }

    fn step(&mut self, learner: &mut Learner<SftModel>, step: usize) -> Result<Measures, Error> {
        let chosen = self.order.of(step).iter();
        let texts: Vec<&Text<u32>> = chosen.map(|&index| &self.examples[index]).collect();
        let mut loss = 0.0;
        let updated = self
            .updater
            .step(learner, step, shares(self.layout, &texts), |part| {
                loss += part.get(LOSS.name).unwrap_or_default()
            })?;
        Ok(updated.with(LOSS.name, loss))
    }

    fn evaluate(&mut self, model: &SftModel, _: usize) -> Result<Measures, Error> {
        let texts: Vec<&Text<u32>> = self.held_out.iter().collect();
        let losses = shares(self.layout, &texts).into_iter().map(|share| {
            let part = InferenceStep::step(model, share);
            part.get(LOSS.name).unwrap_or_default()
        });
        Ok(Measures::default().with(LOSS.name, losses.sum()))
    }
}

/// The batches of some texts, whose losses add up to the mean over all tokens to learn.
fn shares(layout: Layout, texts: &[&Text<u32>]) -> Vec<Share> {
    let asked: usize = texts.iter().map(|text| text.asked.len()).sum();
    let share = 1.0 / asked as f64;
    let batches = layout.lay_out(texts).into_iter();
    batches.map(|batch| Share { batch, share }).collect()
}

#[cfg(test)]
mod tests;
