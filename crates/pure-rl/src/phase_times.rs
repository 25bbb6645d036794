//! How long each phase of an iteration takes.

use std::time::Instant;

use pure_run::Measures;

/// Adds up times by name.
#[derive(Debug, Default)]
pub(crate) struct PhaseTimes {
    phases: Vec<(&'static str, f64)>,
}

impl PhaseTimes {
    /// Does something, and notes how long it took.
    pub fn time<R>(&mut self, phase: &'static str, work: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let result = work();
        let seconds = start.elapsed().as_secs_f64();
        match self.phases.iter_mut().find(|(name, _)| *name == phase) {
            Some((_, sum)) => *sum += seconds,
            None => self.phases.push((phase, seconds)),
        }
        result
    }

    /// Puts all times in.
    pub fn put(&self, measures: &mut Measures) {
        for (phase, seconds) in &self.phases {
            measures.put_time(phase, *seconds);
        }
    }
}
