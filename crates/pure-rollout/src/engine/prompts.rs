//! Prompts that were read and wait for rows.
//!
//! A prompt is read once, however many samples it has; its keys and values are copied into the row
//! of each.

use burn::tensor::{Int, Tensor};
use pure_model::{CausalLm, KvCache, Positions};

use crate::Request;

/// Tokens that go through the model at once: enough to fill it, few enough that the memory of a
/// pass does not depend on the prompts.
pub(super) const CHUNK: usize = 4096;

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
            let prompt = &all[request].prompt;
            for (to, &token) in tokens[row * width..].iter_mut().zip(prompt) {
                *to = token as i32;
            }
        }
        let device = model.model.device();
        let tokens = Tensor::<1, Int>::from_ints(tokens.as_slice(), &device);
        let tokens = tokens.reshape([rows, width]);
        let positions = Positions::right_padded(&lengths, width);

        let vocab_size = model.vocab_size();
        let mut cache = model.model.new_cache(rows, width);
        let mut logits = vec![0.0; rows * vocab_size];
        let chunk = (CHUNK / rows).max(1);
        for start in (0..width).step_by(chunk) {
            let columns = start..width.min(start + chunk);
            let hidden = model.model.forward_cached(
                tokens.clone().narrow(1, start, columns.len()),
                &positions.narrow(start, columns.len()),
                &mut cache,
            );
            let ending = |row: &usize| columns.contains(&(lengths[*row] - 1));
            let ending: Vec<usize> = (0..rows).filter(ending).collect();
            if ending.is_empty() {
                continue;
            }
            let place = |&row: &usize| (row * columns.len() + lengths[row] - 1 - start) as i32;
            let places: Vec<i32> = ending.iter().map(place).collect();
            let places = Tensor::<1, Int>::from_ints(places.as_slice(), &device);
            let last = hidden.flatten::<2>(0, 1).select(0, places);
            let found = numbers(model.logits(last.unsqueeze_dim(1)));
            for (row, found) in ending.into_iter().zip(found.chunks_exact(vocab_size)) {
                logits[row * vocab_size..][..vocab_size].copy_from_slice(found);
            }
        }
        Self {
            requests,
            lengths,
            cache,
            logits,
            vocab_size,
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
