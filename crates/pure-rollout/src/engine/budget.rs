//! What a budget of memory holds.
//!
//! ```text
//! bytes = blocks (+ 1) of a few tokens each, of keys and values; see [`KvCache`]
//! least = the blocks of one prompt and of one answer as long as it may be
//! ```
//!
//! Answers take blocks as they grow. So there is no number of rows that a budget is for: many short answers
//! grow at once, or few long ones.

use pure_model::KvCache;

use super::prompts::CHUNK;
use crate::{Error, Request};

/// The shape of the cache, and how it is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) blocks: usize,
    /// Blocks of an answer as long as it may be, those that it shares with its prompt aside.
    pub(crate) answer: usize,
    /// Answers that grow at once, at most.
    pub(crate) rows: usize,
    /// Prompts that are read at once.
    pub(crate) readers: usize,
    /// Whether all rows may grow as long as they may be.
    pub(crate) is_ample: bool,
}

impl Plan {
    /// The plan for some requests, at most `max_num_seqs` rows.
    pub(crate) fn new(
        requests: &[Request],
        bytes_per_token: u64,
        budget: u64,
        max_num_seqs: usize,
    ) -> Result<Self, Error> {
        let most = |number: fn(&Request) -> usize| requests.iter().map(number).max().unwrap_or(1);
        let prompt = most(|request| request.prompt.len());
        let length = most(|request| request.prompt.len() + request.sampling.max_new_tokens);
        // One more where an answer begins in the last block of its prompt.
        let answer = 1 + KvCache::blocks_of(most(|request| request.sampling.max_new_tokens));
        // Also those that are there already: a run that goes on makes the same plan.
        let samples: usize = requests.iter().map(|request| request.samples.end).sum();
        let rows = max_num_seqs.min(samples).max(1);

        let bytes = |blocks| KvCache::bytes_of(blocks, bytes_per_token);
        let of_prompt = KvCache::blocks_of(prompt);
        let least = bytes(of_prompt + answer);
        if budget < least {
            return Err(Error::Budget {
                found: budget,
                least,
                length,
            });
        }
        let fit = (budget / bytes(0)) as usize - 1;
        // Prompts are read some at a time: as many as go through the model at once, if they leave half of the
        // room, and room for an answer.
        let most = (fit / 2).min(fit - answer) / of_prompt;
        let readers = (CHUNK / prompt).min(most);
        let readers = readers.clamp(1, requests.len().max(1));
        let wanted = (readers + rows).saturating_mul(of_prompt) + rows.saturating_mul(answer);
        Ok(Self {
            blocks: fit.min(wanted),
            answer,
            rows,
            readers,
            is_ample: wanted <= fit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sampling;

    const BYTES_PER_TOKEN: u64 = 1024;

    fn requests(count: usize, samples: usize) -> Vec<Request> {
        let request = |index: usize| Request {
            prompt: vec![1; 100 + index],
            samples: 0..samples,
            stream: index as u64,
            sampling: Sampling {
                max_new_tokens: 300,
                ..Sampling::default()
            },
            stop: None,
        };
        (0..count).map(request).collect()
    }

    fn plan(requests: &[Request], budget: u64) -> Result<Plan, Error> {
        Plan::new(requests, BYTES_PER_TOKEN, budget, 64)
    }

    #[test]
    fn a_plan_never_exceeds_its_budget_and_takes_all_of_it_that_it_may_need() {
        let requests = requests(20, 8);
        for budget in [750_000, 1_000_000, 10_000_000, 40_000_000] {
            let plan = plan(&requests, budget).unwrap();
            let bytes = |blocks| KvCache::bytes_of(blocks, BYTES_PER_TOKEN);
            assert!(bytes(plan.blocks) <= budget, "{plan:?} for {budget}");
            let all = plan.readers * 8 + 64 * (8 + 20);
            assert!(
                plan.blocks == all || bytes(plan.blocks + 1) > budget,
                "{plan:?}"
            );
        }
    }

    #[test]
    fn the_smallest_budget_that_the_error_names_does() {
        let requests = requests(3, 2);
        let Err(Error::Budget { least, length, .. }) = plan(&requests, 10) else {
            panic!("ten bytes hold nothing");
        };
        assert_eq!(length, 402);
        let found = plan(&requests, least).unwrap();
        assert_eq!((found.readers, found.blocks), (1, 7 + 20));
        assert!(plan(&requests, least - 1).is_err());
    }

    #[test]
    fn there_are_no_more_rows_than_samples() {
        assert_eq!(plan(&requests(2, 3), 1 << 40).unwrap().rows, 6);
    }
}
