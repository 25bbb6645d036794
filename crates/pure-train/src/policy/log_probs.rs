//! Log-probabilities of sampled answers under a model that is not trained: the reference, or the
//! policy as the trainer computes it.

use pure_model::{CausalLm, Exchange, ResponseScores};

use super::answers::Scored;
use crate::Error;

/// Scores all answers, those of like length together, so many tokens at once.
pub(super) fn log_probs(
    model: &CausalLm,
    answers: &[Scored],
    temperature: f64,
    batch_tokens: usize,
) -> Result<Vec<ResponseScores>, Error> {
    let exchange = |scored: &Scored| Exchange {
        prompt: scored.answer.prompt.tokens.clone(),
        response: scored.answer.rollout.tokens.clone(),
    };
    let exchanges: Vec<Exchange> = answers.iter().map(exchange).collect();
    let mut longest_first: Vec<usize> = (0..exchanges.len()).collect();
    longest_first.sort_by_key(|&index| std::cmp::Reverse(exchanges[index].len()));

    let mut scores = vec![ResponseScores::default(); answers.len()];
    let mut rest = longest_first.as_slice();
    while let Some(&first) = rest.first() {
        let rows = (batch_tokens / exchanges[first].len().max(1)).max(1);
        let (batch, others) = rest.split_at(rows.min(rest.len()));
        let read: Vec<Exchange> = batch.iter().map(|&i| exchanges[i].clone()).collect();
        let found = model.score_responses(&read, temperature)?;
        for (&index, found) in batch.iter().zip(found) {
            scores[index] = found;
        }
        rest = others;
    }
    Ok(scores)
}
