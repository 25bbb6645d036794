//! What happens when a rule of the monitor speaks.

use pure_model::Precision;
use pure_run::Notice;

use super::{MODEL, Pipeline};
use crate::error::Error;
use crate::monitor::{Action, Alarm};

impl Pipeline {
    /// Does what an alarm asks for, and tells of it.
    pub(crate) fn act(&mut self, alarm: Alarm) -> Result<(), Error> {
        /// What the rate is multiplied by.
        const SLOWER: f64 = 0.5;
        let mut text = alarm.text;
        for action in alarm.then {
            text += &match action {
                Action::Warn => continue,
                Action::Save => self.save_from_before(alarm.since)?,
                Action::Slow => {
                    let slowed = self.policy.slow_down(SLOWER);
                    format!("; the learning rate is now {slowed} of the plan's")
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
    pub(crate) fn save_from_before(&self, step: usize) -> Result<String, Error> {
        let Some((step, path)) = pure_run::checkpoint_before(&self.folder, step, MODEL) else {
            let start = self.checkpoint.folder().display();
            return Ok(format!(
                "; no checkpoint is as old, the run began with {start}"
            ));
        };
        let model = match pure_run::load_weights(self.policy.model().clone(), &path) {
            Ok(model) => model,
            Err(reason) => return Ok(format!("; {} cannot be read: {reason}", path.display())),
        };
        let folder = self.folder.join("before-hack");
        pure_files::write_folder(&folder, |folder| {
            Ok::<_, Error>(self.checkpoint.save_as(folder, &model, Precision::F32)?)
        })?;
        Ok(format!(
            "; the model after step {step} is in {}",
            folder.display()
        ))
    }
}
