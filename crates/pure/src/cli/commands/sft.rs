//! `pure sft`: supervised fine-tuning.

use clap::Args;
use pure::run::stop_on_signals;
use pure::sft::{Sft, SftConfig};

use crate::cli::support::training::{Trainee, Training, facts, refuse_to_shorten, setting};
use crate::cli::support::{Outcome, explain_sft, model_folder};

/// The settings that may change when a run is gone on with, so that it can be prolonged.
const PROLONGED: [&str; 3] = ["num_train_epochs", "max_steps", "checkpoints"];

/// Teach a language model to answer as it is shown: supervised fine-tuning
///
///     pure sft --model DIR --data FILE --output DIR
///
/// needs no file of settings. Data are JSON lines, a JSON array or Parquet. Of each record the "prompt", "question" or
/// "problem" is read, and the first of "completion", "prediction", "text", "response", "solution" and "answer" that is
/// there is learned; of "messages" what the assistant says last. So files of GSM8K, MATH and TRL are read as they come, and
/// what `pure generate` wrote. Answers are learned as they stand, with GSM8K's <<48/2=24>> and #### 24.
///
/// A run is a folder; the same command goes on with one that was stopped, at whatever moment. With more
/// `num_train_epochs` or `max_steps` it goes on with one that is done, its learning rate from there on that of the longer
/// plan; `checkpoints` may be others, too, and nothing else.
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
        let output = &settings.output;
        refuse_to_shorten(output, forecast.steps, Trainee::Model)?;
        let run = self
            .training
            .begin(output, &settings, &facts, &inputs, &PROLONGED, &device)?;
        let Some(run) = run else {
            return Ok(Outcome::Done);
        };
        let interrupter = stop_on_signals();
        let (folder, trainee) = (run.folder(), Trainee::Model);
        let watcher = self
            .training
            .watcher("sft", folder, trainee, &[], &interrupter);
        let ended = sft.run(&run, &device.device(), watcher, &interrupter);
        let model = folder.display();
        let next = format!("pure train --model {model} --prompts FILE --output runs/rl");
        let ended = ended.map_err(explain_sft)?;
        self.training.end(&run, ended, trainee, &next)
    }
}
