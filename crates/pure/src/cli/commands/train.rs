//! `pure train`: reinforcement learning of a policy.

use std::path::PathBuf;

use clap::Args;
use pure::core::metrics;
use pure::rl::{PolicyConfig, PolicyForecast, PolicyTraining};
use pure::run::stop_on_signals;
use pure::settings::Override;

use crate::cli::support::training::{
    Trainee, Training, at_once, memory_facts, refuse_to_shorten, setting,
};
use crate::cli::support::{Outcome, checkpoint_of, explain_rl, explain_run, model_folder};

/// The settings that may change when a run is gone on with, so that it can be prolonged and looked at more closely.
const PROLONGED: [&str; 3] = ["iterations", "evaluation", "checkpoints"];

/// What a line on an iteration tells; `metrics.jsonl` has everything.
const HEADLINE: [&str; 9] = [
    metrics::ACCURACY.name,
    metrics::GREEDY_ACCURACY.name,
    metrics::PROCESS.name,
    metrics::STEPS_PER_ANSWER.name,
    metrics::TOKENS_PER_ANSWER.name,
    metrics::TRUNCATED.name,
    metrics::KL.name,
    metrics::ENTROPY.name,
    metrics::SKIPPED.name,
];

/// Train a policy by reinforcement learning from process rewards, verified answers, or both
///
///     pure train --model DIR --prompts FILE [--reward-model DIR] --output DIR
///
/// needs no file of settings: without a reward model, answers are rewarded that agree with those of the prompts'
/// file. Each iteration samples answers, has their steps and outcomes scored, gives credit to tokens, and
/// moves the policy. A run is a folder; the same command goes on with one that was stopped, at
/// whatever moment. With more `iterations` it goes on with one that is done; `evaluation` and `checkpoints` may be
/// others, too, and nothing else.
#[derive(Args)]
pub struct Train {
    /// File of the prompts, with the right answers where they are known: the setting `prompts.file`
    #[arg(long, value_name = "FILE")]
    prompts: Option<String>,
    /// Folder of a process reward model, which judges steps: the setting `reward_model.model`
    #[arg(long, value_name = "DIR")]
    reward_model: Option<String>,
    /// Begin a branch of a run, after a step: its settings, but for what is said here, its weights, its optimizer
    #[arg(
        long,
        value_name = "RUN@STEP",
        conflicts_with_all = ["config", "model", "reward_model"],
        requires = "output"
    )]
    from: Option<PathBuf>,
    #[command(flatten)]
    training: Training,
}

impl Train {
    pub fn run(mut self) -> miette::Result<Outcome> {
        let branched = self.from.as_deref().map(checkpoint_of).transpose()?;
        if let Some((run, _)) = &branched {
            self.training = self.training.with_config(run.join("config.toml"));
        }
        let mut settings = self.training.settings::<PolicyConfig>(self.options()?)?;
        settings.model = model_folder(&settings.model)?;
        let reward_model = settings.reward_model.as_mut().map(|own| &mut own.model);
        let others = [reward_model, settings.reference.model.as_mut()];
        for folder in others.into_iter().flatten() {
            *folder = model_folder(folder)?;
        }
        let mut policy = PolicyTraining::prepare(settings).map_err(explain_rl)?;
        policy.check().map_err(explain_rl)?;
        let settings = policy.config().clone();
        let device = self.training.device()?;
        let room = self.training.room(&device);
        policy.fit(room);
        let forecast = policy.forecast(room);
        Training::warn(room, &forecast.memory);
        for warning in policy.warnings() {
            eprintln!("warning: {warning}");
        }
        let (facts, inputs) = (facts(&forecast), policy.inputs());
        let output = &settings.output;
        refuse_to_shorten(output, settings.iterations, Trainee::Policy)?;
        let begun = self
            .training
            .begin(output, &settings, &facts, &inputs, &PROLONGED, &device)?;
        let Some(run) = begun else {
            return Ok(Outcome::Done);
        };
        if let Some((from, step)) = &branched {
            run.branch_from(from, *step).map_err(explain_run)?;
        }
        let interrupter = stop_on_signals();
        let folder = run.folder();
        let watcher =
            self.training
                .watcher("train", folder, Trainee::Policy, &HEADLINE, &interrupter);
        let ended = policy.run(&run, &device.device(), watcher, &interrupter);
        let ended = ended.map_err(explain_rl)?;
        let next = format!("pure report {}", folder.display());
        self.training.end(&run, ended, Trainee::Policy, &next)
    }

    /// What the options set, the verifier's reward where nobody speaks of a reward model.
    fn options(&self) -> miette::Result<Vec<Override>> {
        let has_model = self.reward_model.is_some() || !self.training.leaves_open("reward_model");
        let verified = (!has_model).then_some("vr");
        let all = [
            setting("method.reward.source", verified)?,
            setting("prompts.file", self.prompts.as_ref())?,
            setting("reward_model.model", self.reward_model.as_ref())?,
        ];
        Ok(all.into_iter().flatten().collect())
    }
}

/// What the run will take, line by line.
fn facts(forecast: &PolicyForecast) -> Vec<(&'static str, String)> {
    let paid = forecast.with_answer;
    let paid = paid.map_or_else(String::new, |n| format!(", {n} with an answer that pays"));
    let prompts = format!(
        "{} to learn from{paid}, {} to evaluate with, {} too long",
        forecast.prompts, forecast.held_out, forecast.too_long
    );
    let iterations = format!(
        "{} of {} answers and {} updates each",
        forecast.iterations, forecast.answers, forecast.updates
    );
    let mut facts = vec![
        ("prompts", prompts),
        ("iterations", iterations),
        ("batch", at_once(forecast.batch_tokens)),
    ];
    facts.extend(memory_facts(&forecast.memory));
    facts
}
