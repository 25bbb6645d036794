//! The line, run once an iteration.
//!
//! ```text
//! prompts -> rollouts -> steps -> scores -> credit -> advantages -> update -> metrics
//! ```
//!
//! PURE, arXiv 2504.15275, algorithm 1, on Burn's training loop: one iteration is one step of
//! [`Work`].

mod alarms;
mod choice;
mod report;

use std::path::PathBuf;
use std::rc::Rc;

use burn::module::Module;
use burn::train::Learner;
use pure_core::{CreditedBatch, KlController, Method, Metric, Response, metrics};
use pure_model::Checkpoint;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::choice::Answers;
use super::answers::{Judge, Rollouts, Scored};
use super::clock::Clock;
use super::config::{PolicyConfig, WithoutSignal};
use super::evaluation::Evaluation;
use super::learning::Learning;
use super::model::PolicyModel;
use super::monitor::Monitor;
use super::prompts::{Prompt, PromptSource};
use super::reference::ReferencePolicy;
use super::rewards::Answer;
use super::samples::Samples;
use crate::optim::Brake;
use crate::training::Work;
use crate::{Error, Measures, Notice};

/// Everything that an iteration needs, beside the learner.
pub(super) struct Pipeline {
    pub config: PolicyConfig,
    /// Folder of the run.
    pub folder: PathBuf,
    /// The model that it began with, for the files around the weights.
    pub checkpoint: Rc<Checkpoint>,
    pub prompts: Box<dyn PromptSource>,
    pub rollouts: Rollouts,
    pub judge: Judge,
    pub reference: Option<Box<dyn ReferencePolicy>>,
    pub method: Method,
    pub kl: KlController,
    pub learning: Learning,
    pub evaluation: Option<Evaluation>,
    pub monitor: Monitor,
    pub brake: Brake,
    pub samples: Samples,
    /// Prompts that were asked since the run began.
    pub asked: u64,
    pub notices: Vec<Notice>,
    pub is_over: bool,
}

/// What must be known to go on, beside the learner.
#[derive(Serialize, Deserialize)]
struct State {
    asked: u64,
    kl: KlController,
    monitor: Value,
    /// What learning rates are multiplied by.
    brake: f64,
    /// Bytes of `samples.jsonl`.
    samples: u64,
    is_over: bool,
}

impl Work for Pipeline {
    type Model = PolicyModel;

    fn metrics(&self) -> Vec<Metric> {
        metrics::POLICY_METRICS.to_vec()
    }

    fn watched(&self) -> Metric {
        metrics::ACCURACY
    }

    fn step(
        &mut self,
        learner: &mut Learner<PolicyModel>,
        iteration: usize,
    ) -> Result<Measures, Error> {
        let mut clock = Clock::default();
        let mut answers = Answers::default();
        // Again for other prompts, in place of groups that say nothing.
        for _ in 0..self.rounds() {
            let missing = self.config.prompts.per_iteration - answers.groups;
            let prompts = clock.time("prompts", || self.next_prompts(missing))?;
            let groups = clock.time("rollout", || self.roll_out(learner, prompts, &mut answers))?;
            let stepped = clock.time("steps", || self.judge.split(groups, answers.numbered()));
            let rewards = clock.time("scoring", || self.judge.rewards(&stepped))?;
            let scored = clock.time("verifying", || self.judge.scored(stepped, rewards));
            self.choose(scored, &mut answers)?;
            if answers.groups == self.config.prompts.per_iteration {
                break;
            }
        }
        answers.check(iteration)?;
        clock.time("reference", || self.refer(&mut answers.learned_from))?;
        let credited = clock.time("credit", || self.credit(&answers.learned_from))?;
        let learned = clock.time("update", || {
            let answers = &answers.learned_from;
            self.learning
                .learn(learner, iteration, answers, credited.as_ref())
        })?;
        let mut measures = clock.time("measuring", || {
            self.report(iteration, &answers, credited.as_ref(), &learned)
        })?;
        clock.put(&mut measures);
        for alarm in self.monitor.observe(iteration + 1, &measures) {
            self.act(alarm, learner)?;
        }
        Ok(measures)
    }

