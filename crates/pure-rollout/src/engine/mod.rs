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
mod options;
mod parts;
mod prompts;
mod rows;
mod run;
mod waiting;

use pure_model::CausalLm;

pub use self::options::EngineOptions;
pub(crate) use self::prompts::CHUNK;
pub(crate) use self::rows::Sample;
use crate::sampler::{Report, Sampler};
use crate::{Error, Phases, Request};

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

#[cfg(test)]
mod tests;
