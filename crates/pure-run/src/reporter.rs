//! What a run tells: its logs for good, its watcher at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pure_core::metrics::Metric;

use crate::checkpoints::State;
use crate::error::Error;
use crate::learner::{Notice, SampledAnswer};
use crate::logs::{Lengths, Logs};
use crate::measures::Measures;
use crate::plan::Plan;
use crate::watcher::{Progressed, Watcher};

/// Writes down and tells.
pub(crate) struct Reporter {
    folder: PathBuf,
    every: usize,
    logs: Logs,
    watcher: Box<dyn Watcher>,
}

impl Reporter {
    /// For a run that goes on from its last checkpoint, or begins, unless its logs know of checkpoints that are
    /// lost.
    pub fn open(
        folder: &Path,
        last: Option<&State>,
        plan: &Plan,
        damaged: &[String],
        watcher: Box<dyn Watcher>,
    ) -> Result<Self, Error> {
        if last.is_none() {
            Logs::refuse_to_lose(folder, plan.every, damaged)?;
        }
        let lengths = last.map(|state| state.logs).unwrap_or_default();
        let logs = Logs::open(folder, lengths)?;
        Ok(Self {
            folder: folder.to_owned(),
            every: plan.every,
            logs,
            watcher,
        })
    }

    pub fn started(&mut self, step: usize, steps: usize, metrics: &[Metric], damaged: &[String]) {
        self.watcher.progressed(&Progressed::Started {
            step,
            steps,
            every: self.every,
            folder: &self.folder,
            metrics,
            damaged,
        });
    }

    pub fn phase(&mut self, phase: &'static str) {
        self.watcher.progressed(&Progressed::Phase { phase });
    }

    pub fn answered(&mut self, step: usize, answer: &SampledAnswer) {
        self.watcher
            .progressed(&Progressed::Answered { step, answer });
    }

    pub fn stepped(
        &mut self,
        step: usize,
        mut measures: Measures,
        took: Duration,
    ) -> Result<(), Error> {
        let seconds = took.as_secs_f64();
        measures.put_time("step", seconds);
        self.logs.measured(step, "train", &measures)?;
        self.watcher.progressed(&Progressed::Step {
            step,
            measures: &measures,
            seconds,
        });
        Ok(())
    }

    pub fn noticed(&mut self, step: usize, notice: &Notice) -> Result<(), Error> {
        self.logs.noticed(step, notice)?;
        self.watcher
            .progressed(&Progressed::Noticed { step, notice });
        Ok(())
    }

    pub fn evaluating(&mut self, step: usize) {
        self.watcher.progressed(&Progressed::Evaluating { step });
    }

    pub fn evaluated(
        &mut self,
        step: usize,
        mut measures: Measures,
        took: Duration,
        texts: Vec<(&'static str, String)>,
    ) -> Result<(), Error> {
        measures.put_time("evaluation", took.as_secs_f64());
        self.logs.measured(step, "valid", &measures)?;
        self.logs.texts(step, texts)?;
        self.watcher.progressed(&Progressed::Evaluated {
            step,
            measures: &measures,
        });
        Ok(())
    }

    pub fn stopped_early(&mut self, step: usize) {
        self.watcher.progressed(&Progressed::StoppedEarly { step });
    }

    pub fn result_is(&mut self, step: usize) {
        self.watcher.progressed(&Progressed::ResultIs { step });
    }

    /// How long the logs are, once what they hold is safe on the disk.
    pub fn synced(&mut self) -> Result<Lengths, Error> {
        self.logs.synced()
    }
}
