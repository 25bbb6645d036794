//! Decisions from a seed, the same on every platform and in every version: ChaCha with 8 rounds, and
//! arithmetic that is exact.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::hash::Hash;

/// A stream of decisions. Streams of different seeds or purposes have nothing to do with each other.
#[derive(Debug, Clone)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of a seed for a purpose, in a few words.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let purpose = Hash::new().part(purpose.as_bytes()).value();
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..24].copy_from_slice(&purpose.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number below `bound`, each as likely as the others to within one in 2^32.
    ///
    /// # Panics
    ///
    /// If `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "there is no number below 0");
        let wide = u128::from(self.0.next_u64()) * u128::from(bound);
        (wide >> 64) as u32
    }

    /// Yes, with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        // 53 bits are what an f64 holds exactly.
        let uniform = (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        uniform < probability
    }

    /// An index into a list of this length, nothing for an empty one.
    pub(super) fn index(&mut self, length: usize) -> Option<usize> {
        let length = u32::try_from(length).expect("lists of the task are short");
        (length > 0).then(|| self.below(length) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_purpose_decide_the_same_for_good() {
        // As tests/fixtures/seeded.py computes them, which shares no code with this.
        let mut dice = Dice::new(7, "test");
        let drawn: Vec<u32> = (0..8).map(|_| dice.below(100)).collect();
        assert_eq!(drawn, [26, 4, 73, 94, 47, 66, 77, 58]);
        let mut other = Dice::new(7, "another test");
        assert_ne!((0..8).map(|_| other.below(100)).collect::<Vec<_>>(), drawn);
    }

    #[test]
    fn numbers_and_chances_are_as_likely_as_they_say() {
        let mut dice = Dice::new(0, "test");
        let mut counts = [0_u32; 5];
        for _ in 0..10_000 {
            counts[dice.below(5) as usize] += 1;
        }
        assert!(counts.iter().all(|&count| (1_850..2_150).contains(&count)));
        let yes = (0..10_000).filter(|_| dice.chance(0.3)).count();
        assert!((2_850..3_150).contains(&yes));
        assert!((0..1_000).all(|_| !dice.chance(0.0) && dice.chance(1.0)));
    }
}
