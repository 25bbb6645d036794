//! What is asked of a sampler: a prompt, how many answers, and how to draw them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Error;

/// A prompt to be answered several times.
#[derive(Debug, Clone)]
pub struct Request {
    /// Tokens of the prompt, at least one.
    pub prompt: Vec<u32>,
    /// Which answers to sample: `0..n`, or a part of it where others are there already.
    pub samples: Range<usize>,
    /// Names the prompt to the random numbers: two requests with one name and one seed draw the
    /// same numbers. A number of the prompt in its data set does well.
    pub stream: u64,
    /// How to draw.
    pub sampling: Sampling,
    /// Ends an answer by what it says, beside the end tokens.
    pub stop: Option<Arc<dyn StopRule>>,
}

/// Ends an answer by what it says.
pub trait StopRule: fmt::Debug + Send + Sync {
    /// Whether the answer so far is to end with its last token. It is asked after every token, and
    /// must depend on nothing but the tokens.
    fn stops(&self, answer: &[u32]) -> bool;

    /// What counts of the text of an answer that it ended.
    fn before<'a>(&self, text: &'a str) -> &'a str {
        text
    }
}

/// How tokens are drawn. The default draws from the model's own distribution.
///
/// The order is that of transformers: penalty, end tokens held back, temperature, `top_k`, `top_p`,
/// `min_p`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sampling {
    /// Divides the logits; 0 takes the likeliest token.
    pub temperature: f64,
    /// Only the so many likeliest tokens; 0 for all.
    pub top_k: usize,
    /// Only the likeliest tokens that together have this probability; 1 for all.
    pub top_p: f64,
    /// Only tokens of at least this share of the likeliest one's probability; 0 for all.
    pub min_p: f64,
    /// Above 1, tokens that already stand in the text become less likely (arXiv 1909.05858).
    pub repetition_penalty: f64,
    /// No end token before so many tokens.
    pub min_new_tokens: usize,
    /// An answer is cut at so many tokens.
    pub max_new_tokens: usize,
    /// Tokens that end an answer. The answer holds the one that ended it.
    pub end_tokens: Vec<u32>,
    /// Seed of the random numbers.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            repetition_penalty: 1.0,
            min_new_tokens: 0,
            max_new_tokens: 1024,
            end_tokens: Vec::new(),
            seed: 0,
        }
    }
}

impl Sampling {
    /// The temperature of the distribution that log-probabilities are of: that of the draw, or 1
    /// where nothing is drawn.
    pub fn scoring_temperature(&self) -> f64 {
        if self.temperature == 0.0 {
            1.0
        } else {
            self.temperature
        }
    }
}

impl Request {
    /// Whether a model that knows `vocab_size` tokens and texts of `limit` can serve it; `request`
    /// is its place among those given.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the prompt or a setting.
    pub fn check(&self, request: usize, vocab_size: usize, limit: usize) -> Result<(), Error> {
        let Self {
            prompt, sampling, ..
        } = self;
        if prompt.is_empty() {
            return Err(Error::EmptyPrompt { request });
        }
        let mut tokens = prompt.iter().chain(&sampling.end_tokens);
        if let Some(&token) = tokens.find(|&&token| token as usize >= vocab_size) {
            return Err(Error::TokenOutOfRange {
                request,
                token,
                vocab_size,
            });
        }
        let (found, new) = (prompt.len(), sampling.max_new_tokens);
        if found.saturating_add(new) > limit {
            return Err(Error::TooLong {
                request,
                prompt: found,
                new,
                limit,
            });
        }
        let must = |holds: bool, setting, found, expected| {
            let fault = Error::Setting {
                request,
                setting,
                found,
                expected,
            };
            if holds { Ok(()) } else { Err(fault) }
        };
        let Sampling {
            temperature,
            top_p,
            min_p,
            repetition_penalty,
            ..
        } = *sampling;
        let at_least_zero = temperature.is_finite() && temperature >= 0.0;
        must(at_least_zero, "temperature", temperature, "0 or above")?;
        must(
            top_p > 0.0 && top_p <= 1.0,
            "top_p",
            top_p,
            "above 0 and at most 1",
        )?;
        must(
            (0.0..=1.0).contains(&min_p),
            "min_p",
            min_p,
            "between 0 and 1",
        )?;
        let positive = repetition_penalty.is_finite() && repetition_penalty > 0.0;
        must(
            positive,
            "repetition_penalty",
            repetition_penalty,
            "above 0",
        )?;
        must(new > 0, "max_new_tokens", 0.0, "1 or above")
    }
}
