//! A conversation: prompts of which each goes on from the one before, and one answer to each.
//!
//! ```text
//! read        p1 a1 | p2 a2 | ...
//! next prompt p1 a1'  p2 a2'  p3        what it has in common with what was read is not read again
//! ```
//!
//! The prompt of a turn is the whole conversation, as a chat template renders it. How much of it is new is found by
//! comparing tokens, so a template that leaves out the thoughts of former turns, or text that becomes other tokens than
//! those that were drawn, costs time and changes nothing. Memory is taken as the conversation grows: when it has filled what
//! there is, it is read once more into twice as much.

use std::ops::ControlFlow;

use burn::tensor::{Int, Tensor};
use pure_core::Rollout;
use pure_model::{CachedText, CausalLm, KvCache, in_pool};

use crate::engine::{CHUNK, Sample};
use crate::{Error, Request};

/// A model that answers prompt after prompt, and keeps what it has read.
pub struct Session {
    model: CausalLm,
    cache: KvCache,
    text: CachedText,
    /// The tokens of `text`.
    read: Vec<u32>,
    /// The longest text that there is room for.
    room: usize,
}

impl Session {
    /// A session with a model, in so many bytes of keys and values, or fewer where the model's longest text takes fewer.
    ///
    /// # Errors
    ///
    /// [`Error::Budget`] if there is no room for a text of a single token and its answer.
    pub fn new(model: CausalLm, kv_cache: u64) -> Result<Self, Error> {
        const SHORTEST: usize = 2;
        let bytes_per_token = model.model.cache_bytes_per_token();
        let fit = (kv_cache / KvCache::bytes_of(0, bytes_per_token)).saturating_sub(1);
        if fit == 0 {
            return Err(Error::Budget {
                found: kv_cache,
                least: KvCache::bytes_of(1, bytes_per_token),
                length: SHORTEST,
            });
        }
        let longest = model.model.max_positions();
        let blocks = fit.min(KvCache::blocks_of(longest) as u64);
        Ok(Self {
            cache: model.model.new_cache(0),
            room: longest.min(KvCache::tokens_in(blocks as usize)),
            text: CachedText::default(),
            read: Vec::new(),
            model,
        })
    }

    /// The longest prompt and answer together that there is room for, in tokens.
    pub fn room(&self) -> usize {
        self.room
    }

    /// The first sample of a request. It is told of as it grows, and broken off when `report` says so: then there is
    /// none, and what was read stays.
    ///
    /// # Errors
    ///
    /// [`Error`], if the request cannot be served, or the model computes something that is not a number.
    pub fn answer(
        &mut self,
        request: &Request,
        report: &mut dyn FnMut(&[u32]) -> ControlFlow<()>,
    ) -> Result<Option<Rollout>, Error> {
        request.check(0, self.model.vocab_size(), self.room)?;
        let requests = std::slice::from_ref(request);
        let mut sample = Sample::new(requests, 0, request.samples.start);
        self.make_room(request.prompt.len() + request.sampling.max_new_tokens);
        let known = common(&self.read, &request.prompt);
        // The last token is read in any case: what follows it is drawn from its hidden state.
        let known = known.min(request.prompt.len() - 1);
        self.text.truncate(known);
        self.read.truncate(known);
        let mut logits = self.read(&request.prompt[known..]);
        loop {
            Sample::draw([(0, &mut sample)], requests, logits)?;
            if report(sample.answer()).is_break() {
                return Ok(None);
            }
            if let Some(finish) = sample.finish(request) {
                return Ok(Some(sample.into_rollout(finish)));
            }
            let last = sample.answer().len() - 1;
            logits = self.read(&[sample.answer()[last]]);
        }
    }

    /// Sees to it that a text of so many tokens, for which there is room, has its blocks.
    fn make_room(&mut self, tokens: usize) {
        if tokens <= KvCache::tokens_in(self.cache.blocks()) {
            return;
        }
        let wanted = tokens.saturating_mul(2).min(self.room);
        (self.text, self.read) = (CachedText::default(), Vec::new());
        // The one is let go of before the other is made.
        self.cache = self.model.model.new_cache(0);
        self.cache = self.model.model.new_cache(KvCache::blocks_of(wanted));
    }

    /// Reads on; gives the logits of the token that follows.
    fn read(&mut self, tokens: &[u32]) -> Tensor<2> {
        let Self {
            model, cache, text, ..
        } = self;
        let logits = in_pool(&model.model.device(), || {
            let mut hidden = None;
            for part in tokens.chunks(CHUNK) {
                hidden = Some(
                    model
                        .model
                        .forward_cached(cache, &mut [&mut *text], &[part]),
                );
            }
            let hidden = hidden.expect("there is a token to read");
            let [_, length, _] = hidden.dims();
            let last = Tensor::<1, Int>::from_ints([length as i32 - 1], &hidden.device());
            model.logits(hidden.select(1, last)).squeeze_dim(1)
        });
        self.read.extend_from_slice(tokens);
        logits
    }
}

/// Tokens that two texts have in common at their beginning.
fn common(one: &[u32], other: &[u32]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}
