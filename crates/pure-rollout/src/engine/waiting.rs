//! Who waits for a row: prompts that were read, and requests that were not.

use super::prompts::Prompts;
use crate::Request;

/// Samples that have no row yet, in order.
pub(super) struct Waiting {
    /// The next request to read, and how many there are.
    next: usize,
    end: usize,
    readers: usize,
    read: Option<Prompts>,
    /// Row of `read` and sample that come next.
    prompt: usize,
    sample: usize,
    samples: Vec<usize>,
}

impl Waiting {
    pub(super) fn new(requests: &[Request], readers: usize) -> Self {
        Self {
            next: 0,
            end: requests.len(),
            readers,
            read: None,
            prompt: 0,
            sample: 0,
            samples: requests.iter().map(|r| r.samples).collect(),
        }
    }

    /// What [`take`](Self::take) speaks of.
    pub(super) fn prompts(&self) -> &Prompts {
        self.read
            .as_ref()
            .expect("samples are taken of what was read")
    }

    /// Up to `most` samples of one prompt that was read.
    pub(super) fn take(&mut self, most: usize) -> Option<(usize, std::ops::Range<usize>)> {
        loop {
            let requests = self.read.as_ref()?.requests();
            let Some(&request) = requests.get(self.prompt) else {
                self.read = None;
                return None;
            };
            let left = self.samples[request] - self.sample;
            if left == 0 {
                (self.prompt, self.sample) = (self.prompt + 1, 0);
                continue;
            }
            let first = self.sample;
            self.sample += left.min(most);
            return Some((self.prompt, first..self.sample));
        }
    }

    /// Whether every prompt was read.
    pub(super) fn is_dry(&self) -> bool {
        self.next == self.end
    }

    /// The requests to read next.
    pub(super) fn next_prompts(&mut self) -> Vec<usize> {
        let first = self.next;
        self.next = self.end.min(first + self.readers);
        (first..self.next).collect()
    }

    /// Takes in prompts that were read.
    pub(super) fn put(&mut self, prompts: Prompts) {
        self.read = Some(prompts);
        (self.prompt, self.sample) = (0, 0);
    }
}
