//! `pure sft`: supervised fine-tuning.

use clap::Args;
use pure::run::stop_on_signals;
use pure::sft::{Sft, SftConfig};

use crate::cli::support::training::{Training, facts};
use crate::cli::support::{Outcome, explain_sft};

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
        let mut sft = Sft::prepare(settings).map_err(explain_sft)?;
        let device = self.training.device()?;
        let room = self.training.room(&device);
        sft.fit(room);
        let forecast = sft.forecast(room);
        Training::warn(room, &forecast.memory);
        let facts = facts(&forecast, forecast.steps.to_string());
        let run = self.training.begin(&output, &text, &facts, &sft.inputs())?;
        let Some(run) = run else {
            return Ok(Outcome::Done);
        };
        let interrupter = stop_on_signals();
        let watcher = self.training.watcher("sft", &[], &interrupter);
        let ended = sft.run(&run, &device.device(), watcher, &interrupter);
        self.training.end(&run, ended.map_err(explain_sft)?, &[])
    }
}
