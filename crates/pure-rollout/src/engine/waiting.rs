//! Who waits to begin: prompts that were read, and requests that were not.

use std::ops::Range;

use super::prompts::Prompts;
use crate::Request;

/// Samples that did not begin yet, in order.
pub(super) struct Waiting {
    /// The next request to read, and the first that is not to be read.
    next: usize,
    end: usize,
    readers: usize,
    read: Option<Prompts>,
    /// Row of `read` that comes next.
    prompt: usize,
    /// Samples of each request that did not begin yet.
    samples: Vec<Range<usize>>,
}

impl Waiting {
    /// Those at some places among the requests.
    pub(super) fn new(requests: &[Request], places: Range<usize>, readers: usize) -> Self {
        Self {
            next: places.start,
            end: places.end,
            readers,
            read: None,
            prompt: 0,
            samples: requests.iter().map(|r| r.samples.clone()).collect(),
        }
    }

    /// What [`take`](Self::take) speaks of.
    pub(super) fn prompts(&self) -> &Prompts {
        self.read
            .as_ref()
            .expect("samples are taken of what was read")
    }

    /// Up to `most` samples of one prompt that was read.
    pub(super) fn take(&mut self, most: usize) -> Option<(usize, Range<usize>)> {
        loop {
            let requests = self.read.as_ref()?.requests();
            let &request = requests.get(self.prompt)?;
            let wanted = &mut self.samples[request];
            if Range::is_empty(wanted) {
                self.prompt += 1;
                continue;
            }
            let first = wanted.start;
            wanted.start = wanted.end.min(first + most);
            return Some((self.prompt, first..wanted.start));
        }
    }

    /// Lets go of what was read, of which nothing is left to take.
    pub(super) fn forget(&mut self) {
        self.read = None;
    }

    /// The requests to read next, if any is left: always the same ones together, so that what is sampled does
    /// not depend on which samples are there already. Those of which none is wanted are passed over.
    pub(super) fn next(&mut self) -> Option<Vec<usize>> {
        while self.next < self.end {
            let together = self.next..self.end.min(self.next + self.readers);
            let wanted = |request| !Range::is_empty(&self.samples[request]);
            if together.clone().any(wanted) {
                return Some(together.collect());
            }
            self.next = together.end;
        }
        None
    }

    /// Takes in those, read.
    pub(super) fn put(&mut self, prompts: Prompts) {
        self.next += prompts.requests().len();
        self.read = Some(prompts);
        self.prompt = 0;
    }
}
