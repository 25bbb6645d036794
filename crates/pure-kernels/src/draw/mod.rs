//! A token from each of some rows of logits, drawn where the logits are:
//!
//! ```text
//! log p(y) = z_y - log sum_v exp z_v,   z = logits / T       what a trainer will compute
//! log q(y) : the same after penalties and cuts               what it was drawn from
//! ```
//!
//! The draw is by inversion: with `u` uniform, the first token at which the sum of `q` passes `u`. One number a token
//! is all the randomness there is, so that a seed means the same on every device. The order is that of transformers:
//! penalty, barred tokens, temperature, `top_k`, `top_p`, `min_p`.
//!
//! On the processor sums are in f64. On a GPU, where the logits of a step are tens of megabytes, sixteen bytes a row
//! come to the host; sums are in f32 there, so that one draw in some hundred thousand is the neighbouring token.

mod row;

use std::sync::Arc;

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, TensorMetadata};
use burn::tensor::{FloatDType, Tensor, TensorData, read_sync};
use rayon::prelude::*;

use crate::extension::Kernels;

/// How the token of a row is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawOptions {
    /// Which row of the logits it is; several draws may be from one.
    pub row: usize,
    /// A number from 0 to below 1.
    pub uniform: f64,
    /// Divides the logits; 0 takes the likeliest token, and scores it at 1.
    pub temperature: f64,
    /// Only the so many likeliest tokens; 0 for all.
    pub top_k: usize,
    /// Only the likeliest tokens that together have this probability; 1 for all.
    pub top_p: f64,
    /// Only tokens of at least this share of the likeliest one's probability; 0 for all.
    pub min_p: f64,
    /// Above 1, some tokens become less likely (arXiv 1909.05858): positive logits are divided by it, others multiplied.
    pub repetition_penalty: f64,
    /// These tokens, each once.
    pub penalised: Vec<u32>,
    /// Tokens that are not to be drawn.
    pub barred: Vec<u32>,
}

impl Default for DrawOptions {
    fn default() -> Self {
        Self {
            row: 0,
            uniform: 0.0,
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            repetition_penalty: 1.0,
            penalised: Vec::new(),
            barred: Vec::new(),
        }
    }
}

impl DrawOptions {
    /// Whether the token is drawn from another distribution than the model's own.
    pub(crate) fn departs(&self) -> bool {
        self.top_k > 0
            || self.top_p < 1.0
            || self.min_p > 0.0
            || !self.penalised.is_empty()
            || !self.barred.is_empty()
    }

    /// The temperature of the distribution that log-probabilities are of.
    pub(crate) fn scoring_temperature(&self) -> f64 {
        if self.temperature == 0.0 {
            1.0
        } else {
            self.temperature
        }
    }
}

/// A token that was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// The token.
    pub token: u32,
    /// Its log-probability under the model.
    pub log_prob: f32,
    /// Its log-probability under what it was drawn from.
    pub drawn_log_prob: f32,
}

/// What is known of a draw where the logits are: the token, both log-probabilities, and whether there was a
/// distribution.
pub(crate) const NUMBERS: usize = 4;

/// Draws a token for each of `draws`; `None` where the logits hold no distribution.
///
/// # Shapes
///
/// - `logits`: `[rows, vocab_size]`
///
/// # Panics
///
/// If a draw is from a row, or about a token, that is not there, or there are 2^24 words.
pub fn draw(logits: Tensor<2>, draws: Vec<DrawOptions>) -> Vec<Option<Drawn>> {
    if draws.is_empty() {
        return Vec::new();
    }
    let [rows, vocab_size] = logits.dims();
    assert!(vocab_size < 1 << 24, "a token is told as a number in f32");
    for draw in &draws {
        let mut tokens = draw.penalised.iter().chain(&draw.barred);
        assert!(draw.row < rows, "of {rows} rows there is no {}", draw.row);
        assert!(
            tokens.all(|token| (*token as usize) < vocab_size),
            "words of the vocabulary"
        );
    }
    let drawn = Dispatch::draw(logits.into_dispatch(), draws.into());
    let numbers = Tensor::<2>::from_dispatch(drawn).into_data();
    let numbers = numbers.try_into_vec::<f32>().expect("they were made f32");
    let drawn = numbers.chunks_exact(NUMBERS).map(|numbers| {
        let is_sound = numbers[3] == 1.0;
        is_sound.then_some(Drawn {
            token: numbers[0] as u32,
            log_prob: numbers[1],
            drawn_log_prob: numbers[2],
        })
    });
    drawn.collect()
}

/// The numbers of each draw, from logits in the memory of the host.
pub(crate) fn drawn(logits: &[f32], vocab_size: usize, draws: &[DrawOptions]) -> TensorData {
    let mut numbers = vec![0.0; NUMBERS * draws.len()];
    numbers
        .par_chunks_exact_mut(NUMBERS)
        .zip(draws)
        .for_each(|(numbers, draw)| {
            if let Some(drawn) = draw.draw_from(&logits[draw.row * vocab_size..][..vocab_size]) {
                let token = drawn.token as f32;
                numbers.copy_from_slice(&[token, drawn.log_prob, drawn.drawn_log_prob, 1.0]);
            }
        });
    TensorData::new(numbers, [draws.len(), NUMBERS])
}

pub(crate) fn plain<B: Backend>(logits: FloatTensor<B>, draws: &[DrawOptions]) -> FloatTensor<B> {
    let [_, vocab_size] = logits.shape().dims();
    let device = logits.device();
    let logits = B::float_cast(logits, FloatDType::F32);
    let logits = read_sync(B::float_into_data(logits)).expect("logits can be read");
    let logits = logits.as_slice::<f32>().expect("they were made f32");
    B::float_from_data(drawn(logits, vocab_size, draws), &device)
}

/// Draws that are the same for all who hold them.
pub(crate) type Draws = Arc<[DrawOptions]>;
