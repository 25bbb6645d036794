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
    logits: Tensor<2>,
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
        let mut texts = vec![CachedText::default(); prompts.len()];
        // Prompts that end in one chunk, and what the last token of each comes to.
        let (mut ended, mut logits) = (Vec::new(), Vec::new());
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
            logits.push(model.logits(last.unsqueeze_dim(1)).squeeze_dim::<2>(1));
            ended.extend(ending.into_iter().map(|(row, ..)| row));
        }
        Self {
            requests,
            texts,
            logits: in_order(logits, &ended),
        }
    }

    /// Places of the prompts among the requests.
    pub(crate) fn requests(&self) -> &[usize] {
        &self.requests
    }

    /// Logits of the first token of an answer, a row a prompt.
    pub(crate) fn logits(&self) -> Tensor<2> {
        self.logits.clone()
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

/// Rows of some tensors, of which the first belongs at the first of `places`, and so on.
fn in_order(parts: Vec<Tensor<2>>, places: &[usize]) -> Tensor<2> {
    let rows = Tensor::cat(parts, 0);
    if places.is_sorted() {
        return rows;
    }
    let mut order = vec![0; places.len()];
    for (row, &place) in places.iter().enumerate() {
        order[place] = row as i32;
    }
    let device = rows.device();
    rows.select(0, Tensor::from_ints(order.as_slice(), &device))
}
