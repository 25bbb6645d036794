//! Sums and maxima in a fixed number of lanes.
//!
//! A float sum from left to right cannot be vectorised, as its order is part of its result. These
//! have an order of their own, the same at every vector width.

const LANES: usize = 16;

/// Folds each lane by `step`, the lanes into one by `join`; `start` is neutral to both.
#[inline(always)]
pub(super) fn fold<const N: usize>(
    inputs: [&[f32]; N],
    start: f32,
    step: impl Fn(f32, [f32; N]) -> f32,
    join: impl Fn(f32, f32) -> f32,
) -> f32 {
    let length = inputs[0].len();
    let inputs = inputs.map(|input| &input[..length]);
    let whole = length - length % LANES;
    let mut lanes = [start; LANES];
    for first in (0..whole).step_by(LANES) {
        let blocks = inputs.map(|input| &input[first..first + LANES]);
        for (lane, folded) in lanes.iter_mut().enumerate() {
            *folded = step(*folded, blocks.map(|block| block[lane]));
        }
    }
    for index in whole..length {
        let lane = index - whole;
        lanes[lane] = step(lanes[lane], inputs.map(|input| input[index]));
    }
    lanes.into_iter().fold(start, join)
}
