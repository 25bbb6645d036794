//! Asking the policy: `prompts -> rollouts`.

use pure_core::Rollout;
use pure_model::CausalLm;
use pure_rollout::{Phases, Request, Sampler, Sampling, sample_all};

use crate::error::Error;
use crate::prompts::Prompt;

/// What answers prompts, and how.
pub(crate) struct Rollouts {
    pub sampler: Box<dyn Sampler>,
    pub sampling: Sampling,
}

impl Rollouts {
    /// So many answers of the policy to each prompt, at temperature 0 the likeliest. The random streams of the prompts
    /// have the numbers from `first` on.
    pub fn sample(
        &mut self,
        policy: CausalLm,
        prompts: &[Prompt],
        answers: usize,
        temperature: f64,
        first: u64,
    ) -> Result<(Vec<Vec<Rollout>>, Phases), Error> {
        let requests = prompts.iter().enumerate().map(|(place, prompt)| Request {
            prompt: prompt.tokens.clone(),
            samples: 0..answers,
            stream: first + place as u64,
            sampling: Sampling {
                temperature,
                ..self.sampling.clone()
            },
            stop: None,
        });
        let requests: Vec<Request> = requests.collect();
        self.sampler.load(policy);
        let sampled = sample_all(self.sampler.as_mut(), &requests);
        self.sampler.unload();
        Ok(sampled?)
    }
}
