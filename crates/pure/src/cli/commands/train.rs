//! `pure train`: reinforcement learning of a policy.

use clap::Args;
use pure::core::metrics;
use pure::rl::{PolicyConfig, PolicyForecast, PolicyTraining};
use pure::run::stop_on_signals;

use crate::cli::support::training::{Training, memory_facts};
use crate::cli::support::{Outcome, explain_rl};

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
/// Each iteration samples answers, has their steps and outcomes scored, gives credit to tokens, and
/// moves the policy. A run is a folder; the same command goes on with one that was stopped, at
/// whatever moment.
#[derive(Args)]
pub struct Train {
    #[command(flatten)]
    training: Training,
}

impl Train {
    pub fn run(self) -> miette::Result<Outcome> {
        let (settings, text) = self.training.settings::<PolicyConfig>()?;
        let output = settings.output.clone();
        let mut policy = PolicyTraining::prepare(settings).map_err(explain_rl)?;
        policy.check().map_err(explain_rl)?;
        let device = self.training.device()?;
        let room = self.training.room(&device);
        policy.fit(room);
        let forecast = policy.forecast(room);
        Training::warn(room, &forecast.memory);
        for warning in policy.warnings() {
            eprintln!("warning: {warning}");
        }
        let (facts, inputs) = (facts(&forecast), policy.inputs());
        let Some(run) = self.training.begin(&output, &text, &facts, &inputs)? else {
            return Ok(Outcome::Done);
        };
        let interrupter = stop_on_signals();
        let watcher = self.training.watcher("train", &HEADLINE, &interrupter);
        let ended = policy.run(&run, &device.device(), watcher, &interrupter);
        let ended = ended.map_err(explain_rl)?;
        self.training.end(&run, ended, &HEADLINE)
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
    let mut facts = vec![("prompts", prompts), ("iterations", iterations)];
    facts.extend(memory_facts(&forecast.memory));
    facts
}