    fn evaluate(&mut self, model: &PolicyModel, step: usize) -> Result<Measures, Error> {
        let Self {
            evaluation: Some(evaluation),
            rollouts,
            judge,
            method,
            samples,
            ..
        } = self
        else {
            return Ok(Measures::default());
        };
        evaluation.measure(&model.lm, step, rollouts, judge, method, samples)
    }

    fn state(&mut self) -> Result<Value, Error> {
        Ok(json!(State {
            asked: self.asked,
            kl: self.kl,
            monitor: self.monitor.state(),
            brake: self.brake.factor(),
            samples: self.samples.synced()?,
            is_over: self.is_over,
        }))
    }

    fn restore(&mut self, state: Option<&Value>) -> Result<(), Error> {
        let Some(state) = state else {
            return self.samples.open(0);
        };
        let unusable = |error: serde_json::Error| Error::State(error.to_string());
        let state = State::deserialize(state).map_err(unusable)?;
        self.asked = state.asked;
        self.kl = state.kl;
        self.method.set_kl_coefficient(state.kl.coefficient());
        self.monitor.restore(&state.monitor).map_err(unusable)?;
        self.brake.set(state.brake);
        self.is_over = state.is_over;
        self.samples.open(state.samples)
    }

    fn notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    fn texts(&mut self) -> Vec<(&'static str, String)> {
        let seen = self
            .evaluation
            .as_mut()
            .map(|e| std::mem::take(&mut e.seen));
        let texts = seen.unwrap_or_default().into_iter();
        texts.map(|text| ("answers", text)).collect()
    }

    fn is_over(&self) -> bool {
        self.is_over
    }
}

impl Pipeline {
    /// How often prompts are asked in an iteration, at most.
    fn rounds(&self) -> usize {
        match self.config.rollouts.without_signal {
            WithoutSignal::Refill { rounds } => 1 + rounds,
            WithoutSignal::Keep | WithoutSignal::Drop => 1,
        }
    }

    fn next_prompts(&mut self, count: usize) -> Result<Vec<Prompt>, Error> {
        let numbers = self.asked..self.asked + count as u64;
        self.asked = numbers.end;
        numbers.map(|number| self.prompts.prompt(number)).collect()
    }

    fn roll_out(
        &mut self,
        learner: &Learner<PolicyModel>,
        prompts: Vec<Prompt>,
        answers: &mut Answers,
    ) -> Result<Vec<pure_core::Group<Prompt>>, Error> {
        let policy = learner.model().valid().lm;
        let rollouts = &self.config.rollouts;
        let (each, temperature) = (rollouts.answers, rollouts.temperature);
        let first = self.asked - prompts.len() as u64;
        let stream = |place: usize| first + place as u64;
        let sampled = self
            .rollouts
            .sample(policy, prompts, each, temperature, stream);
        let (groups, phases) = sampled?;
        answers.phases += phases;
        Ok(groups)
    }

    /// Asks the reference model, if it has a say.
    fn refer(&mut self, answers: &mut [Scored]) -> Result<(), Error> {
        let Some(reference) = &mut self.reference else {
            return Ok(());
        };
        let seen: Vec<Answer<'_>> = answers.iter().map(|a| a.answer.seen()).collect();
        let log_probs = reference.log_probs(&seen)?;
        for (answer, log_probs) in answers.iter_mut().zip(log_probs) {
            answer.reference = Some(log_probs);
        }
        Ok(())
    }

    /// From scores to advantages; nothing, if there is nothing to learn from.
    fn credit(&self, answers: &[Scored]) -> Result<Option<CreditedBatch>, Error> {
        if answers.is_empty() {
            return Ok(None);
        }
        let responses: Vec<Response<'_>> = answers.iter().map(Scored::response).collect();
        Ok(Some(self.method.run(&responses)?))
    }
}
