//! Asking the policy to go on from prefixes, many at once, and counting what comes out right.

use std::ops::ControlFlow;

use pure_rollout::{Event, Request, Sampler};

use super::attempt::Attempt;
use super::error::LabelError;
use super::labeller::Labeller;
use super::step_labels::Count;

/// A question to the policy: go on from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Probe {
    /// Which of the answers.
    pub(super) attempt: usize,
    /// How many of its steps are given.
    pub(super) steps: usize,
}

/// Who asks, whom, and about what.
pub(super) struct Probing<'a> {
    pub(super) labeller: &'a Labeller<'a>,
    pub(super) attempts: &'a [Attempt],
    pub(super) sampler: &'a mut dyn Sampler,
    pub(super) report: &'a mut (dyn FnMut(&Event<'_>) -> ControlFlow<()> + Send),
}

impl Probing<'_> {
    /// Samples the completions of all probes in one call, so that the batch of an engine stays full;
    /// nothing if who listens broke it off.
    ///
    /// The completions of a prefix that already has a right one are not cut short, where one would
    /// do: to ask for some first and for the rest later would read each prefix twice.
    pub(super) fn ask(&mut self, probes: &[Probe]) -> Result<Option<Vec<Count>>, LabelError> {
        if probes.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let (labeller, attempts) = (self.labeller, self.attempts);
        let request = |probe: &Probe| labeller.request(&attempts[probe.attempt], probe.steps);
        let requests: Vec<Request> = probes.iter().map(request).collect::<Result<_, _>>()?;
        let mut counts = vec![Count::default(); probes.len()];
        let mut broken = false;
        self.sampler.sample(&requests, &mut |event| {
            let told = (self.report)(&event);
            broken = told.is_break();
            if let Event::Finished {
                request, rollout, ..
            } = event
            {
                let Probe { attempt, steps } = probes[request];
                let right = labeller.is_right(&attempts[attempt], steps, &rollout);
                counts[request].right += usize::from(right);
                counts[request].samples += 1;
            }
            told
        })?;
        Ok((!broken).then_some(counts))
    }
}
