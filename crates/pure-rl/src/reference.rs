//! Log-probabilities of sampled answers under a model that is not trained by them: the reference, or
//! the policy as the trainer computes it.

use pure_model::{CausalLm, Exchange, Held, ResponseScores};

use crate::answer::Answer;
use crate::error::Error;

/// What the policy is kept close to.
pub trait ReferencePolicy {
    /// The log-probability of each token of each answer, at the sampling temperature.
    ///
    /// # Errors
    ///
    /// What makes it useless to go on.
    fn log_probs(&mut self, answers: &[Answer], temperature: f64) -> Result<Vec<Vec<f32>>, Error>;

    /// The policy itself, where it can be asked for answers, which shaped rewards are compared with.
    fn policy(&self) -> Option<CausalLm> {
        None
    }
}

/// A model that stays as it is.
pub struct FrozenPolicy {
    /// The model.
    pub model: Held<CausalLm>,
    /// Tokens that it reads at once.
    pub batch_tokens: usize,
}

impl ReferencePolicy for FrozenPolicy {
    fn log_probs(&mut self, answers: &[Answer], temperature: f64) -> Result<Vec<Vec<f32>>, Error> {
        let scores = self
            .model
            .with(|model| scores(model, answers, temperature, self.batch_tokens))?;
        Ok(scores.into_iter().map(|scores| scores.log_probs).collect())
    }

    fn policy(&self) -> Option<CausalLm> {
        Some(self.model.with(CausalLm::clone))
    }
}

/// Scores all answers, those of like length together, so many tokens at once.
pub(crate) fn scores(
    model: &CausalLm,
    answers: &[Answer],
    temperature: f64,
    batch_tokens: usize,
) -> Result<Vec<ResponseScores>, Error> {
    let exchange = |answer: &Answer| Exchange {
        prompt: answer.prompt.tokens.clone(),
        response: answer.rollout.tokens.clone(),
    };
    let exchanges: Vec<Exchange> = answers.iter().map(exchange).collect();
    Ok(model.score_responses(&exchanges, temperature, batch_tokens)?)
}
