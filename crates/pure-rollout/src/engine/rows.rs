//! The rows of the cache, and the samples that grow in them.

use burn::tensor::{Int, Tensor};
use pure_core::{Finish, Rollout};
use pure_model::{Decoder, KvCache, Positions};
use rayon::prelude::*;

use super::budget::Plan;
use super::prompts::Prompts;
use crate::stream::Stream;
use crate::{Error, Request};

/// An answer that grows.
pub(crate) struct Sample {
    /// Place of its request among those given, and which of its samples it is.
    pub(crate) request: usize,
    pub(crate) number: usize,
    stream: Stream,
    tokens: Vec<u32>,
    log_probs: Vec<f32>,
    drawn_log_probs: Vec<f32>,
}

impl Sample {
    pub(crate) fn new(requests: &[Request], request: usize, number: usize) -> Self {
        let Request {
            sampling, stream, ..
        } = &requests[request];
        Self {
            request,
            number,
            stream: Stream::new(sampling.seed, *stream, number),
            tokens: Vec::new(),
            log_probs: Vec::new(),
            drawn_log_probs: Vec::new(),
        }
    }

    pub(crate) fn answer(&self) -> &[u32] {
        &self.tokens
    }

    /// Adds a token.
    pub(crate) fn draw(&mut self, requests: &[Request], logits: &[f32]) -> Result<(), Error> {
        let Request {
            prompt, sampling, ..
        } = &requests[self.request];
        let position = self.tokens.len();
        let uniform = self.stream.uniform(position);
        let drawn = sampling.draw(logits, prompt, &self.tokens, uniform);
        let drawn = drawn.ok_or(Error::NotFinite {
            request: self.request,
            sample: self.number,
            position,
        })?;
        self.tokens.push(drawn.token);
        self.log_probs.push(drawn.log_prob);
        self.drawn_log_probs.extend(drawn.drawn_log_prob);
        Ok(())
    }

    /// Why it is complete, if it is.
    pub(crate) fn finish(&self, request: &Request) -> Option<Finish> {
        let last = self.tokens.last()?;
        if request.sampling.end_tokens.contains(last) {
            Some(Finish::End)
        } else if request
            .stop
            .as_ref()
            .is_some_and(|stop| stop.stops(&self.tokens))
        {
            Some(Finish::Stop)
        } else {
            (self.tokens.len() >= request.sampling.max_new_tokens).then_some(Finish::Length)
        }
    }

    pub(crate) fn into_rollout(self, finish: Finish) -> Rollout {
        let Self {
            tokens,
            log_probs,
            drawn_log_probs,
            ..
        } = self;
        Rollout {
            tokens,
            log_probs,
            drawn_log_probs: (!drawn_log_probs.is_empty()).then_some(drawn_log_probs),
            finish,
        }
    }
}

/// A sample in its row.
struct Row {
    sample: Sample,
    /// Tokens of its prompt.
    prompt: usize,
    /// Column of its first token.
    start: usize,
}

/// The cache and who lives in it.
pub(crate) struct Rows {
    cache: KvCache,
    rows: Vec<Option<Row>>,
    /// Nothing waits for the rows that are free.
    closed: bool,
}

/// The batch shrinks when so large a share of it is idle for good: copying what is left costs
/// about as much as one step.
const IDLE: f64 = 1.0 / 8.0;

