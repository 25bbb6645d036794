//! Reinforcement learning as a library: parts of one's own in the pipeline that ships.

mod faults;
mod implicit;

mod invariants;
mod metrics;
mod online;
mod presets;
mod shaping;

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use burn::tensor::Device;
use burn::train::Interrupter;
use pure::core::{Finish, Rollout};
use pure::model::CausalLm;
use pure::rl::{Answer, Error, PolicyConfig, PolicyTraining, StepRewards};
use pure::rollout::{self, Event, Phases, Report, Request, Sampler};
use pure::run::{Ended, Progressed, Run, SampledAnswer};
use pure::settings;
use serde_json::Value;

use crate::training::Bench;

/// Settings of two iterations of two prompts, to be added to.
const SETTINGS: &str = r#"
output = "run"
model = "model"
iterations = 2
num_completions_to_log = 1000
prompts = { file = "data/train.jsonl", raw = true, per_iteration = 2, max_prompt_length = 64 }
rollouts = { num_generations = 4, max_new_tokens = 24 }
lr_scheduler = { learning_rate = 1e-3 }
"#;

/// Settings in a folder, with more lines behind them.
fn settings(bench: &Bench, more: &str) -> PolicyConfig {
    let text = format!("{SETTINGS}{more}");
    let loaded = settings::parse(Path::new("test.toml"), &text, &[]);
    let mut settings: PolicyConfig = loaded.unwrap_or_else(|e| panic!("{e}")).settings;
    settings.output = bench.path("run");
    settings.model = bench.path("model");
    for path in [&mut settings.prompts.file]
        .into_iter()
        .flatten()
        .chain(settings.evaluation.as_mut().map(|e| &mut e.prompts))
        .chain(settings.reward_model.as_mut().map(|r| &mut r.model))
        .chain(settings.reference.model.as_mut())
    {
        *path = bench.path(path.to_str().unwrap());
    }
    settings
}

/// Everything that a run told.
#[derive(Debug, Clone, Default)]
struct Told {
    notices: Vec<(usize, String)>,
    answers: Vec<(usize, SampledAnswer)>,
    phases: Vec<&'static str>,
}

/// Runs to the end.
fn run(bench: &Bench, training: PolicyTraining) -> Result<Told, Error> {
    let folder = bench.path("run");
    let run = Run::open(&folder, "settings", &training.inputs())?;
    let told = Rc::new(RefCell::new(Told::default()));
    let listener = told.clone();
    let watcher = move |progressed: &Progressed<'_>| {
        let mut told = listener.borrow_mut();
        match *progressed {
            Progressed::Noticed { step, notice } => told.notices.push((step, notice.text.clone())),
            Progressed::Answered { step, answer } => told.answers.push((step, answer.clone())),
            Progressed::Phase { phase } => told.phases.push(phase),
            _ => (),
        }
    };
    let watcher = Box::new(watcher);
    match training.run(&run, &Device::flex(), watcher, &Interrupter::new())? {
        Ended::Done(_) => Ok(told.take()),
        Ended::Interrupted { .. } => panic!("nobody interrupts"),
    }
}

/// The lines of a file of the run.
fn lines(bench: &Bench, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(bench.path("run").join(file)).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// The lines of `metrics.jsonl` about iterations.
fn iterations(bench: &Bench) -> Vec<Value> {
    let mut lines = lines(bench, "metrics.jsonl");
    lines.retain(|line| line["split"] == "train");
    lines
}

/// A sampler whose answers are decided by a function of the request's place and the sample.
struct Recorded<F>(F);

impl<F: Fn(usize, usize) -> Rollout> Sampler for Recorded<F> {
    fn load(&mut self, _: CausalLm) {}

    fn unload(&mut self) {}

    fn sample(
        &mut self,
        requests: &[Request],
        report: &mut Report<'_>,
    ) -> Result<Phases, rollout::Error> {
        for (request, asked) in requests.iter().enumerate() {
            for sample in asked.samples.clone() {
                let rollout = (self.0)(request, sample);
                let told = report(Event::Finished {
                    request,
                    sample,
                    rollout,
                });
                if told.is_break() {
                    return Ok(Phases::default());
                }
            }
        }
        Ok(Phases::default())
    }
}

fn rollout(tokens: Vec<u32>, log_probs: Vec<f32>) -> Rollout {
    Rollout {
        tokens,
        log_probs,
        drawn_log_probs: None,
        finish: Finish::End,
    }
}

/// Step rewards that are a function of the answer.
struct Rewards<F>(F);

impl<F: FnMut(&Answer) -> Vec<f32>> StepRewards for Rewards<F> {
    fn rewards(&mut self, answers: &[Answer]) -> Result<Vec<Vec<f32>>, Error> {
        Ok(answers.iter().map(&mut self.0).collect())
    }
}

/// The same for every step.
fn all_equal(reward: f32) -> impl StepRewards {
    Rewards(move |answer: &Answer| vec![reward; answer.steps.len()])
}
