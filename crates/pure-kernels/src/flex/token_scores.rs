//! See [`crate::token_scores`](mod@crate::token_scores). A row of a block is read once from memory, a
//! step at a time: a step stays in the first-level cache while its maximum and its sums are made.

use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::exp::exp;
use super::lanes::{dot, max, sum};
use super::{TASK, numbers, numbers_mut};
use crate::token_scores::STEP;

/// The sums of all blocks so far take the place of those without this one.
pub(super) fn merge(
    logits: &FlexTensor,
    targets: &FlexTensor,
    mut sums: FlexTensor,
    first: usize,
    temperature: f32,
) -> FlexTensor {
    let [_, width] = logits.layout().shape().dims();
    let rows = (TASK / width).max(1);
    numbers_mut(&mut sums)
        .par_chunks_mut(rows * 4)
        .zip(numbers(logits).par_chunks(rows * width))
        .zip(targets_of(targets).par_chunks(rows))
        .for_each(|((sums, logits), targets)| {
            Arch::new().dispatch(Merge {
                sums,
                logits,
                targets,
                first,
                width,
                cold: 1.0 / temperature,
            });
        });
    sums
}

fn targets_of(targets: &FlexTensor) -> &[i32] {
    &targets.storage()[..targets.layout().num_elements()]
}

/// Some rows of a block.
struct Merge<'a> {
    sums: &'a mut [f32],
    logits: &'a [f32],
    targets: &'a [i32],
    first: usize,
    width: usize,
    cold: f32,
}

impl WithSimd for Merge<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let rows = self.logits.chunks_exact(self.width).zip(self.targets);
        for (sums, (row, &target)) in self.sums.chunks_exact_mut(4).zip(rows) {
            for step in row.chunks(STEP) {
                merge_step(simd, sums, step, self.cold);
            }
            if let Some(place) = (target as usize).checked_sub(self.first)
                && let Some(logit) = row.get(place)
            {
                sums[3] = logit * self.cold;
            }
        }
    }
}

#[inline(always)]
fn merge_step<S: Simd>(simd: S, sums: &mut [f32], logits: &[f32], cold: f32) {
    let mut below = [0.0_f32; STEP];
    let mut weight = [0.0_f32; STEP];
    let (below, weight) = (&mut below[..logits.len()], &mut weight[..logits.len()]);
    for (z, logit) in below.iter_mut().zip(logits) {
        *z = logit * cold;
    }
    let old_max = sums[0];
    let max = max(simd, below).max(old_max);
    for (z, weight) in below.iter_mut().zip(weight.iter_mut()) {
        *z -= max;
        *weight = exp(*z);
    }
    if old_max < max {
        let fall = old_max - max;
        let kept = exp(fall);
        sums[2] = (sums[2] + fall * sums[1]) * kept;
        sums[1] *= kept;
        sums[0] = max;
    }
    sums[1] += sum(simd, weight);
    sums[2] += dot(simd, weight, below);
}

/// The gradient of the logits takes their place.
pub(super) fn gradient(
    mut logits: FlexTensor,
    targets: &FlexTensor,
    law: &FlexTensor,
    grad: &FlexTensor,
    first: usize,
    temperature: f32,
) -> FlexTensor {
    let [_, width] = logits.layout().shape().dims();
    let rows = (TASK / width).max(1);
    numbers_mut(&mut logits)
        .par_chunks_mut(rows * width)
        .zip(numbers(law).par_chunks(rows * 3))
        .zip(numbers(grad).par_chunks(rows * 2))
        .zip(targets_of(targets).par_chunks(rows))
        .for_each(|(((logits, law), grad), targets)| {
            Arch::new().dispatch(Gradient {
                logits,
                law,
                grad,
                targets,
                first,
                width,
                cold: 1.0 / temperature,
            });
        });
    logits
}

/// Some rows of a block.
struct Gradient<'a> {
    logits: &'a mut [f32],
    law: &'a [f32],
    grad: &'a [f32],
    targets: &'a [i32],
    first: usize,
    width: usize,
    cold: f32,
}

impl WithSimd for Gradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let (laws, grads) = (self.law.chunks_exact(3), self.grad.chunks_exact(2));
        let rows = self.logits.chunks_exact_mut(self.width);
        for (((row, law), grad), &target) in rows.zip(laws).zip(grads).zip(self.targets) {
            let (cold, of_log_prob, of_entropy) =
                (self.cold, grad[0] * self.cold, grad[1] * self.cold);
            let (max, log_sum, entropy) = (law[0], law[1], law[2]);
            for z in row.iter_mut() {
                let log_p = (*z * cold - max) - log_sum;
                *z = -exp(log_p) * (log_p + entropy).mul_add(of_entropy, of_log_prob);
            }
            if let Some(place) = (target as usize).checked_sub(self.first)
                && let Some(z) = row.get_mut(place)
            {
                *z += of_log_prob;
            }
        }
    }
}
