//! Prompts that were read and wait for their samples to begin.
//!
//! A prompt is read once, however many samples it has, and all of them share its keys and values.

use burn::tensor::{Int, Tensor};
use pure_model::{CachedText, CausalLm, KvCache};

use crate::Request;

/// Tokens that go through the model at once: enough to fill it, few enough that the memory of a
/// pass does not depend on the prompts.
pub(crate) const CHUNK: usize = 4096;

/// Some prompts that were read together.
pub(crate) struct Prompts {
    /// Place of each among the requests.
    requests: Vec<usize>,
    texts: Vec<CachedText>,
    /// Logits of the first token of an answer, a row a prompt.
    logits: Vec<f32>,
    vocab_size: usize,
}

impl Prompts {
    /// Reads the prompts of the given requests.
    pub(crate) fn read(
        model: &CausalLm,
        cache: &mut KvCache,
        all: &[Request],
        requests: Vec<usize>,
    ) -> Self {
        let prompt = |&request: &usize| all[request].prompt.as_slice();
        let prompts: Vec<&[u32]> = requests.iter().map(prompt).collect();
        let width = prompts.iter().map(|prompt| prompt.len()).max().unwrap_or(0);
        let device = model.model.device();
        let vocab_size = model.vocab_size();
        let mut texts = vec![CachedText::default(); prompts.len()];
        let mut logits = vec![0.0; prompts.len() * vocab_size];
        let chunk = (CHUNK / prompts.len()).max(1);
        for start in (0..width).step_by(chunk) {
            let (mut going, mut new, mut ending) = (Vec::new(), Vec::new(), Vec::new());
            for (row, text) in texts.iter_mut().enumerate() {
                let Some(part) = prompts[row].get(start..) else {
                    continue;
                };
                let part = &part[..part.len().min(chunk)];
                if start + part.len() == prompts[row].len() && !part.is_empty() {
                    ending.push((row, new.len(), part.len() - 1));
                }
                going.push(text);
                new.push(part);
            }
            let hidden = model.model.forward_cached(cache, &mut going, &new);
            if ending.is_empty() {
                continue;
            }
            let [_, columns, _] = hidden.dims();
            let place = |&(_, row, column)| (row * columns + column) as i32;
            let places: Vec<i32> = ending.iter().map(place).collect();
            let places = Tensor::<1, Int>::from_ints(places.as_slice(), &device);
            let last = hidden.flatten::<2>(0, 1).select(0, places);
            let found = numbers(model.logits(last.unsqueeze_dim(1)));
            for ((row, ..), found) in ending.into_iter().zip(found.chunks_exact(vocab_size)) {
                logits[row * vocab_size..][..vocab_size].copy_from_slice(found);
            }
        }
        Self {
            requests,
            texts,
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

    /// The prompt in `row`.
    pub(crate) fn text(&self, row: usize) -> &CachedText {
        &self.texts[row]
    }

    /// Tokens that were read.
    pub(crate) fn tokens(&self) -> u64 {
        self.texts.iter().map(|text| text.len() as u64).sum()
    }
}

/// The numbers of a tensor of logits, in f32.
pub(crate) fn numbers(logits: Tensor<3>) -> Vec<f32> {
    let data = logits.cast(burn::tensor::DType::F32).into_data();
    data.try_into_vec::<f32>().expect("they were made f32")
}
