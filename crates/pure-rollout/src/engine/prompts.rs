//! Prompts that were read and wait for rows.
//!
//! A prompt is read once, however many samples it has; its keys and values are copied into the row
//! of each.

use burn::tensor::{Int, Tensor};
use pure_model::{CausalLm, KvCache, Positions};

use crate::Request;

/// Tokens that go through the model at once: enough to fill it, few enough that the memory of a
/// pass does not depend on the prompts.
const CHUNK: usize = 4096;

/// Some prompts that were read together.
pub(crate) struct Prompts {
    /// Place of each among the requests.
    requests: Vec<usize>,
    lengths: Vec<usize>,
    cache: KvCache,
    /// Logits of the first token of an answer, a row a prompt.
    logits: Vec<f32>,
    vocab_size: usize,
}

impl Prompts {
    /// Reads the prompts of the given requests.
    pub(crate) fn read(model: &CausalLm, all: &[Request], requests: Vec<usize>) -> Self {
        let lengths: Vec<usize> = requests.iter().map(|&r| all[r].prompt.len()).collect();
        let width = lengths.iter().copied().max().unwrap_or(0);
        let rows = requests.len();
        let mut tokens = vec![0; rows * width];
        for (row, &request) in requests.iter().enumerate() {
            let end = &mut tokens[row * width..][width - lengths[row]..width];
            for (to, &token) in end.iter_mut().zip(&all[request].prompt) {
                *to = token as i32;
            }
        }
        let tokens = Tensor::<1, Int>::from_ints(tokens.as_slice(), &model.model.device());
        let tokens = tokens.reshape([rows, width]);
        let positions = Positions::left_padded(&lengths, width);

        let mut cache = model.model.new_cache(rows, width);
        let chunk = (CHUNK / rows).max(1);
        let mut logits = Vec::new();
        for start in (0..width).step_by(chunk) {
            let size = chunk.min(width - start);
            let hidden = model.model.forward_cached(
                tokens.clone().narrow(1, start, size),
                &positions.narrow(start, size),
                &mut cache,
            );
            if start + size == width {
                logits = numbers(model.logits(hidden.narrow(1, size - 1, 1)));
            }
        }
        Self {
            requests,
            lengths,
            cache,
            logits,
            vocab_size: model.vocab_size(),
        }
    }

    /// Places of the prompts among the requests.
    pub(crate) fn requests(&self) -> &[usize] {
        &self.requests
    }

    /// Logits of the first token of an answer to the prompt in `row`.
    pub(crate) fn logits(&self, row: usize) -> &[f32] {
        &self.logits[row * self.vocab_size..][..self.vocab_size]
    }

    /// Tokens of the prompt in `row`.
    pub(crate) fn length(&self, row: usize) -> usize {
        self.lengths[row]
    }

    /// Tokens that were read, pads not counted.
    pub(crate) fn tokens(&self) -> u64 {
        self.lengths.iter().map(|&length| length as u64).sum()
    }

    pub(crate) fn cache(&self) -> &KvCache {
        &self.cache
    }
}

/// The numbers of a tensor of logits, in f32.
pub(crate) fn numbers(logits: Tensor<3>) -> Vec<f32> {
    let data = logits.cast(burn::tensor::DType::F32).into_data();
    data.try_into_vec::<f32>().expect("they were made f32")
}
