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
mod error;
mod examples;
mod objective;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::rc::Rc;

use burn::tensor::Device;
use burn::train::Interrupter;
use pure_model::{CausalLm, Checkpoint, Precision, PromptFormat, Room, Sequence};
use pure_run::{Ended, Forecast, Run, Supervised, SupervisedMemory, TrainState, Watcher};

pub use self::config::SftConfig;
pub use self::error::Error;
use self::examples::Encoder;
use self::objective::NextToken;

/// A run of fine-tuning whose files are all read and whose work is still to do.
pub struct Sft {
    config: SftConfig,
    checkpoint: Checkpoint,
    examples: Rc<[Sequence<u32>]>,
    held_out: Rc<[Sequence<u32>]>,
    too_long: usize,
}

impl Sft {
    /// Reads the model's shape, the tokenizer and all data.
    ///
    /// # Errors
    ///
    /// Names the file, and the record, that cannot be used.
    pub fn prepare(mut config: SftConfig) -> Result<Self, Error> {
        let checkpoint = Checkpoint::open_to_train(&config.model, config.lora.as_ref())?;
        let (shape, lora) = (checkpoint.config(), config.lora.as_ref());
        config.lr_scheduler = config.lr_scheduler.or(2e-5, shape, lora);
        let tokenizer = checkpoint.tokenizer()?;
        let format = PromptFormat {
            raw: config.raw,
            template: None,
        };
        let prompts = format.encoder(&tokenizer)?;
        let encoder = Encoder {
            tokenizer: &tokenizer,
            prompts,
            end: checkpoint.ends(&prompts)?.taught,
            max_length: config.batch.max_length.min(shape.max_position_embeddings),
            vocab_size: shape.vocab_size,
        };
        let (mut sequences, mut too_long) = encoder.read(&config.data)?;
        let held_out = match &config.held_out {
            Some(path) => {
                let (held_out, more) = encoder.read(path)?;
                too_long += more;
                held_out
            }
            None => pure_run::hold_out(&mut sequences, config.seed, &config.data)?,
        };
        Ok(Self {
            config,
            checkpoint,
            examples: sequences.into(),
            held_out: held_out.into(),
            too_long,
        })
    }

    /// The settings, with the defaults that follow from the model.
    pub fn config(&self) -> &SftConfig {
        &self.config
    }

    /// What the run reads.
    pub fn inputs(&self) -> Vec<&Path> {
        let mut inputs: Vec<&Path> = self.checkpoint.folders().collect();
        inputs.push(&self.config.data);
        inputs.extend(self.config.held_out.as_deref());
        inputs
    }

    /// What the run will take on a device with such memory.
    pub fn forecast(&self, room: Room) -> Forecast {
        Forecast::of(
            &self.examples,
            &self.held_out,
            self.too_long,
            self.steps(),
            &self.memory(),
            room,
        )
    }

    fn memory(&self) -> SupervisedMemory<'_> {
        SupervisedMemory {
            model: self.checkpoint.config(),
            batch: self.config.batch,
            precision: self.config.precision,
            lora: self.config.lora.clone(),
            offload: self.config.optimizer.offload,
        }
    }

    /// Decides the tokens of a forward pass, and what waits in host memory, where the settings leave it open, by what
    /// the device has room for.
    pub fn fit(&mut self, room: Room) {
        let tokens = self.memory().tokens(&self.examples, &self.held_out, room);
        self.config.batch.batch_tokens = Some(tokens);
        let peak = self.forecast(room).memory.peak();
        room.decide(&mut self.config.optimizer.offload, peak);
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
        let (config, steps) = (&self.config, self.steps());
        let (lora, device) = (config.lora.as_ref(), device.clone().autodiff());
        let begun = |lm| TrainState::new(lm, &config.optimizer, config.lr_scheduler, steps);
        let state = match lora {
            Some(lora) => {
                let lm = self.checkpoint.load(&device, config.precision)?;
                begun(lora.adapt(lm, config.seed))
            }
            None => {
                let place = config.optimizer.offload.place(&device).autodiff();
                let masters = self.checkpoint.load(&place, Precision::F32)?;
                begun(masters).computing(config.precision, &device)
            }
        };
        let mut learner = Supervised::new(
            NextToken,
            state,
            &config.batch,
            config.seed,
            self.examples.clone(),
            self.held_out.clone(),
        )
        .with_dropout(lora.map_or(0.0, |lora| lora.dropout));
        let plan = config.checkpoints.plan(steps);
        match pure_run::train(&mut learner, &plan, run.folder(), watcher, interrupter)? {
            Ended::Interrupted { saved } => Ok(Ended::Interrupted { saved }),
            Ended::Done(()) => {
                let lm = learner.into_model()?;
                run.finish(|folder| {
                    let saved = self.checkpoint.save_trained_as(folder, &lm, lora);
                    saved.map_err(Error::from)
                })?;
                Ok(Ended::Done(lm))
            }
        }
    }

    fn steps(&self) -> usize {
        let config = &self.config;
        let epoch = self.examples.len().div_ceil(config.batch.train_batch_size);
        let all = config.num_train_epochs.saturating_mul(epoch);
        config.max_steps.unwrap_or(all)
    }
}
