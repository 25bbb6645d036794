//! How long each phase of an iteration takes, and which it is in.

use std::time::Instant;

use pure_run::Measures;

/// Adds up times by name.
pub(crate) struct PhaseTimes<'a> {
    phases: Vec<(&'static str, f64)>,
    /// Is told of each phase before it begins.
    told: &'a mut dyn FnMut(&'static str),
}

impl<'a> PhaseTimes<'a> {
    /// For an iteration of which somebody is told.
    pub fn new(told: &'a mut dyn FnMut(&'static str)) -> Self {
        let phases = Vec::new();
        Self { phases, told }
    }

    /// Does something, and notes how long it took.
    pub fn time<R>(&mut self, phase: &'static str, work: impl FnOnce() -> R) -> R {
        (self.told)(phase);
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
