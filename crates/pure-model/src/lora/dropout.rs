//! Dropout in front of adapters, the same whenever it is asked for.
//!
//! ```text
//! dropout(x) = x m / (1 - rate),   m = 0 with probability rate, else 1
//! ```
//!
//! A mask follows from the seed of its batch and its place in the model alone, and is drawn on the host: gradient
//! checkpointing makes it again, copies of a model on other threads draw nothing of it, and a run that was killed goes
//! on with the same ones. Burn's own dropout draws from a generator of the device, which all threads share.

use burn::tensor::{Tensor, TensorData};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Projection;

/// What is dropped in the forward and backward pass of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    /// Share of the inputs of adapters that is dropped, under 1.
    pub rate: f64,
    /// That of the run, its step, and the batch in it.
    pub seed: [u64; 3],
}

impl Dropout {
    /// Dropout at a rate; none at 0.
    pub fn of(rate: f64, seed: [u64; 3]) -> Option<Self> {
        (rate > 0.0).then_some(Self { rate, seed })
    }
}

/// Dropout of the layers of a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noise {
    pub dropout: Dropout,
    pub block: usize,
}

impl Noise {
    /// What an adapter reads of `x`.
    pub fn of(self, projection: Projection, x: Tensor<2>) -> Tensor<2> {
        let Dropout { rate, seed } = self.dropout;
        let place = (self.block * Projection::ALL.len() + projection as usize) as u64;
        let mut key = [0; 32];
        for (bytes, number) in key.chunks_exact_mut(8).zip(seed.into_iter().chain([place])) {
            bytes.copy_from_slice(&number.to_le_bytes());
        }
        let shape = x.dims();
        let mut drawn = vec![0; shape.iter().product::<usize>() * 2];
        ChaCha8Rng::from_seed(key).fill_bytes(&mut drawn);
        let (kept, below) = ((1.0 - rate).recip() as f32, (rate * 65_536.0) as u16);
        let mask = drawn.as_chunks().0.iter().map(|&bytes| {
            let is_dropped = u16::from_le_bytes(bytes) < below;
            if is_dropped { 0.0 } else { kept }
        });
        let mask = TensorData::new(mask.collect::<Vec<f32>>(), shape);
        let mask = Tensor::from_data(mask, (&x.device(), x.dtype()));
        x * mask
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn a_mask_follows_from_its_place_drops_its_share_and_keeps_the_mean() {
        let ones = || Tensor::<2>::ones([200, 300], &Device::flex());
        let mask = |rate, seed, block, projection| {
            let dropout = Dropout { rate, seed };
            let data = Noise { dropout, block }.of(projection, ones()).into_data();
            data.try_into_vec::<f32>().unwrap()
        };
        let one = mask(0.3, [1, 2, 3], 4, Projection::UpProj);
        assert_eq!(one, mask(0.3, [1, 2, 3], 4, Projection::UpProj));
        for other in [
            mask(0.3, [1, 2, 4], 4, Projection::UpProj),
            mask(0.3, [1, 3, 3], 4, Projection::UpProj),
            mask(0.3, [1, 2, 3], 5, Projection::UpProj),
            mask(0.3, [1, 2, 3], 4, Projection::DownProj),
        ] {
            let both = one.iter().zip(&other).filter(|(a, b)| a != b).count() as f64;
            // Independent masks differ in 2 p (1 - p) of their places; five standard deviations.
            assert!((both / 60_000.0 - 0.42).abs() < 0.01, "{both}");
        }
        let dropped = one.iter().filter(|kept| **kept == 0.0).count() as f64;
        assert!((dropped / 60_000.0 - 0.3).abs() < 0.01, "{dropped}");
        assert!(one.iter().all(|kept| [0.0, 1.0 / 0.7].contains(kept)));
        assert!(
            mask(0.0, [0; 3], 0, Projection::QProj)
                .iter()
                .all(|kept| *kept == 1.0)
        );
    }
}
