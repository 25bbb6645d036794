//! Training a process reward model on step-labelled answers, in stages.
//!
//! ```text
//! stage 1   the head alone, learning rate 1e-4, 3 epochs        (the defaults are PURE's,
//! stage 2   all parameters, learning rate 1e-6, 1 epoch          arXiv 2504.15275, appendix)
//! ```
//!
//! Each step of an answer is judged at its last token, which the marker replaces; only labelled
//! steps are part of the loss, and what follows the last of them is not read.
//!
//! Departures: TRL's trainer cuts a long answer anywhere and may lose the marker of a step while its
//! label stays; here whole steps are cut off. Soft labels and class weights are added.

mod config;
mod examples;
mod model;
mod quality;

use std::path::Path;
use std::rc::Rc;

use burn::module::Module;
use burn::tensor::Device;
use burn::train::{Interrupter, Learner};
use pure_core::Metric;
use pure_core::metrics::{LOSS, PRM_METRICS, STEP_ACCURACY};
use pure_model::{Checkpoint, Precision, ProcessRewardModel};

pub use self::config::{HeadConfig, PrmConfig, StageConfig, Trained};
use self::examples::{Examples, Question};
use self::model::{PrmModel, Share};
use self::quality::quality;
use super::step_reader::StepReader;
use super::step_tokens::{Marker, StepTokens, write_marker};
use crate::layout::{Layout, Text};
use crate::order::{Order, put_aside};
use crate::run::write_folder;
use crate::training::{Ended, Watcher, Work, train};
use crate::update::Updater;
use crate::{Error, Measures, Outlook, Run};

/// A run of the training whose files are all read and whose work is still to do.
pub struct PrmTraining {
    config: PrmConfig,
    checkpoint: Checkpoint,
    examples: Rc<[Text<Question>]>,
    held_out: Rc<[Text<Question>]>,
    too_long: usize,
}

impl PrmTraining {
    /// Reads the model's shape, the tokenizer and all data.
    ///
    /// # Errors
    ///
    /// Names the file, and the record, that cannot be used.
    pub fn prepare(config: PrmConfig) -> Result<Self, Error> {
        let checkpoint = Checkpoint::open(&config.model)?;
        let tokens = StepTokens {
            separators: Vec::new(),
            marker: Marker::Text(config.marker.clone()),
        };
        let reader = StepReader::of(&checkpoint, &tokens)?;
        let limit = checkpoint.config().max_position_embeddings;
        let limit = config.batch.max_tokens.min(limit);
        let (mut texts, mut too_long) = (Vec::new(), 0);
        for path in &config.data {
            let read = examples::read(path, &reader, limit)?;
            texts.extend(read.texts);
            too_long += read.too_long;
        }
        let mut held_out = match &config.held_out {
            Some(path) => {
                let Examples {
                    texts,
                    too_long: more,
                } = examples::read(path, &reader, limit)?;
                too_long += more;
                texts
            }
            None => put_aside(&mut texts, config.seed, &config.data[0])?,
        };
        for (number, text) in held_out.iter_mut().enumerate() {
            for (_, question) in &mut text.asked {
                question.answer = number;
            }
        }
        Ok(Self {
            config,
            checkpoint,
            examples: texts.into(),
            held_out: held_out.into(),
            too_long,
        })
    }

    /// What the run will take, its steps stage by stage.
    pub fn outlook(&self) -> (Outlook, Vec<usize>) {
        let stages = self.config.stages.iter();
        let steps: Vec<usize> = stages.map(|stage| self.steps(stage)).collect();
        let outlook = Outlook::of(
            &self.examples,
            &self.held_out,
            self.too_long,
            steps.iter().sum(),
            &self.config.batch,
            self.checkpoint.config(),
        );
        (outlook, steps)
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
        mut watcher: impl FnMut(usize, &StageConfig, usize) -> Watcher,
        interrupter: &Interrupter,
    ) -> Result<Ended<ProcessRewardModel>, Error> {
        device.seed(self.config.seed);
        let device = device.clone().autodiff();
        let mut prm = None;
        for (number, stage) in self.config.stages.iter().enumerate() {
            let folder = run.folder().join(format!("stage-{}", number + 1));
            let result = folder.join("model");
            if result.exists() {
                prm = Some(Checkpoint::open(&result)?.load_prm(&device, Precision::F32)?);
                continue;
            }
            let start = match prm.take() {
                Some(prm) => prm,
                None => self.begin(&device)?,
            };
            let watcher = watcher(number, stage, self.steps(stage));
            match self.train_stage(stage, start, &folder, watcher, interrupter.clone())? {
                Ended::Done(trained) => {
                    write_folder(&result, |folder| self.save(folder, &trained))?;
                    prm = Some(Checkpoint::open(&result)?.load_prm(&device, Precision::F32)?);
                }
                Ended::Interrupted { saved } => return Ok(Ended::Interrupted { saved }),
            }
        }
        let prm = prm.expect("there is a stage").valid();
        run.finish(|folder| self.save(folder, &prm))?;
        Ok(Ended::Done(prm))
    }

