//! `pure sft`: supervised fine-tuning.

use clap::Args;
use pure::train::{Sft, SftConfig};

use super::Outcome;
use super::diagnostic::explain_training;
use super::training::{Training, facts, interrupter};

/// Teach a language model to answer as it is shown: supervised fine-tuning
///
/// Data are prompts with completions, or conversations, as JSON lines, a JSON array or Parquet. A run
/// is a folder; the same command goes on with one that was stopped, at whatever moment.
#[derive(Args)]
pub struct Command {
    #[command(flatten)]
    training: Training,
}

impl Command {
    pub fn run(self) -> miette::Result<Outcome> {
        let (settings, text) = self.training.settings::<SftConfig>()?;
        let output = settings.output.clone();
        let sft = Sft::prepare(settings).map_err(explain_training)?;
        let outlook = sft.outlook();
        let steps = outlook.steps.to_string();
        if self.training.is_dry_run(&text, &facts(&outlook, steps))? {
            return Ok(Outcome::Done);
        }
        let Some(run) = self.training.open(&output, &text)? else {
            return Ok(Outcome::Done);
        };
        let device = self.training.device()?.device();
        let watcher = self.training.watcher("sft", outlook.steps, &[]);
        let ended = sft.run(&run, &device, watcher, interrupter());
        self.training.end(&run, ended)
    }
}
