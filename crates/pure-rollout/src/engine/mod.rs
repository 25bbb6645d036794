//! The engine that ships: continuous batches over a cache of blocks.
//!
//! ```text
//! requests -> read some prompts -> begin their samples
//!          -> step: one token for every row -> draw -> the blocks of those that are over are free
//!          -> begin others ...
//! ```
//!
//! A row takes memory for what it holds (see [`KvCache`](pure_model::KvCache)), so as many begin as may be, and
//! where all of them grow long the last ones wait: they give up their blocks and are read again when there
//! is room. No token is another for it.
//!
//! A small model is copied, and each core samples its share of the requests (see [`parts`]).
//!
//! The engine knows tokens and nothing of text.

mod budget;
mod parts;
mod prompts;
mod rows;
mod waiting;

use std::ops::{ControlFlow, Range};

use pure_model::{CausalLm, KvCache, ModelConfig, Precision, in_pool};

use self::budget::Plan;
use self::prompts::Prompts;
pub(crate) use self::prompts::{CHUNK, numbers};
use self::rows::Rows;
pub(crate) use self::rows::Sample;
use self::waiting::Waiting;
use crate::phases::timed;
use crate::sampler::{Event, Report, Sampler};
use crate::{Error, Phases, Request, Sampling};

/// How much an [`Engine`] may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineOptions {
    /// Bytes for keys and values, those of prompts included.
    pub kv_cache: u64,
    /// Answers that grow at once, at most; fewer where memory does not hold them.
    pub max_num_seqs: usize,
}

impl EngineOptions {
    /// Whether a model of this shape, in f32, can answer a prompt of so many tokens: what [`Engine`] says when it
    /// samples, before a model is loaded.
    ///
    /// # Errors
    ///
    /// [`Error::Budget`] with the least memory that does.
    pub fn check(
        &self,
        model: &ModelConfig,
        prompt: usize,
        sampling: Sampling,
    ) -> Result<(), Error> {
        let bytes_per_token = model.memory_for_inference(Precision::F32, 1, 1).cache;
        let request = Request {
            prompt: vec![0; prompt],
            samples: 0..1,
            stream: 0,
            sampling,
            stop: None,
        };
        Plan::new(
            &[request],
            bytes_per_token,
            self.kv_cache,
            self.max_num_seqs,
        )
        .map(|_| ())
    }
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            kv_cache: 2 << 30,
            max_num_seqs: 256,
        }
    }
}

/// A sampler that runs the model on the spot.
pub struct Engine {
    model: Option<CausalLm>,
    options: EngineOptions,
}

impl Engine {
    /// An engine for a model, which computes where the model's weights are. A clone of a model
    /// shares its weights, so this costs nothing; give it one that does not track gradients.
    pub fn new(model: CausalLm, options: EngineOptions) -> Self {
        let model = Some(model);
        Self { model, options }
    }

    /// An engine that is to be given its model by [`load`](Sampler::load).
    pub fn unloaded(options: EngineOptions) -> Self {
        let model = None;
        Self { model, options }
    }

    /// Whether a request can be served; `place` is its place among those given.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the prompt or a setting; [`Error::NoPolicy`] if there is no model.
    pub fn check(&self, place: usize, request: &Request) -> Result<(), Error> {
        let model = self.model()?;
        let limit = model.model.max_positions();
        request.check(place, model.vocab_size(), limit)
    }

    fn model(&self) -> Result<&CausalLm, Error> {
        self.model.as_ref().ok_or(Error::NoPolicy)
    }
}

impl Sampler for Engine {
    fn load(&mut self, policy: CausalLm) {
        self.model = Some(policy);
    }

    fn unload(&mut self) {
        self.model = None;
    }

    fn sample(&mut self, requests: &[Request], report: &mut Report<'_>) -> Result<Phases, Error> {
        for (place, request) in requests.iter().enumerate() {
            self.check(place, request)?;
        }
        parts::sample(self.model()?, requests, self.options, report)
    }
}

/// Why a run ended early.
enum Halt {
    /// Who listens to the reports broke it off.
    Broken,
    Failed(Error),
}

/// Some requests of a call to [`Sampler::sample`].
struct Run<'a> {
    model: &'a CausalLm,
    requests: &'a [Request],
    waiting: Waiting,
    rows: Rows,
    phases: Phases,
    report: &'a mut Report<'a>,
}

/// Samples the answers to those of the requests that are at some places.
fn run<'a>(
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
            let free = self.rows.free();
            if free == 0 {
                return Ok(());
            }
            let Some((prompt, samples)) = self.waiting.take(free) else {
                let Some(next) = self.waiting.next() else {
                    return Ok(());
                };
                let blocks =
                    |&request: &usize| KvCache::blocks_of(self.requests[request].prompt.len());
                if !self.rows.may_read(next.iter().map(blocks).sum()) {
                    return Ok(());
                }
                let (model, rows) = (self.model, &mut self.rows);
                let read = || Prompts::read(model, rows.cache_mut(), self.requests, next);
                let prompts = timed(&mut self.phases.prefill, || {
                    in_pool(&model.model.device(), read)
                });
                self.phases.prompt_tokens += prompts.tokens();
                self.waiting.put(prompts);
                continue;
            };
            let prompts = self.waiting.prompts();
            let request = prompts.requests()[prompt];
            let mut begun = Vec::new();
            for sample in samples {
                let mut sample = Sample::new(self.requests, request, sample);
                let logits = prompts.logits(prompt);
                timed(&mut self.phases.sampling, || {
                    sample.draw(self.requests, logits)
                })
                .map_err(Halt::Failed)?;
                self.phases.new_tokens += 1;
                if let Some(sample) = settle(sample, self.requests, self.report)? {
                    begun.push(sample);
                }
            }
            self.rows.begin(begun, prompts.text(prompt));
        }
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
                numbers(model.logits(rows.advance(&model.model)))
            })
        });
        let vocab_size = self.model.vocab_size();
        timed(&mut self.phases.sampling, || {
            self.rows.draw(self.requests, &logits, vocab_size)
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

#[cfg(test)]
mod tests;
