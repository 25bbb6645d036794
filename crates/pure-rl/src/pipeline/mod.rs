//! The line, run once an iteration.
//!
//! ```text
//! prompts -> rollouts -> steps -> scores -> credit -> advantages -> update -> metrics
//! ```
//!
//! PURE, arXiv 2504.15275, algorithm 1: one iteration is one step of a [`Learner`] in the loop of
//! [`pure_run::train`].

mod alarms;
mod choice;
mod reference;
mod report;

use std::path::PathBuf;
use std::rc::Rc;

use pure_core::{KlController, Method, Metric, Rollout, metrics};
use pure_model::{CausalLm, Checkpoint};
use pure_run::{Learner, Measures, Notice, Part, Progress, SampledAnswer, TrainState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::choice::Answers;
use crate::answer::credit;
use crate::config::{PolicyConfig, WithoutSignal};
use crate::error::Error;
use crate::evaluation::Evaluation;
use crate::learning::learn;
use crate::monitor::Monitor;
use crate::phase_times::PhaseTimes;
use crate::prompts::{Prompt, PromptSource};
use crate::reference::ReferencePolicy;
use crate::rollouts::Rollouts;
use crate::samples::Samples;
use crate::scorer::Scorer;

/// The part of a checkpoint that has the policy's weights.
const MODEL: &str = "model";

/// Everything that an iteration needs.
pub(crate) struct Pipeline {
    pub config: PolicyConfig,
    /// Folder of the run.
    pub folder: PathBuf,
    /// The model that it began with, for the files around the weights.
    pub checkpoint: Rc<Checkpoint>,
    pub policy: TrainState<CausalLm>,
    pub prompts: Box<dyn PromptSource>,
    pub rollouts: Rollouts,
    pub scorer: Scorer,
    pub reference: Option<Box<dyn ReferencePolicy>>,
    pub method: Method,
    pub kl: KlController,
    pub evaluation: Option<Evaluation>,
    pub monitor: Monitor,
    pub samples: Samples,
    /// Prompts that were asked since the run began.
    pub asked: u64,
    pub notices: Vec<Notice>,
    /// An answer of the last iteration to look at.
    pub shown: Option<SampledAnswer>,
    pub is_over: bool,
}

/// What must be known to go on, beside the parts.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    policy: Progress,
    asked: u64,
    kl: KlController,
    monitor: Value,
    #[serde(default)]
    step_rewards: Value,
    /// Bytes of `samples.jsonl`.
    samples: u64,
    is_over: bool,
}

impl Learner for Pipeline {
    type Error = Error;

    fn metrics(&self) -> Vec<Metric> {
        metrics::POLICY_METRICS.to_vec()
    }

    fn watched(&self) -> Metric {
        metrics::ACCURACY
    }

