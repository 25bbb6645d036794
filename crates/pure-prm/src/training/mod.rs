//! Training a process reward model on step-labelled answers, in stages.
//!
//! ```text
//! stage 1   the head alone, learning rate 1e-4, 3 epochs        (the defaults are PURE's,
//! stage 2   all parameters, learning rate 1e-6, 1 epoch          arXiv 2504.15275, appendix)
//! ```
//!
//! Each step of an answer is judged at its marker, in the [layout](crate::Layout) of the settings; only labelled
//! steps are part of the loss, and what follows the last of them is not read.
//!
//! Departures: TRL's trainer cuts a long answer anywhere and may lose the marker of a step while its
//! label stays; here whole steps are cut off. Soft labels, class weights and other losses are added.

mod config;
mod consensus;
mod examples;
mod loss;
mod models;
mod objective;
mod online;
mod quality;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use burn::module::Module;
use burn::tensor::Device;
use burn::train::Interrupter;
use pure_model::{Checkpoint, ProcessRewardModel, Room, Sequence};
use pure_run::{Ended, Forecast, Run, Supervised, SupervisedMemory, TrainState, Watcher};

pub use self::config::{HeadConfig, PrmConfig, StageConfig, Trained};
use self::consensus::Consensus;
use self::examples::Question;
use self::loss::Loss;
pub use self::loss::PrmLoss;
pub use self::models::save_checkpoint;
use self::models::stage_folder;
use self::objective::StepLabels;
pub use self::online::{LearnsFrom, OnlinePrm};
use crate::error::Error;
use crate::step_reader::StepReader;
use crate::step_tokens::{Marker, StepTokens};

/// A run of the training whose files are all read and whose work is still to do.
pub struct PrmTraining {
    config: PrmConfig,
    checkpoint: Checkpoint,
    examples: Rc<[Sequence<Question>]>,
    held_out: Rc<[Sequence<Question>]>,
    too_long: usize,
    contested: usize,
}

impl PrmTraining {
    /// Reads the model's shape, the tokenizer and all data.
    ///
    /// # Errors
    ///
    /// Names the file, and the record, that cannot be used.
    pub fn prepare(config: PrmConfig) -> Result<Self, Error> {
        let checkpoint = Checkpoint::open_to_train(&config.model, config.lora.as_ref())?;
        let config = config.complete(checkpoint.config());
        let tokens = StepTokens {
            separators: Vec::new(),
            marker: Marker::Text(config.marker.clone()),
            layout: Some(config.layout),
            preset: None,
        };
        let reader = StepReader::of(&checkpoint, &tokens)?.with_prompts(config.prompts());
        let limit = checkpoint.config().max_position_embeddings;
        let limit = config.batch.max_length.min(limit);
        let consensus = config.consensus.as_deref().map(Consensus::read);
        let consensus = consensus.transpose()?;
        let (mut sequences, mut too_long, mut contested) = (Vec::new(), 0, 0);
        for path in &config.data {
            let read = examples::read(path, &reader, limit, consensus.as_ref())?;
            sequences.extend(read.sequences);
            too_long += read.too_long;
            contested += read.contested;
        }
        let mut held_out = match &config.held_out {
            Some(path) => {
                let read = examples::read(path, &reader, limit, None)?;
                too_long += read.too_long;
                read.sequences
            }
            None => pure_run::hold_out(&mut sequences, config.seed, &config.data[0])?,
        };
        examples::number(&mut sequences);
        examples::number(&mut held_out);
        Ok(Self {
            config,
            checkpoint,
            examples: sequences.into(),
            held_out: held_out.into(),
            too_long,
            contested,
        })
    }

    /// Answers that are not learned from because the second labelling, `consensus`, does not have their first error;
    /// nothing if there is none.
    pub fn contested(&self) -> Option<usize> {
        self.config.consensus.as_ref().map(|_| self.contested)
    }

    /// The settings, with the defaults that follow from the model.
    pub fn config(&self) -> &PrmConfig {
        &self.config
    }

    /// What the run reads.
    pub fn inputs(&self) -> Vec<&Path> {
        let data = self.config.data.iter().map(PathBuf::as_path);
        let mut inputs: Vec<&Path> = data.collect();
        inputs.extend(self.checkpoint.folders());
        inputs.extend(self.config.held_out.as_deref());
        inputs.extend(self.config.consensus.as_deref());
        inputs
    }

