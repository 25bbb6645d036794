//! What is asked, and in which order.
//!
//! A source is asked by place: the prompts of a run are numbered, and number `n` is the same prompt
//! whenever it is asked for. So a run that goes on needs to know no more than how far it was.

use pure_run::DataOrder;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::error::Error;

/// Something that the policy is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prompt {
    /// Its name.
    pub id: String,
    /// What the policy reads.
    pub tokens: Vec<u32>,
    /// What the reward model reads in their place, where it was taught to read prompts in another way.
    pub judged_tokens: Option<Vec<u32>>,
    /// The true answer, if it is known. All that are known are measured with.
    pub answer: Option<String>,
    /// Whether rewards may use the answer.
    pub pays_outcome: bool,
}

/// Where prompts come from.
pub trait PromptSource {
    /// The prompt of this number, counted from 0 over the whole run. It follows from the number alone.
    ///
    /// # Errors
    ///
    /// What makes it useless to go on.
    fn prompt(&mut self, number: u64) -> Result<Prompt, Error>;

    /// How many different ones there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The prompts of a file, each once an epoch, in an order that the seed decides.
#[derive(Debug)]
pub struct PromptFile {
    prompts: Vec<Prompt>,
    order: DataOrder,
}

impl PromptFile {
    /// Of prompts that were read, `with_answer` the share of the answers that rewards may use.
    pub(crate) fn new(mut prompts: Vec<Prompt>, with_answer: f64, seed: u64) -> Self {
        for prompt in &mut prompts {
            let is_chosen = share_of(&prompt.id, seed) < with_answer;
            prompt.pays_outcome = prompt.answer.is_some() && is_chosen;
        }
        Self {
            order: DataOrder::new(prompts.len(), 1, seed),
            prompts,
        }
    }

    /// How many have an answer that rewards may use.
    pub fn with_answer(&self) -> usize {
        self.prompts.iter().filter(|p| p.pays_outcome).count()
    }
}

impl PromptSource for PromptFile {
    fn prompt(&mut self, number: u64) -> Result<Prompt, Error> {
        let chosen = self.order.of(number as usize)[0];
        Ok(self.prompts[chosen].clone())
    }

    fn len(&self) -> usize {
        self.prompts.len()
    }
}

/// A number from 0 to under 1 that belongs to a prompt: it is chosen with a share above it, and so
/// with every larger share.
fn share_of(id: &str, seed: u64) -> f64 {
    /// Keeps these numbers apart from those that decide orders.
    const STREAM: u64 = 1 << 63;
    let name = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM ^ name);
    random.random()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_that_a_share_takes_in_is_in_every_larger_one() {
        let ids: Vec<String> = (0..4000).map(|number| number.to_string()).collect();
        let chosen = |share: f64, seed: u64| -> Vec<&String> {
            ids.iter().filter(|id| share_of(id, seed) < share).collect()
        };
        let (few, many) = (chosen(0.1, 3), chosen(0.5, 3));
        assert!((300..500).contains(&few.len()), "{}", few.len());
        assert!(few.iter().all(|id| many.contains(id)));
        assert_ne!(few, chosen(0.1, 4));
        assert_eq!((chosen(0.0, 3).len(), chosen(1.0, 3).len()), (0, 4000));
    }
}
