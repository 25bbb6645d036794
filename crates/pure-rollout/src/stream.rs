//! The random numbers of a sample: one for each of its tokens, found by its place.
//!
//! ```text
//! u(seed, stream, sample, position) in [0, 1)
//! ```
//!
//! A number depends on nothing else, so neither the order of work nor how many are sampled at once can
//! choose the text. ChaCha with eight rounds is a function of a key (seed, stream), a nonce (sample)
//! and a counter (position), the same on every machine.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The random numbers of one sample.
#[derive(Debug, Clone)]
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    pub(crate) fn new(seed: u64, stream: u64, sample: usize) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&stream.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(sample as u64);
        Self(rng)
    }

    /// The number of the token at `position`, uniform in `[0, 1)` with 53 bits.
    pub(crate) fn uniform(&mut self, position: usize) -> f64 {
        // A number takes two words.
        self.0.set_word_pos(2 * position as u128);
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_by_its_place_in_any_order() {
        let mut forth = Stream::new(1, 2, 3);
        let mut back = Stream::new(1, 2, 3);
        let numbers: Vec<f64> = (0..100).map(|p| forth.uniform(p)).collect();
        let again: Vec<f64> = (0..100).rev().map(|p| back.uniform(p)).collect();
        assert!(numbers.iter().eq(again.iter().rev()));
        assert!(numbers.iter().all(|u| (0.0..1.0).contains(u)));
    }

    #[test]
    fn every_part_of_the_key_counts() {
        let first = |seed, stream, sample| Stream::new(seed, stream, sample).uniform(0);
        let numbers = [
            first(0, 0, 0),
            first(1, 0, 0),
            first(0, 1, 0),
            first(0, 0, 1),
            Stream::new(0, 0, 0).uniform(1),
        ];
        for (i, a) in numbers.iter().enumerate() {
            assert!(numbers[i + 1..].iter().all(|b| a != b), "{numbers:?}");
        }
    }
}
