//! The line, run once an iteration.
//!
//! ```text
//! prompts -> rollouts -> steps -> scores -> credit -> advantages -> update -> metrics
//! ```
//!
//! PURE, arXiv 2504.15275, algorithm 1, on Burn's training loop: one iteration is one step of
//! [`Work`].

use std::path::PathBuf;

use burn::module::Module;
use burn::store::ModuleRecord;
use burn::train::Learner;
use pure_core::{CreditedBatch, KlController, Method, Response};
use pure_model::{Checkpoint, Precision};
use pure_rollout::Phases;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::{Judge, Rollouts, Scored, mean_tokens, paid, signals};
use super::clock::Clock;
use super::config::{PolicyConfig, WithoutSignal};
use super::evaluation::{Evaluation, is_usable};
use super::learning::{Learned, Learning};
use super::model::PolicyModel;
use super::monitor::{Action, Alarm, Monitor};
use super::prompts::{Prompt, PromptSource};
use super::reference::ReferencePolicy;
use super::rewards::Answer;
use super::samples::{Drawn, Origin, Samples};
use super::signals::{ACCURACY, ALL, put_learned, put_signals};
use crate::optim::Brake;
use crate::run::{checkpoint_before, write_folder};
use crate::training::Work;
use crate::{Error, Measures, Notice, Signal};

/// Everything that an iteration needs, beside the learner.
pub(super) struct Pipeline {
    pub config: PolicyConfig,
    /// Folder of the run.
    pub folder: PathBuf,
    /// The model that it began with, for the files around the weights.
    pub checkpoint: Checkpoint,
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

/// The answers of an iteration.
#[derive(Default)]
struct Answers {
    learned_from: Vec<Scored>,
    /// Those of groups that say nothing.
    dropped: Vec<Scored>,
    dropped_groups: usize,
    unusable_groups: usize,
    groups: usize,
    phases: Phases,
}

impl Work for Pipeline {
    type Model = PolicyModel;

    fn signals(&self) -> Vec<Signal> {
        ALL.to_vec()
    }

    fn watched(&self) -> Signal {
        ACCURACY
    }

    fn step(
        &mut self,
        learner: &mut Learner<PolicyModel>,
        iteration: usize,
    ) -> Result<Measures, Error> {
        let mut clock = Clock::default();
        let mut answers = Answers::default();
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
        if answers.learned_from.is_empty() && answers.dropped.is_empty() {
            let iteration = iteration + 1;
            return Err(Error::NoUsableRewards { iteration });
        }
        clock.time("reference", || self.refer(&mut answers.learned_from))?;
        let mut measures = Measures::default();
        if answers.learned_from.is_empty() {
            self.put_answers(&mut measures, &answers, None)?;
            put_learned(&mut measures, &Learned::default());
        } else {
            let credited = clock.time("credit", || self.credit(&answers.learned_from))?;
            let learned = clock.time("update", || {
                let answers = &answers.learned_from;
                self.learning.learn(learner, iteration, answers, &credited)
            })?;
            clock.time("measuring", || {
                self.put_answers(&mut measures, &answers, Some(&credited))?;
                put_learned(&mut measures, &learned);
                self.steer_kl(&mut measures, &credited);
                self.write_samples(iteration + 1, &answers.learned_from, &credited)
            })?;
        }
        let rollout = clock.seconds("rollout").max(1e-9);
        measures.put_time(
            "tokens_per_second",
            answers.phases.new_tokens as f64 / rollout,
        );
        clock.put(&mut measures);
        for alarm in self.monitor.observe(iteration + 1, &measures) {
            self.act(alarm, learner)?;
        }
        Ok(measures)
    }

