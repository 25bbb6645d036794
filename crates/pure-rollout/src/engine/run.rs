//! The loop of the engine: some requests, from their prompts to their last tokens.

use std::ops::{ControlFlow, Range};

use pure_model::{CausalLm, KvCache, in_pool};

use super::budget::Plan;
use super::prompts::Prompts;
use super::rows::{Rows, Sample};
use super::waiting::Waiting;
use crate::phases::timed;
use crate::sampler::{Event, Report};
use crate::{Error, Phases, Request};

/// Why a run ended early.
enum Halt {
    /// Who listens to the reports broke it off.
    Broken,
    Failed(Error),
}

/// Some requests of a call to [`Sampler::sample`](crate::Sampler::sample).
struct Run<'a> {
    model: &'a CausalLm,
    requests: &'a [Request],
    waiting: Waiting,
    rows: Rows,
    phases: Phases,
    report: &'a mut Report<'a>,
}

/// Samples the answers to those of the requests that are at some places.
pub(super) fn run<'a>(
    model: &'a CausalLm,
    requests: &'a [Request],
    places: Range<usize>,
    plan: Plan,
    report: &'a mut Report<'a>,
) -> Result<Phases, Error> {
    let mut run = Run {
        model,
        requests,
        waiting: Waiting::new(requests, places, plan.readers),
        rows: Rows::new(&model.model, plan),
        phases: Phases::default(),
        report,
    };
    if let Err(Halt::Failed(error)) = run.play() {
        return Err(error);
    }
    let held = run.rows.cache().most_held();
    run.phases.cache_bytes = KvCache::bytes_of(held, model.model.cache_bytes_per_token());
    Ok(run.phases)
}

impl Run<'_> {
    fn play(&mut self) -> Result<(), Halt> {
        loop {
            self.refill()?;
            if self.rows.count() == 0 {
                return Ok(());
            }
            self.rows.make_room();
            self.step()?;
        }
    }

    /// Lets samples begin, as far as there is room.
    fn refill(&mut self) -> Result<(), Halt> {
        self.rows.resume();
        loop {
            // Of prompts that were read together, with the row of each.
            let mut new: Vec<(usize, Sample)> = Vec::new();
            while let free @ 1.. = self.rows.free(new.len())
                && let Some((prompt, samples)) = self.waiting.take(free)
            {
                let request = self.waiting.prompts().requests()[prompt];
                let sample = |number| (prompt, Sample::new(self.requests, request, number));
                new.extend(samples.map(sample));
            }
            if !new.is_empty() {
                self.begin(new)?;
                continue;
            }
            if self.rows.free(0) == 0 {
                return Ok(());
            }
            self.waiting.forget();
            let Some(next) = self.waiting.next() else {
                return Ok(());
            };
            let blocks = |&request: &usize| KvCache::blocks_of(self.requests[request].prompt.len());
            if !self.rows.may_read(next.iter().map(blocks).sum()) {
                return Ok(());
            }
            self.read(next);
        }
    }

    /// Reads the prompts of some requests.
    fn read(&mut self, requests: Vec<usize>) {
        let (model, rows) = (self.model, &mut self.rows);
        let read = || Prompts::read(model, rows.cache_mut(), self.requests, requests);
        let prompts = timed(&mut self.phases.prefill, || {
            in_pool(&model.model.device(), read)
        });
        self.phases.prompt_tokens += prompts.tokens();
        self.waiting.put(prompts);
    }

    /// Draws the first token of some samples, each with the row of its prompt, and lets those grow that go on.
    fn begin(&mut self, mut new: Vec<(usize, Sample)>) -> Result<(), Halt> {
        let prompts = self.waiting.prompts();
        timed(&mut self.phases.sampling, || {
            let new = new.iter_mut().map(|(prompt, sample)| (*prompt, sample));
            Sample::draw(new, self.requests, prompts.logits())
        })
        .map_err(Halt::Failed)?;
        for (prompt, sample) in new {
            self.phases.new_tokens += 1;
            if let Some(sample) = settle(sample, self.requests, self.report)? {
                self.rows.begin(sample, prompts.text(prompt));
            }
        }
        Ok(())
    }

    /// One token for every row.
    fn step(&mut self) -> Result<(), Halt> {
        self.phases.steps += 1;
        self.phases.row_steps += self.rows.count() as u64;
        self.phases.live_row_steps += self.rows.live() as u64;
        self.phases.new_tokens += self.rows.live() as u64;
        let logits = timed(&mut self.phases.decode, || {
            let (model, rows) = (self.model, &mut self.rows);
            in_pool(&model.model.device(), || {
                model.logits(rows.advance(&model.model)).squeeze_dim(1)
            })
        });
        timed(&mut self.phases.sampling, || {
            self.rows.draw(self.requests, logits)
        })
        .map_err(Halt::Failed)?;
        self.rows
            .settle(|sample| settle(sample, self.requests, self.report))
    }
}

/// Reports what a draw brought; gives the sample back if it goes on.
fn settle(
    sample: Sample,
    requests: &[Request],
    report: &mut Report<'_>,
) -> Result<Option<Sample>, Halt> {
    let grown = Event::Token {
        request: sample.request,
        sample: sample.number,
        answer: sample.answer(),
    };
    let mut told = report(grown);
    let going = match sample.finish(&requests[sample.request]) {
        None => Some(sample),
        Some(finish) => {
            if told.is_continue() {
                told = report(Event::Finished {
                    request: sample.request,
                    sample: sample.number,
                    rollout: sample.into_rollout(finish),
                });
            }
            None
        }
    };
    match told {
        ControlFlow::Continue(()) => Ok(going),
        ControlFlow::Break(()) => Err(Halt::Broken),
    }
}
