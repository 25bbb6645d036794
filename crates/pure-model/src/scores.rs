//! Log-probabilities of chosen tokens, and entropies: see [`pure_kernels::token_scores`], which makes
//! neither the tensor of all logits nor, in training, keeps any. In f32, whatever the precision.

use burn::tensor::{Int, Tensor};

use crate::positions::Positions;
use crate::{CausalLm, Error, product};

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
            product::token_scores(hidden, self.head(), targets, temperature)
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

    /// Scores the responses of a batch, in one forward pass.
    ///
    /// The rows are padded to the longest: put exchanges of like length together.
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
        batch: &[Exchange],
        temperature: f64,
    ) -> Result<Vec<ResponseScores>, Error> {
        batch.iter().try_for_each(|exchange| self.check(exchange))?;
        let lengths: Vec<usize> = batch.iter().map(|e| e.response.len()).collect();
        if lengths.iter().all(|&length| length == 0) {
            return Ok(vec![ResponseScores::default(); batch.len()]);
        }

        // The last token predicts nothing that is asked for, so it is not read.
        let width = batch.iter().map(Exchange::len).max().unwrap_or(1) - 1;
        let mut tokens = vec![0; batch.len() * width];
        let (mut places, mut targets) = (Vec::new(), Vec::new());
        for (row, exchange) in batch.iter().enumerate() {
            let read = exchange.prompt.iter().chain(&exchange.response);
            for (to, &token) in tokens[row * width..][..width].iter_mut().zip(read) {
                *to = token as i32;
            }
            let first = row * width + exchange.prompt.len() - 1;
            places.extend(
                (first..)
                    .take(exchange.response.len())
                    .map(|place| place as i32),
            );
            targets.extend(exchange.response.iter().map(|&token| token as i32));
        }

        let device = &self.model.device();
        let tokens = Tensor::<1, Int>::from_ints(tokens.as_slice(), device);
        let hidden = self.model.forward(
            tokens.reshape([batch.len(), width]),
            &Positions::sequential(0, width),
        );
        let places = Tensor::<1, Int>::from_ints(places.as_slice(), device);
        let targets = Tensor::<1, Int>::from_ints(targets.as_slice(), device);
        let hidden = hidden.flatten::<2>(0, 1).select(0, places);
        let scores = self.score_tokens(hidden.unsqueeze(), targets.unsqueeze(), temperature);

        let numbers = |scores: Tensor<2>| {
            let data = scores.into_data();
            data.try_into_vec::<f32>()
                .expect("scores are f32")
                .into_iter()
        };
        let (mut log_probs, mut entropies) = (numbers(scores.log_probs), numbers(scores.entropies));
        Ok(lengths
            .into_iter()
            .map(|length| ResponseScores {
                log_probs: log_probs.by_ref().take(length).collect(),
                entropies: entropies.by_ref().take(length).collect(),
            })
            .collect())
    }
}
