//! How many rows of which length a budget of memory holds.
//!
//! ```text
//! capacity = longest text + slack          a row of the cache
//! bytes    = rows (capacity + 1 layer) + readers longest prompt, of keys and values
//! ```
//!
//! All rows end at one column, which moves on with every step. The slack is how far it can move
//! before the window is moved back: with an eighth of the text, a column is copied at most once in
//! so many steps as an eighth of it. While rows are dropped, one tensor of one layer exists three
//! times: as it was, the rows that are kept, and as it will be.

use super::prompts::CHUNK;
use crate::{Error, Request};

/// The shape of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Rows of the cache: answers that grow at once.
    pub(crate) rows: usize,
    /// Columns of a row.
    pub(crate) capacity: usize,
    /// Prompts that are read at once.
    pub(crate) readers: usize,
}

/// What keys and values of a model weigh.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weight {
    pub(crate) bytes_per_token: u64,
    pub(crate) layers: u64,
}

impl Plan {
    /// The plan for some requests, at most `max_num_seqs` rows.
    pub(crate) fn new(
        requests: &[Request],
        weight: Weight,
        budget: u64,
        max_num_seqs: usize,
    ) -> Result<Self, Error> {
        let longest = requests
            .iter()
            .map(|r| r.prompt.len() + r.sampling.max_new_tokens)
            .max()
            .unwrap_or(1);
        let prompt = requests.iter().map(|r| r.prompt.len()).max().unwrap_or(1);
        let capacity = longest + (longest / 8).max(16);
        // Also those that are there already: a run that goes on makes the same plan.
        let samples: usize = requests.iter().map(|r| r.samples.end).sum();
        let most = max_num_seqs.min(samples).max(1);

        let row = capacity as u64 * weight.bytes_per_token;
        let moved = row.div_ceil(weight.layers);
        let reader = prompt as u64 * weight.bytes_per_token;
        let least = row + moved + reader;
        if budget < least {
            return Err(Error::Budget {
                found: budget,
                least,
                length: longest,
            });
        }
        // Prompts are read some at a time: as many as go through the model at once, if that leaves
        // room for all rows. The number of rows has no say in it, for products of other sizes sum in
        // another order.
        let wanted = (CHUNK / prompt).clamp(1, requests.len().max(1)) as u64;
        let fit = |readers: u64| (budget - readers * reader) / (row + moved);
        let readers = (1..=wanted).rev().find(|&readers| {
            readers * reader <= budget && (readers == 1 || fit(readers) >= most as u64)
        });
        let readers = readers.unwrap_or(1);
        Ok(Self {
            rows: (fit(readers) as usize).clamp(1, most),
            capacity,
            readers: readers as usize,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sampling;

    const WEIGHT: Weight = Weight {
        bytes_per_token: 1024,
        layers: 4,
    };

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

    fn bytes(plan: Plan, longest_prompt: usize) -> u64 {
        let row = plan.capacity as u64 * WEIGHT.bytes_per_token;
        let rows = plan.rows as u64 * (row + row.div_ceil(WEIGHT.layers));
        rows + plan.readers as u64 * longest_prompt as u64 * WEIGHT.bytes_per_token
    }

    #[test]
    fn a_plan_never_exceeds_its_budget_and_uses_most_of_it() {
        let requests = requests(20, 8);
        for budget in [750_000, 1_000_000, 10_000_000, 40_000_000] {
            let plan = Plan::new(&requests, WEIGHT, budget, 64).unwrap();
            assert!(bytes(plan, 119) <= budget, "{plan:?} for {budget}");
            let more = Plan {
                rows: plan.rows + 1,
                ..plan
            };
            assert!(plan.rows == 64 || bytes(more, 119) > budget, "{plan:?}");
        }
    }

    #[test]
    fn the_smallest_budget_that_the_error_names_does() {
        let requests = requests(3, 2);
        let Err(Error::Budget { least, length, .. }) = Plan::new(&requests, WEIGHT, 10, 64) else {
            panic!("ten bytes hold nothing");
        };
        assert_eq!(length, 402);
        assert_eq!(Plan::new(&requests, WEIGHT, least, 64).unwrap().rows, 1);
        assert!(Plan::new(&requests, WEIGHT, least - 1, 64).is_err());
    }

    #[test]
    fn there_are_no_more_rows_than_samples() {
        let plan = Plan::new(&requests(2, 3), WEIGHT, 1 << 40, 64).unwrap();
        assert_eq!(plan.rows, 6);
    }
}