    /// What the run will take on a device with such memory, its steps stage by stage.
    pub fn forecast(&self, room: Room) -> (Forecast, Vec<usize>) {
        let stages = self.config.stages.iter();
        let steps: Vec<usize> = stages.map(|stage| self.steps(stage)).collect();
        let forecast = Forecast::of(
            &self.examples,
            &self.held_out,
            self.too_long,
            steps.iter().copied().fold(0, usize::saturating_add),
            &self.memory(),
            room,
        );
        (forecast, steps)
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
        let peak = self.forecast(room).0.memory.peak();
        room.decide(&mut self.config.optimizer.offload, peak);
    }

    /// Trains in the run's folder, stage after stage, from the last checkpoint if there is one, and
    /// saves the model. `watcher` is asked for whoever watches a stage, counted from 0.
    ///
    /// # Errors
    ///
    /// What the training could not go on with, or the folder could not be written for.
    pub fn run(
        self,
        run: &Run,
        device: &Device,
        mut watcher: impl FnMut(usize, &StageConfig, usize) -> Box<dyn Watcher>,
        interrupter: &Interrupter,
    ) -> Result<Ended<ProcessRewardModel>, Error> {
        device.seed(self.config.seed);
        let device = device.clone().autodiff();
        let place = match self.config.lora {
            Some(_) => device.clone(),
            None => self.config.optimizer.offload.place(&device).autodiff(),
        };
        let (config, from, mut prm) = (&self.config, &self.checkpoint, None);
        for (number, stage) in config.stages.iter().enumerate() {
            let folder = stage_folder(run.folder(), number);
            let result = folder.join("model");
            if !result.exists() {
                let start = match prm.take() {
                    Some(prm) => prm,
                    None => config.begin(from, &place)?,
                };
                let watcher = watcher(number, stage, self.steps(stage));
                let start = config.trained_in(number, start);
                match self.train_stage(stage, start, &device, &folder, watcher, interrupter)? {
                    Ended::Done(trained) => {
                        pure_files::write_folder(&result, |folder| {
                            config.save(from, folder, &trained)
                        })?;
                    }
                    Ended::Interrupted { saved } => return Ok(Ended::Interrupted { saved }),
                }
            }
            pure_run::sealed(&folder, &result)?;
            prm = Some(config.go_on(&result, &place)?);
        }
        let prm = prm.expect("there is a stage").valid();
        run.finish(|folder| config.save(from, folder, &prm))?;
        Ok(Ended::Done(prm))
    }

    fn train_stage(
        &self,
        stage: &StageConfig,
        prm: ProcessRewardModel,
        device: &Device,
        folder: &Path,
        watcher: Box<dyn Watcher>,
        interrupter: &Interrupter,
    ) -> Result<Ended<ProcessRewardModel>, Error> {
        let (config, steps) = (&self.config, self.steps(stage));
        let state = TrainState::new(prm, &config.optimizer, stage.lr_scheduler, steps);
        let state = match config.lora {
            Some(_) => state,
            None => state.computing(config.precision, device),
        };
        let objective = StepLabels {
            loss: match config.loss {
                PrmLoss::CrossEntropy => Loss::CrossEntropy(config.class_weights),
                PrmLoss::Pqm(pqm) => Loss::Pqm(pqm),
            },
        };
        let mut learner = Supervised::new(
            objective,
            state,
            &config.batch,
            config.seed,
            self.examples.clone(),
            self.held_out.clone(),
        )
        .with_dropout(config.lora.as_ref().map_or(0.0, |lora| lora.dropout));
        let plan = config.checkpoints.plan(steps);
        match pure_run::train(&mut learner, &plan, folder, watcher, interrupter)? {
            Ended::Done(()) => Ok(Ended::Done(learner.into_model()?)),
            Ended::Interrupted { saved } => Ok(Ended::Interrupted { saved }),
        }
    }

    fn steps(&self, stage: &StageConfig) -> usize {
        let batch = self.config.batch.train_batch_size;
        let epoch = self.examples.len().div_ceil(batch);
        stage.num_train_epochs.saturating_mul(epoch)
    }
}
