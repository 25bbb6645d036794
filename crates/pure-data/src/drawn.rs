//! What a seed decides about records: by their names, so that neither their order nor the other records matter.
//!
//! ```text
//! drawn(name, seed)  in [0, 1): 53 bits of ChaCha8 with this seed, in the stream 2^63 xor FNV-1a(name)
//! ```
//!
//! `tests/fixtures/drawn.py` computes it too.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A number from 0 to under 1 that belongs to a name: it is chosen with a share above it, and so with every larger share.
///
/// `prompts.with_answer` of a run chooses prompts so, by their names and the run's seed, and so does whoever
/// [hides answers](crate::hide_answer) in a file:
///
/// ```
/// use pure_data::drawn;
///
/// let shown: Vec<u32> = (1..=20).filter(|id| drawn(&id.to_string(), 0) < 0.25).collect();
/// let more: Vec<u32> = (1..=20).filter(|id| drawn(&id.to_string(), 0) < 0.5).collect();
/// assert!(shown.iter().all(|id| more.contains(id)));
/// ```
pub fn drawn(name: &str, seed: u64) -> f64 {
    /// Keeps these numbers apart from those that decide orders.
    const STREAM: u64 = 1 << 63;
    let name = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM ^ name);
    // 53 bits are what an f64 holds exactly.
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::drawn;

    #[test]
    fn a_name_and_a_seed_decide_a_number_for_good() {
        // As tests/fixtures/drawn.py computes them, which shares no code with this.
        for (name, seed, expected) in [
            ("1", 0, 0.534_679_711_772_933_5),
            ("2", 0, 0.909_406_501_102_270_5),
            ("1", 7, 0.172_452_527_289_731_83),
            ("gsm8k/1", 7, 0.166_446_862_316_140_8),
            ("", u64::MAX, 0.434_958_525_215_345_4),
        ] {
            let exact = drawn(name, seed) - expected;
            assert!(exact == 0.0, "{name} {seed}");
        }
    }

    #[test]
    fn a_name_that_a_share_takes_in_is_in_every_larger_one() {
        let ids: Vec<String> = (0..4000).map(|number| number.to_string()).collect();
        let chosen = |share: f64, seed: u64| -> Vec<&String> {
            ids.iter().filter(|id| drawn(id, seed) < share).collect()
        };
        let (few, many) = (chosen(0.1, 3), chosen(0.5, 3));
        assert!((300..500).contains(&few.len()), "{}", few.len());
        assert!(few.iter().all(|id| many.contains(id)));
        assert_ne!(few, chosen(0.1, 4));
        assert_eq!((chosen(0.0, 3).len(), chosen(1.0, 3).len()), (0, 4000));
    }
}
