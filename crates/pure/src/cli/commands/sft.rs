//! `pure sft`: supervised fine-tuning.

use clap::Args;
use pure::run::stop_on_signals;
use pure::sft::{Sft, SftConfig};

use crate::cli::support::training::{Training, facts, setting};
use crate::cli::support::{Outcome, explain_sft, model_folder};

/// Teach a language model to answer as it is shown: supervised fine-tuning
///
///     pure sft --model DIR --data FILE --output DIR
///
/// needs no file of settings. Data are JSON lines, a JSON array or Parquet. Of each record the "prompt", "question" or
/// "problem" is read, and the first of "completion", "prediction", "text", "response", "solution" and "answer" that is
/// there is learned; of "messages" what the assistant says last. So files of GSM8K, MATH and TRL are read as they come, and
/// what `pure generate` wrote. Answers are learned as they stand, with GSM8K's <<48/2=24>> and #### 24.
///
/// A run is a folder; the same command goes on with one that was stopped, at whatever moment.
#[derive(Args)]
pub struct Command {
    /// File of prompts with the answers to learn: the setting `data`
    #[arg(long, value_name = "FILE")]
    data: Option<String>,
    #[command(flatten)]
    training: Training,
}

impl Command {
    pub fn run(self) -> miette::Result<Outcome> {
        let data = setting("data", self.data.as_ref())?;
        let mut settings = self.training.settings::<SftConfig>(Vec::from_iter(data))?;
        settings.model = model_folder(&settings.model)?;
        let mut sft = Sft::prepare(settings).map_err(explain_sft)?;
        let settings = sft.config().clone();
        let device = self.training.device()?;
        let room = self.training.room(&device);
        sft.fit(room);
        let forecast = sft.forecast(room);
        Training::warn(room, &forecast.memory);
        let facts = facts(&forecast, forecast.steps.to_string());
        let inputs = sft.inputs();
        let run =
            self.training
                .begin(&settings.output, &settings, &facts, &inputs, &[], &device)?;
        let Some(run) = run else {
            return Ok(Outcome::Done);
        };
        let interrupter = stop_on_signals();
        let watcher = self.training.watcher("sft", &[], &interrupter);
        let ended = sft.run(&run, &device.device(), watcher, &interrupter);
        self.training.end(&run, ended.map_err(explain_sft)?, &[])
    }
}
