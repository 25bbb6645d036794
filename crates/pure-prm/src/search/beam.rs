//! A partial answer, and what becomes of it in a round.

use std::sync::Arc;

use pure_core::{Finish, Rollout};
use pure_model::Tokenizer;
use pure_rollout::{Request, StopRule};

/// An answer that grows step by step.
#[derive(Debug, Clone)]
pub(super) struct Beam {
    /// Names its continuations to the random numbers.
    pub stream: u64,
    pub tokens: Vec<u32>,
    pub log_prob: f64,
    /// Why it ended, if it did.
    pub finish: Option<Finish>,
    /// From 0 to 1, if it could be judged.
    pub score: Option<f64>,
    pub rewards: Vec<f32>,
}

impl Beam {
    /// Nothing yet.
    pub fn root(stream: u64) -> Self {
        Self {
            stream,
            tokens: Vec::new(),
            log_prob: 0.0,
            finish: None,
            score: None,
            rewards: Vec::new(),
        }
    }

    /// Asks for so many continuations of it, as an answer to a request; `stop` ends them.
    pub fn request(&self, of: &Request, samples: usize, stop: Arc<dyn StopRule>) -> Request {
        let mut sampling = of.sampling.clone();
        sampling.max_new_tokens -= self.tokens.len();
        sampling.min_new_tokens = sampling.min_new_tokens.saturating_sub(self.tokens.len());
        Request {
            prompt: [&of.prompt[..], &self.tokens].concat(),
            samples: 0..samples,
            stream: self.stream,
            sampling,
            stop: Some(stop),
        }
    }

    /// It with a continuation, which was the sample of this number.
    pub fn continued(&self, of: &Request, sample: usize, step: &Rollout) -> Self {
        let tokens = [&self.tokens[..], &step.tokens].concat();
        let is_full = tokens.len() >= of.sampling.max_new_tokens;
        let has_stopped = || of.stop.as_ref().is_some_and(|stop| stop.stops(&tokens));
        let finish = match step.finish {
            Finish::Stop if has_stopped() => Some(Finish::Stop),
            Finish::Stop => is_full.then_some(Finish::Length),
            ended => Some(ended),
        };
        let log_prob = step.log_probs.iter().copied().map(f64::from).sum::<f64>();
        Self {
            stream: stream_of(self.stream, sample),
            log_prob: self.log_prob + log_prob,
            tokens,
            finish,
            score: None,
            rewards: Vec::new(),
        }
    }

    /// Its text, as the answer of a request has it.
    pub fn text(&self, of: &Request, tokenizer: &Tokenizer) -> String {
        let text = tokenizer.decode(&self.tokens, true);
        match &of.stop {
            Some(stop) if self.finish == Some(Finish::Stop) => stop.before(&text).to_owned(),
            _ => text,
        }
    }
}

/// The stream of what was a sample of another: that of its parent and its number, mixed by the finaliser of SplitMix64
/// (Steele, Lea and Flood, 2014), so that streams that differ in a bit share none.
fn stream_of(parent: u64, sample: usize) -> u64 {
    let mut mixed = parent ^ (sample as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_paths_share_a_stream() {
        let mut streams = HashSet::new();
        let mut paths: Vec<u64> = (0..50).collect();
        for _ in 0..3 {
            streams.extend(paths.iter().copied());
            paths = paths
                .iter()
                .flat_map(|&parent| (0..4).map(move |sample| stream_of(parent, sample)))
                .collect();
        }
        assert_eq!(streams.len(), 50 * (1 + 4 + 16));
    }
}
