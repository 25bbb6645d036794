//! See [`crate::adamw`](mod@crate::adamw). Parameters and moments are changed where they lie.

use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{TASK, numbers, numbers_mut};
use crate::adamw::Factors;

pub(super) fn step(
    param: &mut FlexTensor,
    gradient: &FlexTensor,
    first: &mut FlexTensor,
    second: &mut FlexTensor,
    factors: Factors,
) {
    numbers_mut(param)
        .par_chunks_mut(TASK)
        .zip(numbers(gradient).par_chunks(TASK))
        .zip(numbers_mut(first).par_chunks_mut(TASK))
        .zip(numbers_mut(second).par_chunks_mut(TASK))
        .for_each(|(((params, gradients), first), second)| {
            Arch::new().dispatch(Step {
                params,
                gradients,
                first,
                second,
                factors,
            });
        });
}

struct Step<'a> {
    params: &'a mut [f32],
    gradients: &'a [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
    factors: Factors,
}

impl WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Factors {
            betas: [b1, b2],
            rest: [rest1, rest2],
            corrections: [c1, c2],
            epsilon,
            learning_rate,
            kept,
        } = self.factors;
        let kept = kept.unwrap_or(1.0);
        let moments = self.first.iter_mut().zip(self.second);
        let params = self.params.iter_mut().zip(self.gradients);
        for ((param, &g), (m, v)) in params.zip(moments) {
            *m = *m * b1 + g * rest1;
            *v = *v * b2 + g * g * rest2;
            let delta = (*m / c1) / ((*v / c2).sqrt() + epsilon);
            *param = *param * kept - delta * learning_rate;
        }
    }
}
