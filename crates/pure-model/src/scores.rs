//! Log-probabilities of chosen tokens, and entropies: see [`pure_kernels::token_scores`], which makes
//! neither the tensor of all logits nor, in training, keeps any. In f32, whatever the precision.

use burn::tensor::{Int, Tensor};

use crate::batch::{Batch, Batching};
use crate::{CausalLm, Error, Sequence, side_by_side};

/// What a model thinks of given tokens.
#[derive(Debug, Clone)]
pub struct TokenScores {
    /// `log p(token)` at each position, `[batch, length]`.
    pub log_probs: Tensor<2>,
    /// Entropy of the whole distribution at each position in nats, `[batch, length]`.
    pub entropies: Tensor<2>,
}

impl CausalLm {
    /// Scores `targets[b, t]` under the distribution that `hidden[b, t]` predicts, at a
    /// temperature.
    ///
    /// # Shapes
    ///
    /// - `hidden`: `[batch, length, hidden]`, of the tokens **before** the targets
    /// - `targets`: `[batch, length]`
    ///
    /// # Panics
    ///
    /// If the shapes differ or the temperature is not positive.
    pub fn score_tokens(
        &self,
        hidden: Tensor<3>,
        targets: Tensor<2, Int>,
        temperature: f64,
    ) -> TokenScores {
        assert!(temperature > 0.0, "a temperature of {temperature}");
        let [batch, length, width] = hidden.dims();
        assert_eq!(targets.dims(), [batch, length], "one target a position");

        let hidden = hidden.reshape([batch * length, width]);
        let targets = targets.reshape([batch * length]);
        let [log_probs, entropies] =
            pure_kernels::token_scores(hidden, self.head(), targets, temperature)
                .map(|scores| scores.reshape([batch, length]));
        TokenScores {
            log_probs,
            entropies,
        }
    }
}

/// A prompt and the response to be scored after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Tokens that are given.
    pub prompt: Vec<u32>,
    /// Tokens that are scored, each after all before it.
    pub response: Vec<u32>,
}

/// What a model thinks of a response.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResponseScores {
    /// `log p` of each token of the response.
    pub log_probs: Vec<f32>,
    /// Entropy at each token of the response, in nats.
    pub entropies: Vec<f32>,
}

impl Exchange {
    /// Tokens of both parts.
    pub fn len(&self) -> usize {
        self.prompt.len() + self.response.len()
    }

    /// Whether both parts are empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl CausalLm {
    /// Whether the model can score an exchange.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyPrompt`], [`Error::TokenOutOfRange`] or [`Error::TooLong`] if not.
    pub fn check(&self, exchange: &Exchange) -> Result<(), Error> {
        let (vocab_size, limit) = (self.vocab_size(), self.model.max_positions());
        let mut tokens = exchange.prompt.iter().chain(&exchange.response);
        if exchange.prompt.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        if exchange.len() > limit {
            let found = exchange.len();
            return Err(Error::TooLong { found, limit });
        }
        match tokens.find(|&&token| token as usize >= vocab_size) {
            Some(&token) => Err(Error::TokenOutOfRange { token, vocab_size }),
            None => Ok(()),
        }
    }

    /// Scores responses, in batches of like length of at most `batch_tokens` tokens, pads included,
    /// unless one exchange alone has more.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check), for the first exchange that fails it.
    ///
    /// # Panics
    ///
    /// If the temperature is not positive.
    pub fn score_responses(
        &self,
        exchanges: &[Exchange],
        temperature: f64,
        batch_tokens: usize,
    ) -> Result<Vec<ResponseScores>, Error> {
        exchanges.iter().try_for_each(|it| self.check(it))?;
        let sequences = exchanges.iter().enumerate().map(|(number, it)| {
            let target = |_, token| (number, token);
            let mut sequence = Sequence::predicting(&it.prompt, &it.response, target);
            // A batch is bounded by whole exchanges, though the last token of each is not read.
            sequence.tokens.extend(it.response.last());
            sequence
        });
        let sequences: Vec<Sequence<(usize, u32)>> = sequences.collect();
        let batching = Batching {
            batch_tokens,
            packed: None,
        };
        let mut scores = vec![ResponseScores::default(); exchanges.len()];
        side_by_side(
            self,
            batching.batches(&sequences.iter().collect::<Vec<_>>()),
            |model, batch| {
                let scored = model.score_batch(&batch, temperature);
                (batch.targets, scored)
            },
            |(targets, [log_probs, entropies])| {
                for (place, (number, _)) in targets.into_iter().enumerate() {
                    scores[number].log_probs.push(log_probs[place]);
                    scores[number].entropies.push(entropies[place]);
                }
            },
        );
        Ok(scores)
    }

    /// Log-probability and entropy at each target of a batch.
    fn score_batch(&self, batch: &Batch<(usize, u32)>, temperature: f64) -> [Vec<f32>; 2] {
        let device = &self.model.device();
        let hidden = self.model.forward(batch.tokens(device), batch.positions());
        let hidden = batch.hidden_at_targets(hidden);
        let targets: Vec<i32> = batch
            .targets
            .iter()
            .map(|&(_, token)| token as i32)
            .collect();
        let targets = Tensor::<1, Int>::from_ints(targets.as_slice(), device);
        let scores = self.score_tokens(hidden.unsqueeze(), targets.unsqueeze(), temperature);
        [scores.log_probs, scores.entropies].map(|scores| {
            let data = scores.into_data();
            data.try_into_vec().expect("scores are f32")
        })
    }
}