    fn evaluate(&mut self, model: &PolicyModel, step: usize) -> Result<Measures, Error> {
        let Some(evaluation) = &self.evaluation else {
            return Ok(Measures::default());
        };
        let Self {
            rollouts,
            judge,
            method,
            samples,
            ..
        } = self;
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

    fn is_over(&self) -> bool {
        self.is_over
    }
}

impl Answers {
    /// Groups that have a number so far.
    fn numbered(&self) -> usize {
        self.groups + self.dropped_groups + self.unusable_groups
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

    /// Sorts out what cannot be learned from: groups with a reward that is no number, and, if it is so
    /// wanted, groups without signal.
    fn choose(&self, scored: Vec<Scored>, answers: &mut Answers) -> Result<(), Error> {
        let mut groups: Vec<Vec<Scored>> = Vec::new();
        for scored in scored {
            match groups.last_mut() {
                Some(group) if group[0].answer.group == scored.answer.group => group.push(scored),
                _ => groups.push(vec![scored]),
            }
        }
        for group in groups {
            if !group.iter().all(is_usable) {
                answers.unusable_groups += 1;
            } else if self.says_nothing(&group)? {
                answers.dropped_groups += 1;
                answers.dropped.extend(group);
            } else {
                answers.groups += 1;
                answers.learned_from.extend(group);
            }
        }
        Ok(())
    }

    fn says_nothing(&self, group: &[Scored]) -> Result<bool, Error> {
        if self.config.rollouts.without_signal == WithoutSignal::Keep {
            return Ok(false);
        }
        let responses: Vec<Response<'_>> = group.iter().map(Scored::response).collect();
        let report = self.method.run(&responses)?;
        Ok(!report.report().groups_without_signal.is_empty())
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

    fn credit(&self, answers: &[Scored]) -> Result<CreditedBatch, Error> {
        let responses: Vec<Response<'_>> = answers.iter().map(Scored::response).collect();
        Ok(self.method.run(&responses)?)
    }

    /// What all answers show, those that are not learned from included.
    fn put_answers(
        &self,
        measures: &mut Measures,
        answers: &Answers,
        credited: Option<&CreditedBatch>,
    ) -> Result<(), Error> {
        let Answers {
            learned_from,
            dropped,
            ..
        } = answers;
        let mut all_paid: Vec<_> = credited.map_or_else(Vec::new, |credited| {
            credited.responses().map(|response| response.paid).collect()
        });
        if !dropped.is_empty() {
            all_paid.extend(paid(&self.method, dropped)?);
        }
        let all = || learned_from.iter().chain(dropped);
        let signals = signals(all().zip(&all_paid));
        put_signals(measures, &signals, self.judge.step_rewards.is_some());
        for (name, value) in [
            ("tokens_per_answer", mean_tokens(all())),
            ("answers", learned_from.len() as f64),
            ("dropped", answers.dropped_groups as f64),
            ("unusable", answers.unusable_groups as f64),
        ] {
            measures.put(name, value);
        }
        Ok(())
    }

    /// Has the weight of the KL penalty follow what was measured.
    fn steer_kl(&mut self, measures: &mut Measures, credited: &CreditedBatch) {
        let Some(kl) = credited.report().mean_kl else {
            return;
        };
        self.kl.observe(kl, credited.len());
        self.method.set_kl_coefficient(self.kl.coefficient());
        measures.put("kl", kl);
        measures.put("kl_coefficient", self.kl.coefficient());
    }

    fn write_samples(
        &mut self,
        step: usize,
        answers: &[Scored],
        credited: &CreditedBatch,
    ) -> Result<(), Error> {
        let some = &answers[..self.config.samples.min(answers.len())];
        let rest = credited.responses();
        let rest = rest.map(|response| (response.paid.process, Some(response.advantages)));
        let origin = Origin {
            step,
            split: "train",
            drawn: Drawn::Sampled,
        };
        let decode = |tokens: &[u32]| self.judge.tokenizer.decode(tokens, true);
        self.samples.write(origin, some, rest, decode)
    }

    /// Does what an alarm asks for, and tells of it.
    fn act(&mut self, alarm: Alarm, learner: &Learner<PolicyModel>) -> Result<(), Error> {
        /// What the rate is multiplied by.
        const SLOWER: f64 = 0.5;
        let mut text = alarm.text;
        for action in alarm.then {
            text += &match action {
                Action::Warn => continue,
                Action::Save => self.save_from_before(alarm.since, learner)?,
                Action::Slow => {
                    self.brake.set(self.brake.factor() * SLOWER);
                    format!(
                        "; the learning rate is now {} of the plan's",
                        self.brake.factor()
                    )
                }
                Action::Stop => {
                    self.is_over = true;
                    "; the run ends here".to_owned()
                }
            };
        }
        let evidence = alarm.evidence;
        self.notices.push(Notice { text, evidence });
        Ok(())
    }

    /// Puts the model of the last checkpoint up to a step into a folder, and says so.
    fn save_from_before(
        &self,
        step: usize,
        learner: &Learner<PolicyModel>,
    ) -> Result<String, Error> {
        let Some((step, path)) = checkpoint_before(&self.folder, step) else {
            let start = self.checkpoint.folder().display();
            return Ok(format!(
                "; no checkpoint is as old, the run began with {start}"
            ));
        };
        let record = ModuleRecord::load(&path)
            .map_err(|error| Error::read(&path)(std::io::Error::other(error.to_string())))?;
        let model = learner.model().load_record(record);
        let folder = self.folder.join("before-hack");
        write_folder(&folder, |folder| {
            Ok(self.checkpoint.save_as(folder, &model.lm, Precision::F32)?)
        })?;
        Ok(format!(
            "; the model after step {step} is in {}",
            folder.display()
        ))
    }
}
