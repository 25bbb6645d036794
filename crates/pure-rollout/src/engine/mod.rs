//! The engine that ships: continuous batches over a preallocated cache.
//!
//! ```text
//! requests -> read some prompts -> place each into the rows of its samples
//!          -> step: one token for every row -> draw -> finished rows are free
//!          -> refill them, or shrink the batch -> step ...
//! ```
//!
//! All rows end at one column (see [`KvCache`](pure_model::KvCache)), so a step writes one column,
//! whatever the ages of its texts, and reads from where the oldest of them begins. A prompt that
//! comes later is placed right before that column. At the end of the cache the window moves back to
//! its front.
//!
//! The engine knows tokens and nothing of text.

mod budget;
mod prompts;
mod rows;
mod waiting;

use std::ops::ControlFlow;

use pure_model::{CausalLm, ModelConfig, Precision};

use self::budget::{Plan, Weight};
use self::prompts::{Prompts, numbers};
use self::rows::{Rows, Sample};
use self::waiting::Waiting;
use crate::phases::timed;
use crate::sampler::{Event, Sampler};
use crate::{Error, Phases, Request, Sampling};

/// How much an [`Engine`] may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineOptions {
    /// Bytes for keys and values, those of prompts that are being read included.
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
        let weight = Weight {
            bytes_per_token: model.memory_for_inference(Precision::F32, 1, 1).cache,
            layers: model.num_hidden_layers as u64,
        };
        let request = Request {
            prompt: vec![0; prompt],
            samples: 0..1,
            stream: 0,
            sampling,
            stop: None,
        };
        Plan::new(&[request], weight, self.kv_cache, self.max_num_seqs).map(|_| ())
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

/// What a token of every layer's cache takes.
fn weight(model: &CausalLm) -> Weight {
    let token = model.model.new_cache(1, 1);
    Weight {
        bytes_per_token: token.bytes(),
        layers: token.layers() as u64,
    }
}

impl Sampler for Engine {
    fn load(&mut self, policy: CausalLm) {
        self.model = Some(policy);
    }

    fn unload(&mut self) {
        self.model = None;
    }

    fn sample(
        &mut self,
        requests: &[Request],
        report: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<Phases, Error> {
        for (place, request) in requests.iter().enumerate() {
            self.check(place, request)?;
        }
        let EngineOptions {
            kv_cache,
            max_num_seqs,
        } = self.options;
        let model = self.model()?;
        let plan = Plan::new(requests, weight(model), kv_cache, max_num_seqs)?;
        let mut run = Run {
            model,
            requests,
            waiting: Waiting::new(requests, plan.readers),
            rows: Rows::new(&model.model, plan),
            phases: Phases::default(),
            report,
        };
        match run.play() {
            Ok(()) => Ok(run.phases),
            Err(Halt::Broken) => Ok(run.phases),
            Err(Halt::Failed(error)) => Err(error),
        }
    }
}

/// Why a run ended early.
enum Halt {
    /// Who listens to the reports broke it off.
    Broken,
    Failed(Error),
}

/// One call to [`Sampler::sample`].
struct Run<'a> {
    model: &'a CausalLm,
    requests: &'a [Request],
    waiting: Waiting,
    rows: Rows,
    phases: Phases,
    report: &'a mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
}

impl Run<'_> {
    fn play(&mut self) -> Result<(), Halt> {
        loop {
            self.refill()?;
            if self.rows.live() == 0 {
                return Ok(());
            }
            timed(&mut self.phases.moving, || self.rows.tidy());
            self.step()?;
        }
    }

    /// Gives free rows to samples that wait.
    fn refill(&mut self) -> Result<(), Halt> {
        loop {
            let free = self.rows.free();
            if free.is_empty() {
                return Ok(());
            }
            let Some((prompt, samples)) = self.waiting.take(free.len()) else {
                if self.waiting.is_dry() {
                    self.rows.close();
                    return Ok(());
                }
                let Some(next) = self.waiting.next_prompts() else {
                    continue;
                };
                let read = || Prompts::read(self.model, self.requests, next);
                let prompts = timed(&mut self.phases.prefill, read);
                self.phases.prompt_tokens += prompts.tokens();
                let bytes = self.rows.bytes() + prompts.cache().bytes();
                self.phases.cache_bytes = self.phases.cache_bytes.max(bytes);
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
            let place = || self.rows.place(begun, prompts, prompt);
            timed(&mut self.phases.moving, place);
        }
    }

    /// One token for every row.
    fn step(&mut self) -> Result<(), Halt> {
        let logits = timed(&mut self.phases.decode, || {
            let hidden = self.rows.advance(&self.model.model);
            numbers(self.model.logits(hidden))
        });
        self.phases.steps += 1;
        self.phases.row_steps += self.rows.count() as u64;
        self.phases.live_row_steps += self.rows.live() as u64;
        self.phases.new_tokens += self.rows.live() as u64;
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
    report: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
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
