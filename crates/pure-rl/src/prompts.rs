//! What is asked, and in which order.
//!
//! A source is asked by place: the prompts of a run are numbered, and number `n` is the same prompt
//! whenever it is asked for. So a run that goes on needs to know no more than how far it was.

use pure_data::drawn;
use pure_run::DataOrder;

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
            let is_chosen = drawn(&prompt.id, seed) < with_answer;
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