impl Rows {
    pub(crate) fn new(model: &Decoder, plan: Plan) -> Self {
        Self {
            cache: model.new_cache(plan.rows, plan.capacity),
            rows: (0..plan.rows).map(|_| None).collect(),
            closed: false,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn live(&self) -> usize {
        self.rows.iter().flatten().count()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.cache.bytes()
    }

    /// Rows that a sample may have.
    pub(crate) fn free(&self) -> Vec<usize> {
        if self.closed {
            return Vec::new();
        }
        let free = |(row, slot): (usize, &Option<Row>)| slot.is_none().then_some(row);
        self.rows.iter().enumerate().filter_map(free).collect()
    }

    /// No sample waits any more.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// Puts samples of one prompt into free rows.
    pub(crate) fn place(&mut self, samples: Vec<Sample>, prompts: &Prompts, prompt: usize) {
        let length = prompts.length(prompt);
        let rows: Vec<usize> = self.free().into_iter().take(samples.len()).collect();
        if rows.is_empty() {
            return;
        }
        if length > self.cache.len() {
            self.move_to(length);
        }
        self.cache.place(&rows, prompts.cache(), prompt, length);
        let start = self.cache.len() - length;
        for (row, sample) in rows.into_iter().zip(samples) {
            self.rows[row] = Some(Row {
                sample,
                prompt: length,
                start,
            });
        }
    }

    /// Drops rows that are idle for good, columns that no row needs, and moves the window back to
    /// the front when it has come to the end.
    pub(crate) fn tidy(&mut self) {
        let oldest = self.rows.iter().flatten().map(|row| row.start).min();
        self.cache.forget_before(oldest.unwrap_or(self.cache.len()));
        let idle = self.count() - self.live();
        if self.closed && idle as f64 > IDLE * self.count() as f64 {
            let live = |row: &usize| self.rows[*row].is_some();
            let kept: Vec<usize> = (0..self.count()).filter(live).collect();
            self.rows.retain(Option::is_some);
            self.rearrange(&kept, self.cache.len() - self.cache.first());
        } else if self.cache.len() == self.cache.capacity() {
            self.move_to(self.cache.len() - self.cache.first());
        }
    }

    /// Feeds the last token of every sample; gives the hidden states, `[rows, 1, hidden]`.
    pub(crate) fn advance(&mut self, model: &Decoder) -> Tensor<3> {
        let last = |row: &Option<Row>| match row {
            Some(row) => (
                row.sample.tokens[row.sample.tokens.len() - 1] as i32,
                row.age(),
            ),
            None => (0, 0),
        };
        let (tokens, positions): (Vec<i32>, Vec<usize>) = self.rows.iter().map(last).unzip();
        let tokens = Tensor::<1, Int>::from_ints(tokens.as_slice(), &model.device());
        let positions = Positions::one_each(&positions);
        model.forward_cached(tokens.unsqueeze_dim(1), &positions, &mut self.cache)
    }

    /// Draws a token for every sample from its row of logits.
    pub(crate) fn draw(
        &mut self,
        requests: &[Request],
        logits: &[f32],
        vocab_size: usize,
    ) -> Result<(), Error> {
        self.rows
            .par_iter_mut()
            .zip(logits.par_chunks_exact(vocab_size))
            .try_for_each(|(row, logits)| match row {
                Some(row) => row.sample.draw(requests, logits),
                None => Ok(()),
            })
    }

    /// Hands every sample to `judge`, in the order of rows; a row whose sample is not given back is
    /// free.
    pub(crate) fn settle<E>(
        &mut self,
        mut judge: impl FnMut(Sample) -> Result<Option<Sample>, E>,
    ) -> Result<(), E> {
        for slot in &mut self.rows {
            if let Some(row) = slot.take() {
                *slot = judge(row.sample)?.map(|sample| Row { sample, ..row });
            }
        }
        Ok(())
    }

    fn move_to(&mut self, end: usize) {
        let all: Vec<usize> = (0..self.count()).collect();
        self.rearrange(&all, end);
    }

    fn rearrange(&mut self, rows: &[usize], end: usize) {
        let before = self.cache.len();
        self.cache.rearrange(rows, end);
        for row in self.rows.iter_mut().flatten() {
            row.start = row.start + end - before;
        }
    }
}

impl Row {
    /// Position of the last token of its sample.
    fn age(&self) -> usize {
        self.prompt + self.sample.tokens.len() - 1
    }
}
