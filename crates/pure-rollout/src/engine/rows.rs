//! The samples that grow, and the cache that their texts are in.

use burn::tensor::Tensor;
use pure_core::{Finish, Rollout};
use pure_kernels::{DrawOptions, Drawn, draw};
use pure_model::{CachedText, Decoder, KvCache};

use super::budget::Plan;
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

    /// Adds a token to some samples, each drawn from its row of the logits, `[rows, vocab_size]`.
    pub(crate) fn draw<'a>(
        samples: impl IntoIterator<Item = (usize, &'a mut Self)>,
        requests: &[Request],
        logits: Tensor<2>,
    ) -> Result<(), Error> {
        let (rows, mut samples): (Vec<usize>, Vec<&mut Self>) = samples.into_iter().unzip();
        let next = |(row, sample): (usize, &mut &mut Self)| sample.next(row, requests);
        let draws = rows.into_iter().zip(&mut samples).map(next).collect();
        let drawn = draw(logits, draws);
        for (sample, drawn) in samples.into_iter().zip(drawn) {
            sample.add(drawn, requests)?;
        }
        Ok(())
    }

    /// How its next token is drawn from a row of logits.
    fn next(&mut self, row: usize, requests: &[Request]) -> DrawOptions {
        let Request {
            prompt, sampling, ..
        } = &requests[self.request];
        let uniform = self.stream.uniform(self.tokens.len());
        sampling.draw_options(row, prompt, &self.tokens, uniform)
    }

    fn add(&mut self, drawn: Option<Drawn>, requests: &[Request]) -> Result<(), Error> {
        let drawn = drawn.ok_or(Error::NotFinite {
            request: self.request,
            sample: self.number,
            position: self.tokens.len(),
        })?;
        self.tokens.push(drawn.token);
        self.log_probs.push(drawn.log_prob);
        if requests[self.request].sampling.departs() {
            self.drawn_log_probs.push(drawn.drawn_log_prob);
        }
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

/// A sample that grows in the cache.
struct Row {
    sample: Sample,
    prompt: CachedText,
    /// The prompt, and of the answer all that was read: all but the last token, unless it catches up.
    text: CachedText,
    /// Whether what was read last had not been read before, so that a token is to be drawn behind it.
    is_new: bool,
}

impl Row {
    /// Tokens of the answer that were read.
    fn read(&self) -> usize {
        self.text.len() - self.prompt.len()
    }

    /// Whether the next token is one that was drawn before the last.
    fn catches_up(&self) -> bool {
        self.read() + 1 < self.sample.tokens.len()
    }
}

/// The cache and who lives in it.
pub(crate) struct Rows {
    cache: KvCache,
    plan: Plan,
    /// In the order in which they began.
    rows: Vec<Row>,
    /// Those that had to give up their blocks, the last one first to go on.
    preempted: Vec<Row>,
}

impl Rows {
    pub(crate) fn new(model: &Decoder, plan: Plan) -> Self {
        Self {
            cache: model.new_cache(plan.blocks),
            plan,
            rows: Vec::new(),
            preempted: Vec::new(),
        }
    }

    pub(crate) fn cache(&self) -> &KvCache {
        &self.cache
    }

    pub(crate) fn cache_mut(&mut self) -> &mut KvCache {
        &mut self.cache
    }

    pub(crate) fn count(&self) -> usize {
        self.rows.len()
    }

    /// Rows whose next token is not one that was drawn before.
    pub(crate) fn live(&self) -> usize {
        self.rows.iter().filter(|row| !row.catches_up()).count()
    }

    /// Samples that may begin now, beside some that are about to. Those that had to stop go first, and there is to be a
    /// free block for each that grows.
    pub(crate) fn free(&self, beside: usize) -> usize {
        if !self.preempted.is_empty() {
            return 0;
        }
        let count = self.count() + beside;
        let spare = self.cache.free().saturating_sub(count) / 2;
        let spare = spare.max(usize::from(count == 0));
        spare.min(self.plan.rows - count)
    }

    /// Whether prompts of so many blocks may be read now. What all prompts hold always leaves room for one
    /// answer of any length, so there is always one that can go on.
    pub(crate) fn may_read(&self, blocks: usize) -> bool {
        let own: usize = self.rows.iter().map(|row| row.text.own_blocks()).sum();
        let held = self.cache.blocks() - self.cache.free() - own;
        held + blocks + self.plan.answer <= self.cache.blocks()
            && blocks + self.count() <= self.cache.free()
    }

    /// Lets a sample of a prompt grow.
    pub(crate) fn begin(&mut self, sample: Sample, prompt: &CachedText) {
        self.rows.push(Row {
            sample,
            prompt: prompt.clone(),
            text: prompt.clone(),
            is_new: false,
        });
    }

    /// Lets samples go on that had to stop: their tokens are read again, one a step as at first, so that no bit
    /// of what follows is another.
    pub(crate) fn resume(&mut self) {
        while let Some(row) = self.preempted.last() {
            let blocks = row.text.blocks_for(row.sample.tokens.len()) + self.count();
            let fits = self.count() < self.plan.rows && blocks < self.cache.free();
            if !fits && !self.rows.is_empty() {
                break;
            }
            self.rows.extend(self.preempted.pop());
        }
    }

    /// Sees to it that each row has room for a token: those that began last give up their blocks.
    pub(crate) fn make_room(&mut self) {
        let wanted =
            |rows: &[Row]| -> usize { rows.iter().map(|row| row.text.blocks_for(1)).sum() };
        while self.rows.len() > 1 && wanted(&self.rows) > self.cache.free() {
            let mut row = self.rows.pop().expect("there are two");
            row.text = row.prompt.clone();
            self.preempted.push(row);
        }
    }

    /// Feeds the next token of every sample; gives the hidden states, `[rows, 1, hidden]`.
    pub(crate) fn advance(&mut self, model: &Decoder) -> Tensor<3> {
        let mut next = Vec::with_capacity(self.rows.len());
        for row in &mut self.rows {
            next.push([row.sample.tokens[row.read()]]);
            row.is_new = !row.catches_up();
        }
        let mut texts: Vec<&mut CachedText> =
            self.rows.iter_mut().map(|row| &mut row.text).collect();
        model.forward_cached(&mut self.cache, &mut texts, &next)
    }

    /// Draws a token from its row of logits for every sample whose last token was read.
    pub(crate) fn draw(&mut self, requests: &[Request], logits: Tensor<2>) -> Result<(), Error> {
        let rows = self.rows.iter_mut().enumerate();
        let new = rows.filter(|(_, row)| row.is_new);
        let new = new.map(|(place, row)| (place, &mut row.sample));
        Sample::draw(new, requests, logits)
    }

    /// Hands every sample that has a new token to `judge`, in the order of rows; one that is not given back is
    /// over.
    pub(crate) fn settle<E>(
        &mut self,
        mut judge: impl FnMut(Sample) -> Result<Option<Sample>, E>,
    ) -> Result<(), E> {
        for row in std::mem::take(&mut self.rows) {
            if !row.is_new {
                self.rows.push(row);
            } else if let Some(sample) = judge(row.sample)? {
                self.rows.push(Row { sample, ..row });
            }
        }
        Ok(())
    }
}
