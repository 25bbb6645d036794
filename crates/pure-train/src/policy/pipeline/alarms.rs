//! What happens when a rule of the monitor speaks.

use burn::module::Module;
use burn::store::ModuleRecord;
use burn::train::Learner;
use pure_model::Precision;

use super::Pipeline;
use crate::policy::model::PolicyModel;
use crate::policy::monitor::{Action, Alarm};
use crate::run::{checkpoint_before, write_folder};
use crate::{Error, Notice};

impl Pipeline {
    /// Does what an alarm asks for, and tells of it.
    pub(super) fn act(
        &mut self,
        alarm: Alarm,
        learner: &Learner<PolicyModel>,
    ) -> Result<(), Error> {
        /// What the rate is multiplied by.
        const SLOWER: f64 = 0.5;
        let mut text = alarm.text;
        for action in alarm.then {
            text += &match action {
                Action::Warn => continue,
                Action::Save => self.save_from_before(alarm.since, learner)?,
                Action::Slow => {
                    self.brake.set(self.brake.factor() * SLOWER);
                    format!(
                        "; the learning rate is now {} of the plan's",
                        self.brake.factor()
                    )
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
    pub(super) fn save_from_before(
        &self,
        step: usize,
        learner: &Learner<PolicyModel>,
    ) -> Result<String, Error> {
        let Some((step, path)) = checkpoint_before(&self.folder, step) else {
            let start = self.checkpoint.folder().display();
            return Ok(format!(
                "; no checkpoint is as old, the run began with {start}"
            ));
        };
        let record = ModuleRecord::load(&path)
            .map_err(|error| Error::read(&path)(std::io::Error::other(error.to_string())))?;
        let model = learner.model().load_record(record);
        let folder = self.folder.join("before-hack");
        write_folder(&folder, |folder| {
            Ok(self.checkpoint.save_as(folder, &model.lm, Precision::F32)?)
        })?;
        Ok(format!(
            "; the model after step {step} is in {}",
            folder.display()
        ))
    }
}
