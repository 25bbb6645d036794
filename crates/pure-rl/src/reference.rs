//! Log-probabilities of sampled answers under a model that is not trained by them: the reference, or
//! the policy as the trainer computes it.

use pure_model::{CausalLm, Exchange, ResponseScores, side_by_side};

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
}

/// A model that stays as it is.
pub struct FrozenPolicy {
    /// The model.
    pub model: CausalLm,
    /// Tokens that it reads at once.
    pub batch_tokens: usize,
}

impl ReferencePolicy for FrozenPolicy {
    fn log_probs(&mut self, answers: &[Answer], temperature: f64) -> Result<Vec<Vec<f32>>, Error> {
        let scores = scores(&self.model, answers, temperature, self.batch_tokens)?;
        Ok(scores.into_iter().map(|scores| scores.log_probs).collect())
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
    let mut longest_first: Vec<usize> = (0..exchanges.len()).collect();
    longest_first.sort_by_key(|&index| std::cmp::Reverse(exchanges[index].len()));

    let mut batches = Vec::new();
    let mut rest = longest_first.as_slice();
    while let Some(&first) = rest.first() {
        let rows = (batch_tokens / exchanges[first].len().max(1)).max(1);
        let (batch, others) = rest.split_at(rows.min(rest.len()));
        batches.push(batch);
        rest = others;
    }
    let mut scores = vec![ResponseScores::default(); answers.len()];
    let mut failure = None;
    side_by_side(
        model,
        batches,
        |model, batch| {
            let read: Vec<Exchange> = batch.iter().map(|&i| exchanges[i].clone()).collect();
            (batch, model.score_responses(&read, temperature))
        },
        |(batch, found)| match found {
            Ok(found) => {
                for (&index, found) in batch.iter().zip(found) {
                    scores[index] = found;
                }
            }
            Err(error) => failure = failure.take().or(Some(error)),
        },
    );
    match failure {
        Some(error) => Err(error.into()),
        None => Ok(scores),
    }
}
