//! Rotary position embedding in its half-rotation form (RoFormer, arXiv 2104.09864, in the layout
//! of GPT-NeoX, which Qwen and Llama use).
//!
//! A head `x` of width `d` at position `p` is split into halves `a, b` of width `d / 2`, and the
//! pairs `(a_i, b_i)` are turned by the angle `p * f_i`, with `f_i = theta^(-2i / d)`:
//!
//! ```text
//! a' = a cos - b sin        b' = b cos + a sin
//! ```
//!
//! Departures: burn-nn's `RotaryEncoding` pairs neighbours, `(x_2i, x_2i+1)`, which is another
//! layout of the weights. Angles are turned into sines on the host, in f32 as transformers does:
//! graphics shaders promise an absolute error of only 2^-11, and only for small angles.

use burn::tensor::{DType, Device, Tensor, TensorData};
use serde_json::{Value, json};

use crate::positions::Positions;

/// Frequencies of the rotary embedding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RopeConfig {
    /// Base of the geometric row of frequencies.
    pub theta: f64,
    /// How a model stretched to longer texts bends that row.
    pub scaling: RopeScaling,
}

/// A change of the frequencies for longer contexts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RopeScaling {
    /// None: the frequencies as they are.
    None,
    /// Llama 3.1: with wavelength `w = 2 pi / f` and original context `L`, waves shorter than
    /// `L / high` stay, waves longer than `L / low` are slowed down `factor` times, and those
    /// between are blended by `s = (L / w - low) / (high - low)`: `f' = (1 - s) f / factor + s f`.
    Llama3 {
        /// How many times longer the context became.
        factor: f64,
        /// Bounds the slow waves.
        low_freq_factor: f64,
        /// Bounds the fast waves.
        high_freq_factor: f64,
        /// The context before stretching.
        original_max_position_embeddings: usize,
    },
}

impl RopeConfig {
    /// The `d / 2` frequencies of a head of width `head_dim`.
    pub(crate) fn frequencies(&self, head_dim: usize) -> Vec<f32> {
        (0..head_dim / 2)
            .map(|i| {
                (self.theta as f32)
                    .powf((2 * i) as f32 / head_dim as f32)
                    .recip()
            })
            .map(|frequency| self.scaling.apply(frequency))
            .collect()
    }

    /// The `rope_scaling` of `config.json`.
    pub(crate) fn scaling_json(&self) -> Value {
        match self.scaling {
            RopeScaling::None => Value::Null,
            RopeScaling::Llama3 {
                factor,
                low_freq_factor,
                high_freq_factor,
                original_max_position_embeddings,
            } => json!({
                "rope_type": "llama3",
                "factor": factor,
                "low_freq_factor": low_freq_factor,
                "high_freq_factor": high_freq_factor,
                "original_max_position_embeddings": original_max_position_embeddings,
            }),
        }
    }
}

impl RopeScaling {
    fn apply(&self, frequency: f32) -> f32 {
        let Self::Llama3 {
            factor,
            low_freq_factor,
            high_freq_factor,
            original_max_position_embeddings,
        } = *self
        else {
            return frequency;
        };
        let waves = original_max_position_embeddings as f64 * f64::from(frequency)
            / (2.0 * std::f64::consts::PI);
        let kept = (waves - low_freq_factor) / (high_freq_factor - low_freq_factor);
        let kept = kept.clamp(0.0, 1.0);
        (f64::from(frequency) * ((1.0 - kept) / factor + kept)) as f32
    }
}

/// Cosines and sines of one forward pass, shared by its layers: `[rows, length, 1, head_dim / 2]`.
pub(crate) struct Rotation {
    cos: Tensor<4>,
    sin: Tensor<4>,
}

impl Rotation {
    pub(crate) fn new(frequencies: &[f32], positions: &Positions, device: &Device) -> Self {
        let angles = positions
            .for_rotation()
            .flat_map(|position| frequencies.iter().map(move |f| position as f32 * f));
        let (sin, cos): (Vec<f32>, Vec<f32>) = angles.map(f32::sin_cos).unzip();
        let shape = [positions.rows(), positions.length(), 1, frequencies.len()];
        let tensor =
            |values| Tensor::<4>::from_data(TensorData::new(values, shape), (device, DType::F32));
        Self {
            cos: tensor(cos),
            sin: tensor(sin),
        }
    }

    /// Turns every head of `[batch, length, heads, head_dim]`.
    pub(crate) fn apply(&self, heads: Tensor<4>) -> Tensor<4> {
        let [cos, sin] = self.angles();
        pure_kernels::rotate_half(heads, cos, sin)
    }

    /// Cosines and sines.
    pub(crate) fn angles(&self) -> [Tensor<4>; 2] {
        [self.cos.clone(), self.sin.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LLAMA_3_1: RopeConfig = RopeConfig {
        theta: 500_000.0,
        scaling: RopeScaling::Llama3 {
            factor: 8.0,
            low_freq_factor: 1.0,
            high_freq_factor: 4.0,
            original_max_position_embeddings: 8192,
        },
    };

    #[test]
    fn llama_3_1_keeps_fast_waves_and_slows_slow_ones_eightfold() {
        let plain = RopeConfig {
            scaling: RopeScaling::None,
            ..LLAMA_3_1
        }
        .frequencies(128);
        let scaled = LLAMA_3_1.frequencies(128);
        assert_eq!(scaled[0], plain[0]);
        assert_eq!(scaled[63], plain[63] / 8.0);
        assert!(scaled.iter().zip(&plain).all(|(s, p)| s <= p));
    }
}
