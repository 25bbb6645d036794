//! Requests in parts that are sampled side by side, a core to each.
//!
//! The products of a small model are too small for all cores together; see [`side_by_side`]. The parts are the same
//! whatever the number of cores, and each has its share of the memory, so no token depends on that number.

use std::ops::{ControlFlow, Range};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use pure_model::{CausalLm, is_copied, side_by_side};

use super::budget::Plan;
use super::options::EngineOptions;
use super::run::run;
use crate::sampler::{Event, Report};
use crate::{Error, Phases, Request};

/// More than most machines have cores for so small a model, so that one that is done early takes another.
const PARTS: usize = 4;

/// Samples all requests, in parts where that pays.
pub(super) fn sample(
    model: &CausalLm,
    requests: &[Request],
    options: EngineOptions,
    report: &mut Report<'_>,
) -> Result<Phases, Error> {
    let parts = parts(model, requests, options)?;
    if let [(places, plan)] = parts.as_slice() {
        return run(model, requests, places.clone(), *plan, &mut |event| {
            report(event)
        });
    }
    let (start, listener) = (Instant::now(), Mutex::new(Listener::new(report)));
    let (mut phases, mut cache_bytes, mut failure) = (Phases::default(), 0, None);
    let work = |model: &CausalLm, (places, plan): (Range<usize>, Plan)| {
        let locked = || listener.lock().unwrap_or_else(PoisonError::into_inner);
        let found = run(model, requests, places, plan, &mut |event| {
            locked().hear(event)
        });
        locked().is_gone |= found.is_err();
        found
    };
    side_by_side(model, parts, work, |found| match found {
        Ok(own) => {
            cache_bytes += own.cache_bytes;
            phases += own;
        }
        Err(error) => {
            failure.get_or_insert(error);
        }
    });
    match failure {
        Some(error) => Err(error),
        None => Ok(Phases {
            cache_bytes,
            ..phases.within(start.elapsed())
        }),
    }
}

/// The places of the requests of each part, and its plan.
fn parts(
    model: &CausalLm,
    requests: &[Request],
    options: EngineOptions,
) -> Result<Vec<(Range<usize>, Plan)>, Error> {
    let EngineOptions {
        kv_cache,
        max_num_seqs,
    } = options;
    let bytes_per_token = model.model.cache_bytes_per_token();
    let in_parts = |count: usize| -> Result<Vec<(Range<usize>, Plan)>, Error> {
        let size = requests.len().div_ceil(count).max(1);
        let count = requests.len().div_ceil(size).max(1);
        let part = |number: usize| {
            let places = number * size..requests.len().min((number + 1) * size);
            let (budget, rows) = (kv_cache / count as u64, max_num_seqs / count);
            let plan = Plan::new(&requests[places.clone()], bytes_per_token, budget, rows)?;
            Ok((places, plan))
        };
        (0..count).map(part).collect()
    };
    if is_copied(model) && max_num_seqs >= PARTS {
        // Where memory is short it serves all of them better together.
        if let Ok(parts) = in_parts(PARTS)
            && parts.iter().all(|(_, plan)| plan.is_ample)
        {
            return Ok(parts);
        }
    }
    in_parts(1)
}

/// Who listens to all parts.
struct Listener<'a, 'b> {
    report: &'a mut Report<'b>,
    /// It broke off, or a part failed.
    is_gone: bool,
}

impl<'a, 'b> Listener<'a, 'b> {
    fn new(report: &'a mut Report<'b>) -> Self {
        let is_gone = false;
        Self { report, is_gone }
    }

    fn hear(&mut self, event: Event<'_>) -> ControlFlow<()> {
        if !self.is_gone {
            self.is_gone = (self.report)(event).is_break();
        }
        match self.is_gone {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}