    fn step(
        &mut self,
        iteration: usize,
        phase: &mut dyn FnMut(&'static str),
    ) -> Result<Measures, Error> {
        let mut times = PhaseTimes::new(phase);
        let mut answers = Answers::default();
        // Again for other prompts, in place of groups that say nothing.
        for _ in 0..self.rounds() {
            let missing = self.config.prompts.per_iteration - answers.groups;
            let prompts = times.time("prompts", || self.next_prompts(missing))?;
            let rollouts = times.time("rollout", || self.roll_out(&prompts, &mut answers))?;
            times.time("reference answers", || {
                self.ask_reference(&prompts, &mut answers)
            })?;
            let first = answers.numbered();
            let mut split = times.time("steps", || self.scorer.split(prompts, rollouts, first));
            times.time("scoring", || self.scorer.reward(&mut split))?;
            times.time("verifying", || self.scorer.verify(&mut split));
            self.choose(split, &mut answers)?;
            if answers.groups == self.config.prompts.per_iteration {
                break;
            }
        }
        if answers.learned_from.is_empty() && answers.dropped.is_empty() {
            let iteration = iteration + 1;
            return Err(Error::NoUsableRewards { iteration });
        }
        let batch = &mut answers.learned_from;
        times.time("reference", || self.refer(batch))?;
        let credited = times.time("credit", || match batch.is_empty() {
            true => Ok(None),
            false => credit(&self.method, batch, &answers.references).map(Some),
        })?;
        let learned = times.time("update", || {
            let (config, policy) = (&self.config, &mut self.policy);
            learn(config, policy, iteration, batch, credited.as_ref())
        })?;
        let taught = times.time("teaching", || self.scorer.learn(iteration, &answers.all()))?;
        let mut measures = times.time("measuring", || {
            self.report(iteration, &answers, credited.as_ref(), &learned)
        })?;
        measures.extend(taught);
        times.put(&mut measures);
        for alarm in self.monitor.observe(iteration + 1, &measures) {
            self.act(alarm)?;
        }
        Ok(measures)
    }

    fn evaluate(&mut self, step: usize) -> Result<Measures, Error> {
        let Some(evaluation) = &mut self.evaluation else {
            return Ok(Measures::default());
        };
        let (policy, samples) = (self.policy.frozen(), &mut self.samples);
        let (rollouts, scorer) = (&mut self.rollouts, &mut self.scorer);
        let shaped = self.config.is_shaped();
        if let Some(reference) = self.reference.as_deref_mut().filter(|_| shaped) {
            evaluation.ask_reference(reference, rollouts, scorer)?;
        }
        evaluation.measure(&policy, step, rollouts, scorer, &self.method, samples)
    }

    fn parts(&mut self) -> Vec<Part<'_>> {
        let mut parts = self.policy.parts(MODEL, "optimizer");
        if let Some(rewards) = &mut self.scorer.step_rewards {
            parts.extend(rewards.parts());
        }
        parts
    }

    fn state(&mut self) -> Result<Value, Error> {
        Ok(json!(State {
            policy: self.policy.progress(),
            asked: self.asked,
            kl: self.kl,
            monitor: self.monitor.state(),
            step_rewards: match &mut self.scorer.step_rewards {
                Some(rewards) => rewards.state(),
                None => Value::Null,
            },
            samples: self.samples.synced()?,
            is_over: self.is_over,
        }))
    }

    fn restore(&mut self, state: Option<&Value>) -> Result<(), Error> {
        let Some(state) = state else {
            return self.samples.open(&self.folder, 0);
        };
        let unusable = |error: serde_json::Error| pure_run::Error::State(error.to_string());
        let state = State::deserialize(state).map_err(unusable)?;
        self.policy.restore(state.policy);
        self.asked = state.asked;
        self.kl = state.kl;
        self.method.set_kl_coefficient(state.kl.coefficient());
        self.monitor.restore(&state.monitor).map_err(unusable)?;
        if let Some(rewards) = &mut self.scorer.step_rewards {
            rewards.restore(&state.step_rewards)?;
        }
        self.is_over = state.is_over;
        self.samples.open(&self.folder, state.samples)
    }

    fn notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    fn answer(&mut self) -> Option<SampledAnswer> {
        self.shown.take()
    }

    fn texts(&mut self) -> Vec<(&'static str, String)> {
        let evaluation = self.evaluation.as_mut();
        let seen = evaluation.map(|evaluation| std::mem::take(&mut evaluation.seen));
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
        prompts: &[Prompt],
        answers: &mut Answers,
    ) -> Result<Vec<Vec<Rollout>>, Error> {
        let config = &self.config.rollouts;
        let (each, temperature) = (config.num_generations, config.temperature);
        let first = self.asked - prompts.len() as u64;
        let (policy, sampler) = (self.policy.frozen(), &mut self.rollouts);
        let (rollouts, phases) = sampler.sample(policy, prompts, each, temperature, first)?;
        let lengths = rollouts.iter().flatten().map(|it| it.tokens.len());
        answers.tokens_sampled += lengths.sum::<usize>();
        answers.phases += phases;
        Ok(rollouts)
    }
}