    /// The model that the first stage begins with.
    fn begin(&self, device: &Device) -> Result<ProcessRewardModel, Error> {
        let begun = if self.checkpoint.prm_head().is_ok() {
            self.checkpoint.load_prm(device, Precision::F32)?
        } else {
            let head = self.config.head.into();
            self.checkpoint.start_prm(head, device, Precision::F32)?
        };
        Ok(begun)
    }

    fn train_stage(
        &self,
        stage: &StageConfig,
        mut prm: ProcessRewardModel,
        folder: &Path,
        watcher: Watcher,
        interrupter: Interrupter,
    ) -> Result<Ended<ProcessRewardModel>, Error> {
        if stage.trains == Trained::Head {
            prm.model = prm.model.no_grad();
        }
        let config = &self.config;
        let steps = self.steps(stage);
        let start = (
            PrmModel { prm },
            config.optimizer.init(),
            stage.learning_rate.over(steps),
        );
        let work = Lessons {
            order: Order::new(self.examples.len(), config.batch.examples, config.seed),
            updater: Updater::new(config.optimizer.max_grad_norm),
            layout: config.batch.layout(),
            class_weights: config.class_weights,
            examples: self.examples.clone(),
            held_out: self.held_out.clone(),
        };
        let plan = config.checkpoints.plan(steps);
        let ended = train(work, start, plan, folder, watcher, interrupter)?;
        ended.try_map(|PrmModel { prm }| Ok(prm))
    }

    fn save(&self, folder: &Path, prm: &ProcessRewardModel) -> Result<(), Error> {
        self.checkpoint.save_prm_as(folder, prm, Precision::F32)?;
        write_marker(folder, &self.config.marker)
    }

    fn steps(&self, stage: &StageConfig) -> usize {
        stage.epochs * self.examples.len().div_ceil(self.config.batch.examples)
    }
}

/// A stage of the training, step by step.
struct Lessons {
    examples: Rc<[Text<Question>]>,
    held_out: Rc<[Text<Question>]>,
    order: Order,
    layout: Layout,
    class_weights: [f64; 2],
    updater: Updater,
}

impl Work for Lessons {
    type Model = PrmModel;

    fn metrics(&self) -> Vec<Metric> {
        PRM_METRICS.to_vec()
    }

    fn watched(&self) -> Metric {
        LOSS
    }

    fn step(&mut self, learner: &mut Learner<PrmModel>, step: usize) -> Result<Measures, Error> {
        let chosen = self.order.of(step).iter();
        let texts: Vec<&Text<Question>> = chosen.map(|&index| &self.examples[index]).collect();
        let mut sum = Sum::default();
        let shares = shares(self.layout, self.class_weights, &texts);
        let updated = self
            .updater
            .step(learner, step, shares, |part| sum.add(&part))?;
        Ok(sum.measures(updated))
    }

    fn evaluate(&mut self, model: &PrmModel, _: usize) -> Result<Measures, Error> {
        let texts: Vec<&Text<Question>> = self.held_out.iter().collect();
        let mut sum = Sum::default();
        let mut judged = vec![Vec::new(); texts.len()];
        for share in shares(self.layout, self.class_weights, &texts) {
            let (part, p_good) = model.judge(&share);
            sum.add(&part);
            for (p, question) in p_good.into_iter().zip(&share.batch.asked) {
                judged[question.answer].push((p, question.is_good()));
            }
        }
        Ok(sum.measures(quality(&judged)?))
    }
}

/// What the shares of a step add up to.
#[derive(Default)]
struct Sum {
    loss: f64,
    accuracy: f64,
}

impl Sum {
    fn add(&mut self, part: &Measures) {
        self.loss += part.get(LOSS.name).unwrap_or_default();
        self.accuracy += part.get(STEP_ACCURACY.name).unwrap_or_default();
    }

    fn measures(self, others: Measures) -> Measures {
        others
            .with(LOSS.name, self.loss)
            .with(STEP_ACCURACY.name, self.accuracy)
    }
}

/// The batches of some answers, whose losses add up to the weighted mean over all their labels.
fn shares(layout: Layout, [bad, good]: [f64; 2], texts: &[&Text<Question>]) -> Vec<Share> {
    let questions = || texts.iter().flat_map(|text| &text.asked);
    let weights = questions().map(|(_, question)| {
        let y = f64::from(question.good);
        (1.0 - y) * bad + y * good
    });
    let share = 1.0 / weights.sum::<f64>();
    let count = 1.0 / questions().count() as f64;
    let batches = layout.lay_out(texts).into_iter();
    batches
        .map(|batch| Share {
            batch,
            class_weights: [bad, good],
            share,
            count,
        })
        .collect()
}

#[cfg(test)]
mod tests;
