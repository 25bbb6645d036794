//! `pure train`: reinforcement learning of a policy.

use clap::Args;
use pure::core::metrics;
use pure::train::{PolicyConfig, PolicyOutlook, PolicyTraining};

use super::Outcome;
use super::diagnostic::explain_training;
use super::training::{Training, interrupter};

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
        let policy = PolicyTraining::prepare(settings).map_err(explain_training)?;
        let outlook = policy.outlook();
        if self.training.is_dry_run(&text, &facts(&outlook))? {
            return Ok(Outcome::Done);
        }
        let Some(run) = self.training.open(&output, &text)? else {
            return Ok(Outcome::Done);
        };
        let device = self.training.device()?.device();
        let watcher = self
            .training
            .watcher("train", outlook.iterations, &HEADLINE);
        let ended = policy.run(&run, &device, watcher, interrupter());
        self.training.tell_notices(&run);
        self.training.end(&run, ended)
    }
}

/// What the run will take, line by line.
fn facts(outlook: &PolicyOutlook) -> Vec<(&'static str, String)> {
    let PolicyOutlook {
        prompts,
        with_answer,
        too_long,
        held_out,
        answers,
        iterations,
        updates,
        memory,
    } = *outlook;
    let paid = with_answer.map_or_else(String::new, |n| format!(", {n} with an answer that pays"));
    vec![
        (
            "prompts",
            format!(
                "{prompts} to learn from{paid}, {held_out} to evaluate with, {too_long} too long"
            ),
        ),
        (
            "iterations",
            format!("{iterations} of {answers} answers and {updates} updates each"),
        ),
        (
            "memory",
            format!("about {:.0} MiB", memory as f64 / f64::from(1 << 20)),
        ),
    ]
}
