//! `pure prm train`: a reward model from step-labelled answers.

use clap::Args;
use pure::prm::{PrmConfig, PrmTraining, StageConfig, Trained};
use pure::run::stop_on_signals;

use crate::cli::support::training::{Trainee, Training, facts, setting};
use crate::cli::support::{Outcome, explain_prm, model_folder};

/// Teach a model to judge the steps of answers, first its head, then all of it
///
///     pure prm train --model DIR --data FILE --output DIR
///
/// needs no file of settings. Data are step-labelled answers in the forms of TRL, PRM800K or Math-Shepherd. A run is a folder;
/// the same command goes on with one that was stopped, at whatever moment.
#[derive(Args)]
pub struct Train {
    /// File of step-labelled answers; can be given again: the setting `data`
    #[arg(long, value_name = "FILE")]
    data: Vec<String>,
    #[command(flatten)]
    training: Training,
}

impl Train {
    pub fn run(self) -> miette::Result<Outcome> {
        let data = (!self.data.is_empty()).then_some(&self.data);
        let data = setting("data", data)?;
        let mut settings = self.training.settings::<PrmConfig>(Vec::from_iter(data))?;
        settings.model = model_folder(&settings.model)?;
        let mut prm = PrmTraining::prepare(settings).map_err(explain_prm)?;
        let settings = prm.config().clone();
        let device = self.training.device()?;
        let room = self.training.room(&device);
        prm.fit(room);
        let (forecast, stages) = prm.forecast(room);
        Training::warn(room, &forecast.memory);
        let steps: Vec<String> = stages.iter().map(ToString::to_string).collect();
        let mut facts = facts(&forecast, steps.join(" + "));
        if let Some(contested) = prm.contested() {
            let left_out = format!("{contested} answers left out, whose first error is contested");
            facts.insert(1, ("consensus", left_out));
        }
        let inputs = prm.inputs();
        let run =
            self.training
                .begin(&settings.output, &settings, &facts, &inputs, &[], &device)?;
        let Some(run) = run else {
            return Ok(Outcome::Done);
        };
        let interrupter = stop_on_signals();
        let watcher = |number: usize, stage: &StageConfig, _: usize| {
            let part = match stage.trains {
                Trained::Head => "head",
                Trained::All => "all",
            };
            let name = format!("stage {} of {} ({part})", number + 1, steps.len());
            let trainee = Trainee::RewardModel;
            self.training
                .watcher(&name, run.folder(), trainee, &[], &interrupter)
        };
        let ended = prm.run(&run, &device.device(), watcher, &interrupter);
        let model = run.folder().display();
        let next = format!(
            "pure train --model DIR --reward-model {model} --prompts FILE --output runs/rl"
        );
        let ended = ended.map_err(explain_prm)?;
        self.training.end(&run, ended, Trainee::RewardModel, &next)
    }
}
